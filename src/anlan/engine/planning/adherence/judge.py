"""One planned thing against the records: done on time, late, in part, missed, or not to be known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.adherence.model import Done, Kind, Status, Why
from anlan.engine.planning.adherence.near import (
    Stay,
    Steps,
    between,
    covered,
    first_reached,
    hidden_s,
    reachable,
    stay,
    told,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from anlan.engine.planning.adherence.model import (
        CheckIns,
        Duty,
        Floats,
        Matched,
        Places,
        Planned,
        Records,
        Rules,
        Stays,
    )
    from anlan.engine.planning.adherence.track import Track


@dataclass(frozen=True, eq=False)
class Evidence:
    """What there is on one planned thing.

    `track` is the unit's way from the earliest to the latest moment that counts; `said_s`: check-ins that
    count, `from_elsewhere`: whether one was sent from too far away.
    """

    want: Planned
    rules: Rules
    track: Track
    begin_s: float
    end_s: float
    on_duty: bool
    said_s: tuple[float, ...]
    from_elsewhere: bool
    matched: Matched | None
    timed_s: Floats

    def done(self, status: Status, why: Why, at_s: float | None = None) -> Done:
        """Return the plan's own fields with a status."""
        one, window = self.want, self.end_s - self.begin_s
        return Done(
            one.key, one.kind, one.place, one.unit, one.beat, one.shift, status, why, at_s,
            planned_s=one.dose_s, seen=min(1.0, self.track.known_s() / window), doubt=self.from_elsewhere,
        )  # fmt: skip

    def timely(self, at_s: float) -> Status:
        """On time or late."""
        return Status.ON_TIME if at_s <= self.want.end_s else Status.LATE

    def nothing(self, *, hidden: bool) -> tuple[Status, Why]:
        """Missed, where no gap may hide it; otherwise not to be known."""
        if not self.on_duty:
            return Status.UNKNOWN, Why.OFF_DUTY
        if not self.track.fixes:
            return Status.UNKNOWN, Why.NO_POSITIONS
        return (Status.UNKNOWN, Why.GAP) if hidden else (Status.MISSED, Why.NOT_SEEN)


def gathered(
    want: Planned, records: Records, track: Track, duties: Sequence[Duty], places: Places, rules: Rules
) -> Evidence:
    """Return the evidence on one planned thing."""
    begin, end = want.begin_s - rules.early_s, want.end_s + rules.late_s
    said, elsewhere = _said(want, records.check_ins, places, rules, begin, end)
    matched = records.matched
    if matched is not None and not (matched.unit == want.unit).any():
        matched = None
    on_duty = any(duty.begin_s < end and duty.end_s > begin for duty in duties)
    return Evidence(
        want, rules, track.within(begin, end), begin, end, on_duty, said, elsewhere, matched,
        _timed(want, records.stays),
    )  # fmt: skip


def _timed(want: Planned, of: Stays) -> Floats:
    """Return begin and end of the unit's timers at the place, (k, 2)."""
    mine = (of.unit == want.unit) & (of.place == want.place)
    return np.column_stack((of.begin_s[mine], of.end_s[mine]))


def _said(
    want: Planned, of: CheckIns, places: Places, rules: Rules, begin: float, end: float
) -> tuple[tuple[float, ...], bool]:
    """Return the times of the check-ins that count, and whether one came from elsewhere."""
    mine = (of.unit == want.unit) & (of.place == want.place) & (of.time_s >= begin) & (of.time_s <= end)
    far = np.zeros(int(mine.sum()), bool)
    if want.place in places.points:
        far = np.hypot(of.x[mine] - places.points[want.place][0], of.y[mine] - places.points[want.place][1])
        far = far > rules.radius_m
    return tuple(sorted(of.time_s[mine][~far].tolist())), bool(far.any())


def point(of: Evidence, centre: tuple[float, float]) -> Done:
    """Judge the visit of a point: a check-in, or a position within the radius."""
    found = stay(of.track.pieces, centre, of.rules.radius_m)
    hidden = hidden_s(of.track.gaps, centre, of.rules.radius_m, (of.begin_s, of.end_s), of.rules.top_mps)
    if of.said_s:
        doubt = of.track.fixes > 0 and found.first_s is None and hidden < 0
        made = replace(of.done(of.timely(of.said_s[0]), Why.CHECK_IN, of.said_s[0]), doubt=doubt)
    elif found.first_s is not None:
        made = of.done(of.timely(found.first_s), Why.POSITION, found.first_s)
    else:
        made = of.done(*of.nothing(hidden=hidden >= 0))
    return _dosed(made, found, hidden)


def stop(of: Evidence, centre: tuple[float, float]) -> Done:
    """Judge the dose of a stop: seconds within the radius; a check-in alone is no dose.

    A timer counts where the positions have a gap that allows it; where there are positions, they decide.
    """
    found = stay(of.track.pieces, centre, of.rules.radius_m)
    hidden = hidden_s(of.track.gaps, centre, of.rules.radius_m, (of.begin_s, of.end_s), of.rules.top_mps)
    wanted = of.want.dose_s * of.rules.dose_share
    first = found.first_s if found.first_s is not None else (of.said_s[0] if of.said_s else None)
    extra, since = told(of.timed_s, of.track.pieces, (of.begin_s, of.end_s))
    extra = min(extra, max(hidden, 0.0))
    if found.seconds >= wanted and found.first_s is not None:
        made = of.done(of.timely(found.first_s), Why.POSITION, found.first_s)
        extra = 0.0
    elif extra > 0 and since is not None:
        at = since if found.first_s is None else min(since, found.first_s)
        enough = found.seconds + extra >= wanted
        made = of.done(of.timely(at) if enough else Status.SHORT, Why.TIMER, at)
    elif not of.track.fixes or found.seconds + max(hidden, 0.0) >= wanted:
        made = replace(of.done(*of.nothing(hidden=True)), at_s=first)
    elif first is not None:
        made = of.done(Status.SHORT, Why.POSITION if found.first_s is not None else Why.CHECK_IN, first)
    else:
        made = of.done(*of.nothing(hidden=False))
    dosed = _dosed(made, found, hidden)
    return replace(dosed, dose_s=dosed.dose_s + extra, told_s=extra)


def _dosed(made: Done, found: Stay, hidden: float) -> Done:
    most = found.seconds + max(hidden, 0.0)
    return replace(made, dose_s=found.seconds, dose_most_s=most, nearest_m=found.nearest_m)


def line(of: Evidence, steps: Steps) -> Done:
    """Judge the cover of a line: share with the unit's way near, or of what map matching found."""
    timely, every, matched = _cover(of, steps)
    share, least = float(every.mean()), of.rules.line_share
    most = float((every | reachable(steps, of.track.gaps, of.rules.line_m, of.rules.top_mps)).mean())
    shown = Why.MATCHED if matched else Why.POSITION
    at = _first(of, steps) if share > 0 else None
    if share >= least:
        made = of.done(Status.ON_TIME if timely.mean() >= least else Status.LATE, shown, at)
    elif not of.track.fixes and not matched:
        made = of.done(*of.nothing(hidden=True))
    elif most >= least:
        made = replace(of.done(*of.nothing(hidden=True)), at_s=at)
    elif share > 0:
        made = of.done(Status.SHORT, shown, at)
    else:
        made = of.done(*of.nothing(hidden=False))
    if made.status is Status.UNKNOWN and of.said_s:
        made = replace(made, status=of.timely(of.said_s[0]), why=Why.CHECK_IN, at_s=of.said_s[0])
    return replace(made, share=share, share_most=most, length_m=steps.length_m)


def _cover(of: Evidence, steps: Steps) -> tuple[NDArray[np.bool_], NDArray[np.bool_], bool]:
    """Return the steps covered by the window's end and by the latest moment, and whether matching says so."""
    if of.matched is None:
        pieces = of.track.within(of.begin_s, of.want.end_s).pieces
        return (
            covered(steps, pieces, of.rules.line_m),
            covered(steps, of.track.pieces, of.rules.line_m),
            False,
        )
    rows = _rows(of, of.matched)
    timely = rows & (of.matched.time_s <= of.want.end_s)
    one, two = (between(steps, of.matched.from_m[part], of.matched.to_m[part]) for part in (timely, rows))
    return one, two, True


def _rows(of: Evidence, matched: Matched) -> NDArray[np.bool_]:
    mine = (matched.unit == of.want.unit) & (matched.line == of.want.place)
    return np.asarray(mine & (matched.time_s >= of.begin_s) & (matched.time_s <= of.end_s))


def _first(of: Evidence, steps: Steps) -> float | None:
    if of.matched is not None:
        return float(of.matched.time_s[_rows(of, of.matched)].min())
    return first_reached(steps, of.track.pieces, of.rules.line_m)


def judged(of: Evidence, places: Places, lines: Mapping[str, Steps]) -> Done:
    """Judge by kind."""
    if of.want.kind is Kind.LINE:
        return line(of, lines[of.want.place])
    judge = stop if of.want.kind is Kind.STOP else point
    return judge(of, places.points[of.want.place])
