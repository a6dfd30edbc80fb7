"""A day's adherence as its page shows it: a row a unit and a beat, and what was not done with the reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.engine.planning.adherence import Kind, Status, Why
from anlan.service.places.models import Beat, Grid
from anlan.service.planning.done.day import NO_PLACE, OPEN
from anlan.service.planning.words import Labels
from anlan.service.tags import number, percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from anlan.engine.planning.adherence import Group, Rate
    from anlan.service.planning.done.day import DayDone, Judged

STATES: dict[str, Any] = {
    Status.ON_TIME: gettext_lazy("on time"),
    Status.LATE: gettext_lazy("late"),
    Status.SHORT: gettext_lazy("in part"),
    Status.MISSED: gettext_lazy("missed"),
    Status.UNKNOWN: gettext_lazy("could not check"),
    OPEN: gettext_lazy("still time"),
}
WHYS: dict[str, Any] = {
    Why.CHECK_IN: gettext_lazy("the crew checked in"),
    Why.POSITION: gettext_lazy("positions show it"),
    Why.MATCHED: gettext_lazy("the driven way shows it"),
    Why.TIMER: gettext_lazy("the crew's timer shows it"),
    Why.NOT_SEEN: gettext_lazy("positions without a gap do not show it"),
    Why.GAP: gettext_lazy("a gap in the positions is long enough for it"),
    Why.NO_POSITIONS: gettext_lazy("no positions came"),
    Why.OFF_DUTY: gettext_lazy("the unit was not on duty then"),
    NO_PLACE: gettext_lazy("the place is not known any more"),
    "": gettext_lazy("there is still time for it"),
}
KIND_NAMES: dict[str, Any] = {
    Kind.POINT: gettext_lazy("point"),
    Kind.LINE: gettext_lazy("line"),
    Kind.STOP: gettext_lazy("hot spot"),
}
SHOWN = 200
TROUBLE = (Status.MISSED, Status.UNKNOWN, Status.SHORT, Status.LATE)


@dataclass(frozen=True)
class Tally:
    """Things of one kind: planned, and how many of them have each state."""

    planned: int
    on_time: int
    late: int
    short: int
    missed: int
    unknown: int
    still: int

    @property
    def covered(self) -> int:
        """Done, on time or late."""
        return self.on_time + self.late


@dataclass(frozen=True)
class Row:
    """What a unit, a beat or all of them did."""

    name: str
    about: str
    points: Tally
    lines: Tally
    stops: Tally
    minutes: float
    minutes_planned: float
    km: float
    km_planned: float
    visible: str
    interval: str
    known: str
    doubts: int
    task_s: float


def page(county6: str, found: DayDone) -> dict[str, Any]:
    """Return the parts of the page."""
    labels = Labels(county6)
    beats = labels_of_beats(found)
    units = {str(order.unit_id): order.unit for order in found.orders}
    by_unit = [
        row(found, "unit", key, unit.call_sign, beats.get(unit.beat_code, unit.beat_code))
        for key, unit in sorted(units.items(), key=lambda one: one[1].call_sign)
    ]
    codes = sorted({unit.beat_code for unit in units.values() if unit.beat_code})
    return {
        "whole": row(found, "all", "", _("All"), ""),
        "units": by_unit,
        "beats": [row(found, "beat", code, beats.get(code, code), "") for code in codes],
        "due": any(one.state != OPEN for one in found.judged),
        "trouble": trouble(found, labels),
        "more": max(0, sum(one.state in TROUBLE for one in found.judged) - SHOWN),
    }


def labels_of_beats(found: DayDone) -> dict[str, str]:
    """Return the names of the beats that the units belong to."""
    codes = {order.unit.beat_code for order in found.orders}
    return {beat.code: beat.label for beat in Beat.objects.filter(code__in=codes).defer("geometry")}


def row(found: DayDone, by: str, code: str, name: str, about: str) -> Row:
    """Return a unit's, a beat's or everybody's row."""
    mine = [one for one in found.judged if by == "all" or getattr(one.done, by) == code]
    group = next((one for one in found.rates.groups if (one.by, one.code) == (by, code)), None)
    return Row(
        name, about, *(tally(mine, kind) for kind in (Kind.POINT, Kind.LINE, Kind.STOP)), *doses(mine),
        *shares(group), sum(one.done.doubt for one in mine), task_of(found, by, code),
    )  # fmt: skip


def task_of(found: DayDone, by: str, code: str) -> float:
    """Return the seconds on task of a unit, a beat's units or all."""
    units = {order.unit_id: order.unit for order in found.orders}
    mine = {"all": lambda _unit: True, "unit": lambda unit: str(unit.pk) == code}
    chosen = mine.get(by, lambda unit: unit.beat_code == code)
    return sum(seconds for pk, seconds in found.tasks.items() if chosen(units[pk]))


def tally(mine: Iterable[Judged], kind: Kind) -> Tally:
    """Count the states of one kind."""
    states = Counter(one.state for one in mine if one.done.kind == kind)
    return Tally(sum(states.values()), *(states[state] for state in (*Status, OPEN)))


def doses(mine: Sequence[Judged]) -> tuple[float, float, float, float]:
    """Return minutes seen and planned at hot spots, kilometres seen and planned on lines.

    More minutes than planned at one stop do not make up for fewer at another.
    """
    stops = [one.done for one in mine if one.done.kind == Kind.STOP and one.state != OPEN]
    lines = [one.done for one in mine if one.done.kind == Kind.LINE and one.state != OPEN]
    return (
        sum(min(one.dose_s, one.planned_s) for one in stops) / 60,
        sum(one.planned_s for one in stops) / 60,
        sum(one.length_m * (one.share or 0.0) for one in lines) / 1000,
        sum(one.length_m for one in lines) / 1000,
    )


def shares(group: Group | None) -> tuple[str, str, str]:
    """Return the share of visible patrol, its interval, and the share of duty with positions."""
    if group is None or not group.duty_s:
        return "–", "", "–"
    return percent(group.visible.value), interval(group.visible), percent(group.known_s / group.duty_s)


def interval(of: Rate) -> str:
    """Return a rate's interval; with one duty only what the unknown leaves open."""
    if of.low is not None and of.high is not None:
        return f"{number(100 * of.low)}–{percent(of.high)}"
    return _("between %(least)s and %(most)s") % {"least": percent(of.least), "most": percent(of.most)}


def trouble(found: DayDone, labels: Labels) -> list[dict[str, Any]]:
    """Return what was not done as planned, missed first, with the reason in words."""
    rows = sorted(
        (one for one in found.judged if one.state in TROUBLE),
        key=lambda one: (TROUBLE.index(Status(one.state)), one.order.unit.call_sign, one.begin_s),
    )[:SHOWN]
    names = place_names(rows, labels)
    return [told(one, names) for one in rows]


def place_names(rows: Iterable[Judged], labels: Labels) -> dict[str, str]:
    """Return the names of the places of some rows; hot spots are grids."""
    codes = {one.done.place for one in rows}
    grids = Grid.objects.filter(code__in=codes).defer("geometry")
    return {code: labels.place(code) for code in codes} | {grid.code: grid.label for grid in grids}


def told(one: Judged, names: dict[str, str]) -> dict[str, Any]:
    """Return one planned thing in words."""
    return {
        "unit": one.order.unit.call_sign,
        "shift": one.order.shift,
        "place": names.get(one.done.place, one.done.place),
        "kind": KIND_NAMES[one.done.kind],
        "planned": f"{clock(one.begin_s)}–{clock(one.leave_s)}",
        "seen": "" if one.done.at_s is None else clock(one.done.at_s),
        "state": STATES[one.state],
        "code": one.state,
        "why": reason(one),
    }


def reason(one: Judged) -> str:
    """Return what a state rests on, with the figure that decides it."""
    done = one.done
    if one.state == Status.SHORT and done.kind == Kind.STOP:
        figures = {"seen": number(done.dose_s / 60), "planned": number(done.planned_s / 60)}
        return _("%(seen)s of %(planned)s minutes") % figures
    if one.state == Status.SHORT and done.share is not None:
        return _("%(share)s of the line") % {"share": percent(done.share)}
    told = str(WHYS[one.why])
    if done.doubt:
        told = _("%(why)s; positions speak against a check-in") % {"why": told}
    return told


def clock(seconds: float) -> str:
    """Return seconds after midnight as a time of day; past midnight it goes on from 0:00."""
    minutes = round(seconds) // 60
    return f"{minutes // 60 % 24}:{minutes % 60:02}"
