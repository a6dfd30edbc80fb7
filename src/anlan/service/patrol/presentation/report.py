"""The sections of a briefing."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 fields are called date
from typing import TYPE_CHECKING, Any

from django.utils import formats
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from anlan.gateway.report import Heat, MapPart, Report, Section, Table
from anlan.service.patrol.models import Colour
from anlan.service.patrol.presentation import words
from anlan.service.patrol.presentation.names import Names
from anlan.service.patrol.presentation.words import number, percent, signed_percent

if TYPE_CHECKING:
    from anlan.service.patrol.models import Briefing
    from anlan.service.places.models import Area

ORDER = ("red", "orange", "yellow", "unknown", "green")
SHOWN_CHANGES, SHOWN_CELLS = 10, 12


def report_of(
    briefing: Briefing, county: Area, *, beats: dict[str, Any] | None = None, posts: list[Any] | None = None
) -> Report:
    """Return the briefing as a report in the active language.

    Args:
        briefing: the version to show.
        county: its county.
        beats: GeoJSON of the beats for the printed map; None leaves the map out.
        posts: (lon, lat) of the plan's posts.

    """
    body = briefing.body
    names = Names(county.code[:6])
    sections = [
        colours(body, names),
        changes(body, names),
        where(body, names),
        rhythm(body, names),
        expected(body, names),
        notes(body),
    ]
    if beats is not None and beats["features"]:
        sections.insert(0, picture(body, beats, posts or []))
    state = _("published") if briefing.published_at else _("draft")
    return Report(
        _("Daily briefing: %(county)s") % {"county": county.label},
        _("%(date)s · version %(version)s, %(state)s · incidents reported by residents up to %(last)s")
        % {
            "date": day(body["date"]),
            "version": briefing.version,
            "state": state,
            "last": day(body["last_day"]),
        },
        get_language() or "en",
        facts(body),
        [part for part in sections if part],
        footer(body),
    )


def day(iso: str) -> str:
    """Return an ISO date as the reader's language writes it."""
    return formats.date_format(Date.fromisoformat(iso), "DATE_FORMAT")


def facts(body: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the figures under the title."""
    month = comparison(body, 28, "last_year") or body["comparisons"][-1]
    alerts = [row["alert"]["colour"] for row in body["colours"]]
    found = [(_("Expected today"), number(body["expected_total"]))]
    if body["yesterday"]:
        came = {
            "observed": number(body["yesterday"]["observed"]),
            "expected": number(body["yesterday"]["expected"]),
        }
        found.append((_("Yesterday: came / expected"), "{observed} / {expected}".format(**came)))
    found.append((_("Last 28 days against last year"), signed_percent(month["total"]["change"])))
    raised = {colour: alerts.count(colour) for colour in ("red", "orange", "yellow")}
    found.append((_("Red / orange / yellow beats"), "{red} / {orange} / {yellow}".format(**raised)))
    return found


def comparison(body: dict[str, Any], window: int, baseline: str) -> dict[str, Any] | None:
    """Return the comparison of a window with a baseline."""
    wanted = (
        row for row in body["comparisons"] if (row["window_days"], row["baseline"]) == (window, baseline)
    )
    return next(wanted, None)


def picture(body: dict[str, Any], beats: dict[str, Any], posts: list[Any]) -> Section:
    """Return the map section."""
    marks = [(spot["lon"], spot["lat"], str(i + 1)) for i, spot in enumerate(body["hot_spots"])]
    legend = [
        (colour, str(Colour(colour).label)) for colour in ("red", "orange", "yellow", "green", "unknown")
    ]
    shown = {row["alert"]["beat_code"]: row["alert"]["colour"] for row in body["colours"]}
    caption = _("Numbers: hot spots of the last 90 days.")
    if posts:
        caption += " " + _("Blue squares: standby posts of the plan.")
    return Section("map", _("The county today"), map=MapPart(beats, shown, marks, posts, legend, caption))


def colours(body: dict[str, Any], names: Names) -> Section:
    """Return the colours of all beats, the worst first."""
    level = {row["beat_code"]: row["expected"] for row in body["expected"]}
    rows = sorted(
        body["colours"], key=lambda row: (ORDER.index(row["alert"]["colour"]), row["alert"]["p"] or 1)
    )
    table = Table(
        [_("Beat"), _("Colour"), _("Expected today"), _("What stands out")],
        [
            [
                names.beat(row["alert"]["beat_code"]),
                str(Colour(row["alert"]["colour"]).label),
                number(level.get(row["alert"]["beat_code"]), 1),
                words.reason(row, names),
            ]
            for row in rows
        ],
        [2],
        [row["alert"]["colour"] for row in rows],
    )
    text = _(
        "The colour tells how surprising the last days were for the beat itself (change); the expected "
        "number tells how much work to plan for (level). By chance alone, 1 %% of beat-days are red, "
        "4 %% orange, 15 %% yellow."
    )
    return Section("colours", _("Alert colours"), [text % ()], [table])


def changes(body: dict[str, Any], names: Names) -> Section:
    """Return what rose and fell: the clear changes in words, then categories, types and beats."""
    previous, year = comparison(body, 28, "previous"), comparison(body, 28, "last_year")
    if previous is None or year is None:
        return Section("changes", _("What rose, what fell"))
    given = (
        ("categories", _("By category"), names.stream),
        ("types", _("By type"), names.type),
        ("beats", _("By beat"), names.beat),
    )
    tables = [change_table(title, previous[part], year[part], label) for part, title, label in given]
    bullets = [sentence(row, names.type(row["key"])) for row in previous["types"] if row["clear"]][:6]
    text = _(
        "The last 28 days (%(start)s to %(end)s) against the 28 days before and the same weekdays "
        "of last year."
    )
    return Section(
        "changes",
        _("What rose, what fell"),
        [
            text % {"start": day(previous["start"]), "end": day(previous["end"])},
            total_sentence(previous, year),
        ],
        tables,
        bullets=bullets or [_("No type changed clearly against the 28 days before.")],
    )


def total_sentence(previous: dict[str, Any], year: dict[str, Any]) -> str:
    """Return the county's change in one sentence."""
    return _(
        "In all %(count)s incidents: %(previous)s against the 28 days before "
        "(95 %% interval %(previous_interval)s), %(year)s against last year (%(year_interval)s)."
    ) % {
        "count": number(previous["total"]["observed"]),
        "previous": signed_percent(previous["total"]["change"]),
        "previous_interval": words.interval(previous["total"]),
        "year": signed_percent(year["total"]["change"]),
        "year_interval": words.interval(year["total"]),
    }


def sentence(change: dict[str, Any], label: str) -> str:
    """Return one clear change against the period before in words."""
    figures = {
        "what": label,
        "observed": number(change["observed"]),
        "baseline": number(change["baseline"]),
        "change": signed_percent(change["change"]),
        "interval": words.interval(change),
    }
    if change["low"] is not None and change["low"] > 0:
        return _("%(what)s rose: %(observed)s after %(baseline)s, %(change)s (%(interval)s).") % figures
    return _("%(what)s fell: %(observed)s after %(baseline)s, %(change)s (%(interval)s).") % figures


def change_table(title: str, previous: list[Any], year: list[Any], label: Any) -> Table:
    """Return a table of changes, the largest counts first; an arrow marks clear ones."""
    other = {row["key"]: row for row in year}
    rows = sorted(previous, key=lambda row: -row["observed"])[: max(SHOWN_CHANGES, 0)]
    header = [
        title,
        _("Last 28 days"),
        _("28 days before"),
        _("Changed by"),
        _("95 % interval"),
        _("Against last year"),
        _("95 % interval"),
    ]
    return Table(
        header,
        [change_row(row, other.get(row["key"]), label(row["key"])) for row in rows],
        [1, 2, 3, 4, 5, 6],
    )


def change_row(row: dict[str, Any], last_year: dict[str, Any] | None, label: str) -> list[str]:
    """Return one line of a table of changes."""
    then = [arrow(last_year), words.interval(last_year)] if last_year else [words.DASH] * 2
    return [label, number(row["observed"]), number(row["baseline"]), arrow(row), words.interval(row), *then]


def arrow(change: dict[str, Any]) -> str:
    """Return the change with ▲ or ▼ where it is clear."""
    if not change["clear"]:
        return signed_percent(change["change"])
    return f"{'▲' if (change['low'] or 0) > 0 else '▼'} {signed_percent(change['change'])}"


def where(body: dict[str, Any], names: Names) -> Section:
    """Return hot spots, hot cells and near repeats."""
    grids = names.grids([cell["code"] for cell in body["hot_cells"][:SHOWN_CELLS]])
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
            for cell in body["hot_cells"][:SHOWN_CELLS]
        ],
        [2, 3, 4],
        caption=_("Hot cells"),
    )
    found = [words_of_captured(row) for row in body["captured"] if row["share"] is not None]
    tables = [part for part in (spots(body), cells, near_repeats(body, names)) if part.rows]
    return Section("where", _("Where"), tables=tables, bullets=found)


def words_of_captured(row: dict[str, Any]) -> str:
    """Return in words what the ranking of 28 days ago has caught since."""
    return _(
        "The %(share)s of cells that ranked highest 28 days ago held %(caught)s of the incidents since."
    ) % {
        "share": percent(row["cell_share"]),
        "caught": percent(row["share"], 1),
    }


def spots(body: dict[str, Any]) -> Table:
    """Return the hot spots that carry numbers on the map."""
    rows = [
        [
            str(i + 1),
            f"{spot['lat']:.5f}, {spot['lon']:.5f}",
            number(spot["count"]),
            percent(spot["share"], 1),
        ]
        for i, spot in enumerate(body["hot_spots"])
    ]
    header = [_("No."), _("Latitude, longitude"), _("Within 400 m, 90 days"), _("Share")]
    return Table(header, rows, [2, 3], caption=_("Hot spots"))


def near_repeats(body: dict[str, Any], names: Names) -> Table:
    """Return the near-repeat warnings."""
    rows = [
        [
            names.type(spot["type"]),
            number(spot["count"]),
            day(spot["last"]),
            f"{spot['lat']:.5f}, {spot['lon']:.5f}",
        ]
        for spot in body["repeats"]
    ]
    header = [_("Type"), _("Incidents"), _("Last on"), _("Latitude, longitude")]
    caption = _("Near repeats: at least three of one type, each within 200 m and 7 days of another")
    return Table(header, rows, [1], caption=caption)


def rhythm(body: dict[str, Any], names: Names) -> Section | None:
    """Return the hour × weekday tables of all incidents and the busiest category."""
    if not body["rhythms"]:
        return None
    return Section(
        "rhythm",
        _("When"),
        [_("Incidents per hour on a day with data, last 52 weeks.")],
        heats=[heat(row, names.stream(row["key"])) for row in body["rhythms"][:2]],
    )


def heat(row: dict[str, Any], label: str) -> Heat:
    """Return one hour × weekday table as rates."""
    weekdays = [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]
    pairs = zip(row["counts"], row["weekday_days"], strict=True)
    rates = [[round(count / max(days, 1), 2) for count in counts] for counts, days in pairs]
    return Heat(label, weekdays, [f"{hour:02}" for hour in range(24)], rates)


def expected(body: dict[str, Any], names: Names) -> Section:
    """Return the outlook per beat and shift, with yesterday's forecast against what came."""
    came = {row["type"]: row for row in (body["yesterday"] or {"beats": []})["beats"]}
    rows = sorted(body["expected"], key=lambda row: -row["expected"])
    header = [
        _("Beat"),
        _("Expected today"),
        _("00–08 h"),
        _("08–16 h"),
        _("16–24 h"),
        _("Yesterday expected"),
        _("Yesterday came"),
    ]
    table = Table(
        header, [expected_row(row, came.get(row["beat_code"]), names) for row in rows], [1, 2, 3, 4, 5, 6]
    )
    return Section("expected", _("What to expect"), [verdict(body)], [table])


def expected_row(row: dict[str, Any], yesterday: dict[str, Any] | None, names: Names) -> list[str]:
    """Return one beat's outlook."""
    shifts = [number(value, 1) for value in row["shifts"]] or [words.DASH] * 3
    then = (
        [number(yesterday["expected"], 1), number(yesterday["observed"])] if yesterday else [words.DASH] * 2
    )
    return [names.beat(row["beat_code"]), number(row["expected"], 1), *shifts, *then]


def verdict(body: dict[str, Any]) -> str:
    """Return how right yesterday's forecast was."""
    if not body["yesterday"]:
        return _("Yesterday's forecast cannot be checked: that day has no data.")
    found = body["yesterday"]
    off = found["observed"] / found["expected"] - 1 if found["expected"] else None
    return _("For yesterday %(expected)s incidents were expected and %(observed)s came (%(off)s).") % {
        "expected": number(found["expected"]),
        "observed": number(found["observed"]),
        "off": signed_percent(off),
    }


def notes(body: dict[str, Any]) -> Section:
    """Return remarks on the data."""
    officers = ngettext(
        "%(count)s incident of the last 28 days was found by officers; it is not learned from.",
        "%(count)s incidents of the last 28 days were found by officers; they are not learned from.",
        body["officer_found"],
    ) % {"count": number(body["officer_found"])}
    history = _("Made from %(count)s incidents of %(days)s days with data since %(first)s.") % {
        "count": number(body["incidents"]),
        "days": number(body["exposed_days"]),
        "first": day(body["first_day"]),
    }
    return Section("notes", _("About the data"), bullets=[history, officers, *map(words.note, body["notes"])])


def footer(body: dict[str, Any]) -> str:
    """Return what stands at the foot of each page."""
    return _("Anlan · places and hours, never people · methods: %(methods)s") % {
        "methods": ", ".join(sorted(body["methods"].values()))
    }
