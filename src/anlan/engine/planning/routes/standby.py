"""What a unit does with its free time: longer at a hot spot, at a standby post, or free where it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.routes.plan import Entry
from anlan.engine.planning.routes.timing import latest, soonest, spread

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from anlan.engine.planning.routes.model import Ground, Model
    from anlan.engine.planning.routes.search import Routed

BLOCK_S = 1200  # free time is given in blocks of about so long, so that a post is worth the way
POST_S = 600  # the shortest stay at a post
SHOWN_S = 60  # shorter waits are no entry of their own


@dataclass(frozen=True, eq=False)
class Scheduled:
    """The begins of every unit's visits, the plan's free time dealt out."""

    routed: Routed
    begins: list[list[int]]


def schedule(routed: Routed, *, scattered: bool, chance: np.random.Generator | None = None) -> Scheduled:
    """Begin as soon as possible, or with the free time `scattered` over the shift (by chance where given)."""
    begins = []
    for unit, route in enumerate(routed.routes):
        timing = soonest(routed.model, unit, route)
        if not scattered or not route:
            begins.append(timing.begins)
            continue
        late = latest(routed.model, unit, route, timing.places)
        slack = max(0, routed.model.ground.units[unit].until_s - timing.back)
        begins.append(spread(timing.begins, late, _shares(len(route), slack // BLOCK_S, chance)))
    return Scheduled(routed, begins)


def _shares(visits: int, blocks: int, chance: np.random.Generator | None) -> list[float]:
    """How much of the slack is used up before each visit: steps of equal size, one a block and one last."""
    steps = max(1, blocks)
    if chance is None:
        before = [(step + 1) * visits / (steps + 1) for step in range(steps)]
    else:
        before = list(chance.uniform(0, visits, steps))
    return [sum(moment <= row + 0.5 for moment in before) / (steps + 1) for row in range(visits)]


class Filler:
    """Entries of one unit: its visits, and what fills the time between them."""

    def __init__(self, scheduled: Scheduled, unit: int, begins_of: Mapping[str, Sequence[int]]) -> None:
        """`begins_of`: when each stop's visits begin, by whichever unit."""
        self.model, self.unit, self.begins_of = scheduled.routed.model, unit, begins_of
        self.ground = self.model.ground
        self.crew, self.kind = self.ground.units[unit], self.ground.kind_of[unit]
        self.route, self.begins = scheduled.routed.routes[unit], scheduled.begins[unit]
        timing = soonest(self.model, unit, self.route)
        self.room = self.crew.busy_s - timing.drive - timing.visit
        self.posts = [] if self.ground.stranded_s(unit) else _open_posts(self.ground)
        self.entries: list[Entry] = []
        self.driven, self.detour, self.metres = 0, 0, 0.0
        self.now, self.place = self.crew.from_s, self.ground.ends[unit][0]

    def fill(self) -> list[Entry]:
        """All entries, to the end of the shift."""
        for row, begin in zip(self.route, self.begins, strict=True):
            way = self.model.options[row].way
            entry, leave = (self.place, self.place) if way.entry < 0 else (way.entry, way.exit)
            self._wait(entry, begin, away=way.entry >= 0)
            self._visit(row, begin, entry, leave)
        end = self.ground.ends[self.unit][1]
        self._wait(end, self.crew.until_s)
        drive = self._drive(self.place, end)
        self.home_s = self.now + drive
        metres = self._go(end)
        self._reserve(end, self.home_s, self.crew.until_s, drive, metres)
        return self.entries

    def _go(self, to: int) -> float | None:
        """Drive to a place: the metres, where known."""
        table = self.ground.request.travel.metres.get(self.crew.kind)
        metres = None if table is None else float(table[self.place, to])
        self.driven += self._drive(self.place, to)
        self.metres += metres or 0.0
        self.place = to
        return metres

    def _drive(self, come: int, to: int) -> int:
        return int(self.ground.drive[self.kind, come, to])

    def _visit(self, row: int, begin: int, entry: int, leave: int) -> None:
        option = self.model.options[row]
        task = self.model.tasks[option.task]
        drive = self._drive(self.place, entry)
        metres = self._go(entry)
        done = begin + option.way.seconds[self.kind]
        self.entries.append(
            Entry(
                task.kind, task.code, self._code(entry), self._code(leave), self.now + drive, begin, done,
                drive, metres, option.way.direction, task.pinned,
            )
        )  # fmt: skip
        self.now, self.place = done, leave

    def _wait(self, target: int, begin: int, *, away: bool = True) -> None:
        """Use the time until the drive to the target has to begin; `away`: a post may be gone to."""
        self._linger(begin - self._drive(self.place, target))
        idle = begin - self._drive(self.place, target) - self.now
        if away and idle >= POST_S and (post := self._post(target, idle)) is not None:
            place, code = post
            there = self._drive(self.place, place)
            leave = begin - self._drive(place, target)
            self.detour += there + self._drive(place, target) - self._drive(self.place, target)
            arrive, name = self.now + there, self._code(place)
            self.entries.append(
                Entry("post", code, name, name, arrive, arrive, leave, there, self._go(place))
            )
            self.now = leave
        elif idle >= SHOWN_S and begin < self.crew.until_s:
            self._reserve(self.place, self.now, self.now + idle, 0, self._go(self.place))
            self.now += idle

    def _linger(self, until: int) -> None:
        """Stay longer at the hot spot just visited, as far as it helps and nothing stands against it."""
        last = self.entries[-1] if self.entries else None
        if last is None or last.kind != "stop" or last.leave_s != self.now:
            return
        stop = self.ground.stop_of[last.code]
        after = [begin for begin in self.begins_of[last.code] if begin > last.begin_s]
        longest = min([last.begin_s + stop.longest_s, until, *(begin - stop.gap_s for begin in after)])
        more = min(longest - last.leave_s, self.room)
        if more > 0:
            self.entries[-1] = replace(last, leave_s=last.leave_s + more)
            self.now, self.room = self.now + more, self.room - more

    def _post(self, target: int, idle: int) -> tuple[int, str] | None:
        """The post with the least detour that leaves a stay worth while."""
        direct = self._drive(self.place, target)
        detours = [
            (self._drive(self.place, place) + self._drive(place, target) - direct, code, place)
            for place, code in self.posts
        ]
        fits = [one for one in detours if one[0] <= min(idle - POST_S, idle // 3)]
        return (min(fits)[2], min(fits)[1]) if fits else None

    def _reserve(self, place: int, begin: int, end: int, drive: int, metres: float | None) -> None:
        if end - begin >= SHOWN_S:
            code = self._code(place)
            self.entries.append(Entry("reserve", "", code, code, begin, begin, end, drive, metres))

    def _code(self, place: int) -> str:
        return str(self.ground.request.travel.places[place])


def _open_posts(ground: Ground) -> list[tuple[int, str]]:
    """Posts, those aside that stand on a spot which today's trial leaves untreated."""
    control = {spot.place for spot in ground.request.spots if spot.treat is False}
    return [
        (ground.place_of[post.place], post.code) for post in ground.request.posts if post.place not in control
    ]


def begins_by_stop(scheduled: Scheduled) -> dict[str, list[int]]:
    """When each stop's visits begin, in order."""
    model: Model = scheduled.routed.model
    found: dict[str, list[int]] = {}
    for route, begins in zip(scheduled.routed.routes, scheduled.begins, strict=True):
        for row, begin in zip(route, begins, strict=True):
            found.setdefault(model.tasks[model.options[row].task].code, []).append(begin)
    return {code: sorted(moments) for code, moments in found.items()}
