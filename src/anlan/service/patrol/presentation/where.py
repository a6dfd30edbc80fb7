"""Where: hot spots, hot cells, near repeats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from anlan.gateway.report import Section, Table
from anlan.service.patrol.presentation import words
from anlan.service.patrol.presentation.words import day, number, percent

if TYPE_CHECKING:
    from anlan.service.patrol.presentation.names import Names

CELLS_SHOWN, WARNINGS_SHOWN = 12, 10


def where(body: dict[str, Any], names: Names) -> Section:
    """Return hot spots, hot cells and near repeats."""
    grids = names.grids([cell["code"] for cell in body["hot_cells"][:CELLS_SHOWN]])
    cells = Table(
        [_("Cell"), _("Beat"), _("Last 28 days"), _("Share of the county"), _("Together")],
        [
            [
                grids[cell["code"]].label if cell["code"] in grids else cell["code"],
                names.beat(grids[cell["code"]].beat_id or "") if cell["code"] in grids else "",
                number(cell["count"]),
                percent(cell["share"], 1),
                percent(cell["cumulative"], 1),
            ]
            for cell in body["hot_cells"][:CELLS_SHOWN]
        ],
        [2, 3, 4],
        caption=_("Hot cells"),
    )
    found = [words_of_captured(row) for row in body["captured"] if row["share"] is not None]
    tables = [
        part
        for part in (
            spots(body, names),
            warnings(body, names),
            near_repeats(body, names),
            clusters(body, names),
            cells,
        )
        if part.rows
    ]
    if not body["warnings"]:
        found.append(_("No type draws near repeats clearly more often than chance."))
    if not body["clusters"]:
        found.append(_("No cluster is alive that chance alone gives less than once a month."))
    return Section("where", _("Where"), tables=tables, bullets=found)


def words_of_captured(row: dict[str, Any]) -> str:
    """Return in words what the ranking of 28 days ago has caught since."""
    return _(
        "The %(share)s of cells that ranked highest 28 days ago held %(caught)s of the incidents since."
    ) % {
        "share": percent(row["cell_share"]),
        "caught": percent(row["share"], 1),
    }


def spots(body: dict[str, Any], names: Names) -> Table:
    """Return the hot spots that carry numbers on the map."""
    rows = [
        [
            str(i + 1),
            names.cell(spot.get("cell_code", "")),
            names.beat(spot.get("beat_code", "")),
            number(spot["count"]),
            percent(spot["share"], 1),
            words.band(spot.get("hours")) or words.DASH,
            words.place(spot),
        ]
        for i, spot in enumerate(body["hot_spots"])
    ]
    header = [
        _("No."), _("Near"), _("Beat"), _("Within 400 m, 90 days"), _("Share"), _("Mostly"),
        _("Latitude, longitude"),
    ]  # fmt: skip
    return Table(header, rows, [3, 4], caption=_("Hot spots"))


def near_repeats(body: dict[str, Any], names: Names) -> Table:
    """Return the near-repeat warnings."""
    rows = [
        [
            names.type(spot["type"]),
            names.cell(spot.get("cell_code", "")),
            names.beat(spot.get("beat_code", "")),
            number(spot["count"]),
            day(spot["last"]),
            words.band(spot.get("hours")) or words.DASH,
            words.place(spot),
        ]
        for spot in body["repeats"]
    ]
    header = [
        _("Type"), _("Near"), _("Beat"), _("Incidents"), _("Last on"), _("Mostly"),
        _("Latitude, longitude"),
    ]  # fmt: skip
    caption = _("Several of one type: at least three within 200 m and 7 days")
    return Table(header, rows, [3], caption=caption)


def clusters(body: dict[str, Any], names: Names) -> Table:
    """Return the clusters that are alive, with how often chance alone gives as much."""
    rows = [
        [
            names.beat(row["beat_code"]),
            words.span(row["start"], row["end"]),
            number(row["observed"]),
            number(row["expected"], 1),
            _("%(type)s (%(count)s)") % {"type": names.type(row["type"]), "count": number(row["type_count"])},
            words.recurrence(row["recurrence_days"]),
            _("%(metres)s m around %(place)s")
            % {"metres": number(round(row["radius_m"], -2)), "place": names.cell(row["cell_code"])},
        ]
        for row in body["clusters"]
    ]
    header = [
        _("Beat"), _("Days"), _("Came"), _("Expected"), _("Mostly"), _("By chance once in"), _("Where"),
    ]  # fmt: skip
    return Table(header, rows, [2, 3], caption=_("Clusters: more than the place and the days lead to expect"))


def warnings(body: dict[str, Any], names: Names) -> Table:
    """Return the near-repeat warnings: where, how wide, until when, how much likelier."""
    rows = [
        [
            names.type(row["type"]),
            names.cell(row["cell_code"]),
            names.beat(row["beat_code"]),
            _("%(metres)s m") % {"metres": number(row["radius_m"])},
            day(row["until"]),
            number(row["ratio"], 1),
            number(row["count"]),
            words.place(row),
        ]
        for row in body["warnings"][:WARNINGS_SHOWN]
    ]
    header = [
        _("Type"), _("Near"), _("Beat"), _("Within"), _("Until"), _("Times as likely"), _("Incidents"),
        _("Latitude, longitude"),
    ]  # fmt: skip
    told = _("Near-repeat warnings: %(shown)s of %(all)s, the strongest first")
    caption = told % {"shown": number(len(rows)), "all": number(len(body["warnings"]))}
    return Table(header, rows, [5, 6], caption=caption)
