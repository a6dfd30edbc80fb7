"""What is rehearsed: travel times, the force on duty, the calls, the rules.

Time is in seconds from the start, midnight of the first day. Places are numbered 0 to P-1, posts and places
of calls alike.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from anlan.engine.dispatch.policy import BUSY, SPARE_FROM, Policy
from anlan.engine.geo.roads import HourClass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from anlan.engine.geo.roads import Hours, RoadGraph

HOUR_S, DAY_S = 3600.0, 86_400.0
NO_HOURS = np.zeros(1, np.int64)


@dataclass(frozen=True, eq=False)
class Travel:
    """Seconds from place to place, (H, P, P) for H hour classes, inf where there is no way.

    `classes` (L,): the class of each hour from the start, over again after L hours.

    Raises:
        ValueError: a wrong shape, a negative time, or a class that has no times.

    """

    seconds: NDArray[np.float32]
    classes: NDArray[np.int64] = field(default_factory=lambda: NO_HOURS)

    def __post_init__(self) -> None:
        shape = np.shape(self.seconds)
        if len(shape) != 3 or shape[1] != shape[2] or not shape[0] or not shape[1]:
            raise ValueError(f"seconds: expected (hour classes, places, places), not {shape}")
        if np.isnan(self.seconds).any() or (self.seconds < 0).any():
            raise ValueError("seconds: must be 0 or more (inf where there is no way)")
        if not len(self.classes) or not ((self.classes >= 0) & (self.classes < shape[0])).all():
            raise ValueError(f"classes: expected numbers from 0 to {shape[0] - 1}, at least one")

    @classmethod
    def from_graph(
        cls, graph: RoadGraph, nodes: ArrayLike, hours: Hours | None = None, weekday: int = 0
    ) -> Self:
        """Times between road nodes; `weekday` (0 Monday - 6) is that of the first day.

        Without `hours` every hour counts as DAY.
        """
        if hours is None:
            return cls(graph.times(nodes, nodes)[None])
        table = np.stack([graph.times(nodes, nodes, one) for one in HourClass])
        return cls(table, hour_classes(hours, weekday))

    @property
    def places(self) -> int:
        """Number of places."""
        return int(self.seconds.shape[1])

    @cached_property
    def into(self) -> NDArray[np.float32]:
        """The same by destination first, (H, to, from): a dispatch looks at one destination's row."""
        return np.ascontiguousarray(self.seconds.transpose(0, 2, 1), np.float32)


def hour_classes(hours: Hours, weekday: int = 0) -> NDArray[np.int64]:
    """The class of each hour of a week that begins on `weekday` (0 Monday - 6), (168,)."""
    return np.array([hours.of(hour % 24, (weekday + hour // 24) % 7) for hour in range(168)], np.int64)


@dataclass(frozen=True, eq=False)
class Force:
    """Units (U,) and their windows on duty (W,): unit, from, to, and the post where that window is stood.

    A unit outside its windows (off shift, at a meal, in the garage) gets no call; a call that it has is
    finished. It begins a window at its post; where one window follows the other without a break it drives
    from where it is to the new post. `skills` (U,) are bits; a call's needs are bits that must all be there.

    Raises:
        ValueError: columns of different lengths, an unknown unit, a window that ends before it begins, or
            windows of one unit that overlap.

    """

    codes: Sequence[str]
    unit: NDArray[np.int64]
    start_s: NDArray[np.float64]
    end_s: NDArray[np.float64]
    post: NDArray[np.int64]
    skills: NDArray[np.int64]

    def __post_init__(self) -> None:
        if len({len(self.unit), len(self.start_s), len(self.end_s), len(self.post)}) > 1:
            raise ValueError("unit, start_s, end_s, post: different lengths")
        if len(self.skills) != self.units:
            raise ValueError(f"skills: expected {self.units}, not {len(self.skills)}")
        if len(self.unit) and not ((self.unit >= 0) & (self.unit < self.units)).all():
            raise ValueError(f"unit: expected numbers from 0 to {self.units - 1}")
        if not (self.end_s > self.start_s).all():
            raise ValueError(
                f"end_s: window {int(np.argmin(self.end_s > self.start_s))} ends before it begins"
            )
        order = np.lexsort((self.start_s, self.unit))
        same = self.unit[order][1:] == self.unit[order][:-1]
        if (same & (self.start_s[order][1:] < self.end_s[order][:-1])).any():
            raise ValueError("start_s: windows of one unit overlap")

    @property
    def units(self) -> int:
        """Number of units."""
        return len(self.codes)

    def duty_s(self, until_s: float) -> NDArray[np.float64]:
        """Seconds on duty of each unit up to `until_s`, (U,)."""
        length = np.clip(self.end_s, 0, until_s) - np.clip(self.start_s, 0, until_s)
        return np.bincount(self.unit, length, self.units)

    def without(self, unit: int) -> Force:
        """The same force with one unit never on duty; its number stays."""
        keep = self.unit != unit
        return self._with(self.unit[keep], self.start_s[keep], self.end_s[keep], self.post[keep])

    def at(self, posts: ArrayLike) -> Force:
        """The same force with each unit's windows at the post given for it, (U,); -1 keeps its own."""
        new = np.asarray(posts, np.int64)[self.unit]
        return self._with(self.unit, self.start_s, self.end_s, np.where(new >= 0, new, self.post))

    def absent(self, unit: ArrayLike, start_s: ArrayLike, end_s: ArrayLike) -> Force:
        """The same force with spells (A,) cut out of the units' windows: meals, repairs, calls elsewhere."""
        units, begins, ends = (np.asarray(column) for column in (unit, start_s, end_s))
        rows: list[tuple[int, float, float, int]] = []
        for who in range(self.units):
            mine = np.flatnonzero(units == who)
            away = sorted(zip(begins[mine].tolist(), ends[mine].tolist(), strict=True))
            for window in np.flatnonzero(self.unit == who):
                bounds = float(self.start_s[window]), float(self.end_s[window])
                rows += [(who, *part, int(self.post[window])) for part in _less(bounds, away)]
        columns = np.array(rows, float).reshape(-1, 4).T
        return self._with(columns[0].astype(np.int64), columns[1], columns[2], columns[3].astype(np.int64))

    def _with(self, unit: Any, start_s: Any, end_s: Any, post: Any) -> Force:
        return Force(self.codes, unit, start_s, end_s, post, self.skills)


def _less(window: tuple[float, float], away: list[tuple[float, float]]) -> list[tuple[float, float]]:
    begin, end = window
    parts = []
    for leave, back in away:
        if back <= begin or leave >= end:
            continue
        if leave > begin:
            parts.append((begin, leave))
        begin = max(begin, back)
    return [*parts, (begin, end)] if begin < end else parts


def standing(
    posts: ArrayLike, until_s: float, *, codes: Sequence[str] | None = None, skills: ArrayLike = 0
) -> Force:
    """A force with one unit at each of the posts (U,), on duty all the time."""
    places = np.asarray(posts, np.int64)
    count = len(places)
    names = [str(row) for row in range(count)] if codes is None else codes
    bits = np.broadcast_to(np.asarray(skills, np.int64), (count,)).copy()
    ends = np.full(count, float(until_s))
    return Force(names, np.arange(count), np.zeros(count), ends, places, bits)


@dataclass(frozen=True, eq=False)
class Calls:
    """Calls (C,) in a period of `until_s`, and the units that each asks for, as slots (N,).

    Per call: when received, its place, priority (1 is the most urgent), beat (a number for the report), and
    `delay_s`, the handling before a unit may be sent. Per slot, those of a call in a row: `call`; `needs`,
    the skills (bits) its unit must have; `turnout_s` from order to departure of a unit at its post; `pace`,
    what its travel time is times that of the table; `service_s` on scene, transport included; `cancel_s`, the
    unit is called off so long after it was sent unless on scene by then (inf: never); `end`, the place where
    it is free again (-1: at the scene). Turnout, pace and service belong to the call and not to the unit: two
    plans meet the same luck.

    Raises:
        ValueError: columns of different lengths, an unknown call, a negative or missing time, a call without
            a slot, or slots that are not in the order of calls.

    """

    until_s: float
    time_s: NDArray[np.float64]
    place: NDArray[np.int64]
    priority: NDArray[np.int64]
    beat: NDArray[np.int64]
    delay_s: NDArray[np.float64]
    call: NDArray[np.int64]
    needs: NDArray[np.int64]
    turnout_s: NDArray[np.float64]
    pace: NDArray[np.float64]
    service_s: NDArray[np.float64]
    cancel_s: NDArray[np.float64]
    end: NDArray[np.int64]

    def __post_init__(self) -> None:
        if not self.until_s > 0:
            raise ValueError(f"until_s: must be above 0, not {self.until_s}")
        for names in (PER_CALL, PER_SLOT):
            lengths = {len(getattr(self, name)) for name in names}
            if len(lengths) > 1:
                raise ValueError(f"{', '.join(names)}: different lengths")
        if not np.array_equal(np.unique(self.call), np.arange(len(self))):
            raise ValueError("call: every call needs at least one slot, and every slot a call")
        if (np.diff(self.call) < 0).any():
            raise ValueError("call: slots must be in the order of calls")
        for name in ("time_s", "delay_s", "turnout_s", "pace", "service_s", "cancel_s"):
            values = getattr(self, name)
            if not (values >= 0).all() or (name != "cancel_s" and not np.isfinite(values).all()):
                raise ValueError(f"{name}: must be finite and 0 or more")

    def __len__(self) -> int:
        return len(self.time_s)

    @property
    def slots(self) -> int:
        """Number of units asked for."""
        return len(self.call)

    @property
    def ready_s(self) -> NDArray[np.float64]:
        """When a unit may be sent, (C,)."""
        return self.time_s + self.delay_s

    @classmethod
    def of(  # noqa: PLR0913  the columns by name
        cls,
        until_s: float,
        time_s: ArrayLike,
        place: ArrayLike,
        *,
        priority: ArrayLike = 1,
        beat: ArrayLike = 0,
        units: ArrayLike = 1,
        delay_s: ArrayLike = 0.0,
        needs: ArrayLike = 0,
        turnout_s: ArrayLike = 0.0,
        pace: ArrayLike = 1.0,
        service_s: ArrayLike = 0.0,
        cancel_s: ArrayLike = np.inf,
        end: ArrayLike = -1,
    ) -> Self:
        """Calls from columns (C,) or one value for all; `units` slots each.

        The columns of slots are (N,), those of a call in a row, or one value.
        """
        times = np.asarray(time_s, np.float64)
        count = len(times)
        call = np.repeat(np.arange(count), np.broadcast_to(np.asarray(units, np.int64), (count,)))
        slots = len(call)
        return cls(
            until_s=float(until_s),
            time_s=times,
            place=_column(place, np.int64, count),
            priority=_column(priority, np.int64, count),
            beat=_column(beat, np.int64, count),
            delay_s=_column(delay_s, np.float64, count),
            call=call,
            needs=_column(needs, np.int64, slots),
            turnout_s=_column(turnout_s, np.float64, slots),
            pace=_column(pace, np.float64, slots),
            service_s=_column(service_s, np.float64, slots),
            cancel_s=_column(cancel_s, np.float64, slots),
            end=_column(end, np.int64, slots),
        )


PER_CALL = ("time_s", "place", "priority", "beat", "delay_s")
PER_SLOT = ("call", "needs", "turnout_s", "pace", "service_s", "cancel_s", "end")


def _column(value: ArrayLike, kind: Any, count: int) -> Any:
    column = np.asarray(value, kind)
    return np.full(count, column) if column.ndim == 0 else column


@dataclass(frozen=True, eq=False)
class Zones:
    """Where cover is owed, (Z,): places and their expected calls; only units with all `needs` count."""

    place: NDArray[np.int64]
    weight: NDArray[np.float64]
    needs: int = 0

    def __post_init__(self) -> None:
        if len(self.place) != len(self.weight):
            raise ValueError(f"weight: expected {len(self.place)}, not {len(self.weight)}")
        if not np.isfinite(self.weight).all() or (self.weight < 0).any():
            raise ValueError("weight: must be finite and 0 or more")


NO_ZONES = Zones(np.zeros(0, np.int64), np.zeros(0))


@dataclass(frozen=True)
class Rules:
    """How units are sent.

    `policy` other than CLOSEST holds for priorities from `spare_from` on (2: the most urgent calls always get
    the closest), and only inside the response ring `ring_s` of road time; `busy` is the share of time a unit
    is busy, for the value of a second one. `preempt`: where no unit is free, the closest that is under way to
    a less urgent call is diverted, and that call waits again. `move_up`: a unit that has become free goes to
    the post, of all posts, where it adds most expected cover, instead of its own (Jagtenberg, Bhulai &
    van der Mei 2015). `rolling`: the share of its turnout that a unit on the road needs.

    Raises:
        ValueError: names the parameter that is out of range.

    """

    policy: Policy = Policy.CLOSEST
    ring_s: float = 300.0
    spare_from: int = SPARE_FROM
    busy: float = BUSY
    preempt: bool = False
    move_up: bool = False
    rolling: float = 0.0

    def __post_init__(self) -> None:
        if not self.ring_s > 0:
            raise ValueError(f"ring_s: must be above 0, not {self.ring_s}")
        if not 0 < self.busy < 1:
            raise ValueError(f"busy: must be between 0 and 1, not {self.busy}")
        if not 0 <= self.rolling <= 1:
            raise ValueError(f"rolling: must be from 0 to 1, not {self.rolling}")


@dataclass(frozen=True, eq=False)
class Setup:
    """A plan as it is rehearsed: who is where and when, and by which rules they are sent."""

    force: Force
    rules: Rules = field(default_factory=Rules)
