"""A day's adherence as an Excel workbook: units, beats, and every stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
from django.utils.translation import gettext as _

from anlan.gateway.tables import to_xlsx
from anlan.service.planning.done import page as words
from anlan.service.planning.words import Labels

if TYPE_CHECKING:
    from anlan.service.planning.done.day import DayDone, Judged
    from anlan.service.planning.done.page import Row

    Table = tuple[str, list[str], pl.DataFrame]


def workbook(county6: str, found: DayDone) -> bytes:
    """Return the workbook."""
    parts, labels = words.page(county6, found), Labels(county6)
    names = words.place_names(found.judged, labels)
    return to_xlsx([
        rows(_("Units"), _("Unit"), [*parts["units"], parts["whole"]]),
        rows(_("Beats"), _("Beat"), parts["beats"]),
        stops([(one, names) for one in found.judged]),
    ])  # fmt: skip


def rows(title: str, first: str, listed: list[Row]) -> Table:
    """Return a row a unit or beat."""
    states = [_("planned"), *(str(name) for name in words.STATES.values())]
    kinds = (_("Points"), _("Lines"), _("Hot spots"))
    heads = [first, _("Beat")] + [f"{kind}: {state}" for kind in kinds for state in states]
    heads += [
        _("Minutes at hot spots"), _("of planned minutes"), _("Kilometres of lines"),
        _("of planned kilometres"), _("Visible patrol"), _("95 % interval"), _("Duty with positions"),
        _("Doubtful check-ins"), _("Minutes on task"),
    ]  # fmt: skip
    table = []
    for one in listed:
        counts = [count for part in (one.points, one.lines, one.stops) for count in vars(part).values()]
        seen = [one.minutes, one.minutes_planned, one.km, one.km_planned]
        rates = [one.visible, one.interval, one.known, one.doubts, one.task_s / 60]
        table.append([one.name, one.about, *counts, *seen, *rates])
    return title, heads, framed(heads, table)


def stops(listed: list[tuple[Judged, dict[str, str]]]) -> Table:
    """Return every planned thing."""
    heads = [
        _("Unit"), _("Shift"), _("Kind"), _("Code"), _("Place"), _("Planned"), _("Seen"), _("State"),
        _("Rests on"), _("Minutes seen"), _("Minutes at most"), _("Minutes planned"), _("Share of the line"),
        _("Doubtful check-in"),
    ]  # fmt: skip
    table = []
    for one, names in listed:
        said, done = words.told(one, names), one.done
        table.append([
            said["unit"], said["shift"], str(said["kind"]), done.place, said["place"], said["planned"],
            said["seen"], str(said["state"]), said["why"], done.dose_s / 60, done.dose_most_s / 60,
            done.planned_s / 60, done.share, done.doubt,
        ])  # fmt: skip
    return _("Stops"), heads, framed(heads, table)


def framed(heads: list[str], table: list[list[Any]]) -> pl.DataFrame:
    """Return rows as a frame whose columns are numbered: headings may repeat."""
    columns = list(zip(*table, strict=True)) or [()] * len(heads)
    return pl.DataFrame(
        [pl.Series(f"c{at}", list(column), strict=False) for at, column in enumerate(columns)]
    )
