"""The whole: every planned thing judged, every duty measured, and the rates by unit, beat and shift."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from anlan.engine.planning.adherence.judge import gathered, judged
from anlan.engine.planning.adherence.model import Done, Kind, Patrol, Status
from anlan.engine.planning.adherence.near import steps
from anlan.engine.planning.adherence.patrol import patrol
from anlan.engine.planning.adherence.track import NOTHING, tracks
from anlan.engine.planning.watch import UNWATCHED
from anlan.engine.proportion import wilson

if TYPE_CHECKING:
    from collections.abc import Callable

    from anlan.engine.planning.adherence.model import Duty, Places, Planned, Records, Rules
    from anlan.engine.planning.watch import Watch


@dataclass(frozen=True)
class Rate:
    """A share with two intervals.

    `value`, `low`, `high`: of what could be checked, with a 95 % interval (None: nothing, or too little, to
    tell it from). `least`, `most`: were all that could not be checked undone, or done.
    """

    value: float | None
    low: float | None
    high: float | None
    least: float
    most: float


@dataclass(frozen=True)
class Group:
    """A unit's, beat's or shift's adherence (`by`, `code`; "" is all).

    Attributes:
        by: "unit", "beat", "shift" or "all".
        code: which.
        planned: things planned; the next five add up to it.
        on_time: of them.
        late: of them.
        short: of them.
        missed: of them.
        unknown: of them.
        doubts: check-ins that positions speak against.
        done: share done on time or late.
        dose_planned_s: of stops.
        dose_s: seen at stops; more than planned at one stop does not make up for less at another.
        line_m: of lines planned.
        covered_m: seen covered.
        duty_s: time on duty.
        known_s: of it with positions.
        visible: share of duty in visible patrol.

    """

    by: str
    code: str
    planned: int
    on_time: int
    late: int
    short: int
    missed: int
    unknown: int
    doubts: int
    done: Rate
    dose_planned_s: float
    dose_s: float
    line_m: float
    covered_m: float
    duty_s: float
    known_s: float
    visible: Rate


@dataclass(frozen=True)
class Adherence:
    """Plain data: `asdict` gives JSON."""

    done: tuple[Done, ...]
    patrols: tuple[Patrol, ...]
    groups: tuple[Group, ...]


def adherence(
    plan: Sequence[Planned],
    duties: Sequence[Duty],
    places: Places,
    records: Records,
    rules: Rules,
    *,
    watch: Watch = UNWATCHED,
) -> Adherence:
    """Hold a plan against the records of the time on duty.

    A stopped watch leaves out what was not judged yet.

    Raises:
        ValueError: a key twice, or a place that is planned and nowhere described.

    """
    _check(plan, places)
    ways = tracks(records.positions, duties, rules.gap_s)
    on: dict[str, list[Duty]] = {}
    for duty in duties:
        on.setdefault(duty.unit, []).append(duty)
    cut = {one.place: steps(places.lines[one.place]) for one in plan if one.kind is Kind.LINE}
    done = []
    for number, want in enumerate(plan):
        if watch.stopped():
            break
        watch.told("adherence", number / len(plan))
        mine = on.get(want.unit, [])
        evidence = gathered(want, records, ways.get(want.unit, NOTHING), mine, places, rules)
        done.append(judged(evidence, places, cut))
    patrols = [patrol(duty, ways[duty.unit], _wanted(plan, duty), places, rules) for duty in duties]
    return Adherence(tuple(done), tuple(patrols), tuple(_groups(done, patrols)))


def _check(plan: Sequence[Planned], places: Places) -> None:
    keys = [one.key for one in plan]
    if len(set(keys)) < len(keys):
        raise ValueError("plan: a key twice")
    for one in plan:
        if one.place not in (places.lines if one.kind is Kind.LINE else places.points):
            raise ValueError(f"places: no {one.kind} {one.place}")


def _wanted(plan: Iterable[Planned], duty: Duty) -> list[str]:
    """Return the places planned for a unit in a duty."""
    return [
        one.place
        for one in plan
        if one.unit == duty.unit and one.begin_s < duty.end_s and one.end_s > duty.begin_s
    ]


def _groups(done: Sequence[Done], patrols: Sequence[Patrol]) -> list[Group]:
    every: list[tuple[str, Callable[[Done | Patrol], str]]] = [
        ("all", lambda _: ""),
        ("unit", lambda one: one.unit),
        ("beat", lambda one: one.beat),
        ("shift", lambda one: one.shift),
    ]
    made = []
    for by, of in every:
        records: list[Done | Patrol] = [*done, *patrols]
        codes = sorted({of(one) for one in records} - ({""} if by != "all" else set()))
        for code in codes:
            mine = [one for one in done if of(one) == code], [one for one in patrols if of(one) == code]
            made.append(_group(by, code, *mine))
    return made


def _group(by: str, code: str, done: Sequence[Done], patrols: Sequence[Patrol]) -> Group:
    late, unknown = _number(done, Status.LATE), _number(done, Status.UNKNOWN)
    on_time = _number(done, Status.ON_TIME)
    stops, lines = ([one for one in done if one.kind == kind] for kind in (Kind.STOP, Kind.LINE))
    return Group(
        by=by,
        code=code,
        planned=len(done),
        on_time=on_time,
        late=late,
        short=_number(done, Status.SHORT),
        missed=_number(done, Status.MISSED),
        unknown=unknown,
        doubts=sum(one.doubt for one in done),
        done=_share(on_time + late, len(done), unknown),
        dose_planned_s=sum(one.planned_s for one in stops),
        dose_s=sum(min(one.dose_s, one.planned_s) for one in stops),
        line_m=sum(one.length_m for one in lines),
        covered_m=sum(one.length_m * (one.share or 0.0) for one in lines),
        duty_s=sum(one.duty_s for one in patrols),
        known_s=sum(one.known_s for one in patrols),
        visible=visible(patrols),
    )


def _number(done: Sequence[Done], status: Status) -> int:
    return sum(one.status == status for one in done)


def _share(hits: int, of: int, unknown: int) -> Rate:
    """Return a share of counts with Wilson's interval."""
    known = of - unknown
    least, most = (hits / of, (hits + unknown) / of) if of else (0.0, 1.0)
    if not known:
        return Rate(None, None, None, least, most)
    return Rate(hits / known, *wilson(hits, known), least, most)


def visible(patrols: Sequence[Patrol]) -> Rate:
    """Return the share of duty in visible patrol, duties being the sample (Cochran 1977, 6.4: ratios)."""
    duty, known, seen = (
        np.array([getattr(one, name) for one in patrols]) for name in ("duty_s", "known_s", "visible_s")
    )
    whole = float(duty.sum())
    least, most = (
        (float(seen.sum()) / whole, float((seen + duty - known).sum()) / whole) if whole else (0.0, 1.0)
    )
    total = float(known.sum())
    if not total:
        return Rate(None, None, None, least, most)
    value, n = float(seen.sum()) / total, int((known > 0).sum())
    if n < 2:
        return Rate(value, None, None, least, most)
    error = np.sqrt(n / (n - 1) * ((seen - value * known) ** 2).sum()) / total
    reach = float(stats.t.ppf(0.975, n - 1) * error)
    return Rate(value, max(0.0, value - reach), min(1.0, value + reach), least, most)
