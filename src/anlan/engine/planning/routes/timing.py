"""When a unit is where: the soonest and the latest begins of an order of visits, and what may be inserted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anlan.engine.planning.routes.model import Model


PARTS = 4096


@dataclass(frozen=True)
class Timing:
    """Of a unit's visits: arrivals (or the windows' opening), begins, leaves, places after; when it is back.

    `late`: seconds by which windows and the shift's end are overrun together; `over`: busy seconds beyond
    the unit's limit; both 0 for a route that holds.
    """

    arrives: list[int]
    begins: list[int]
    leaves: list[int]
    places: list[int]
    back: int
    late: int
    drive: int
    visit: int
    over: int

    @property
    def holds(self) -> bool:
        """Whether windows, the shift's end and the room for calls are kept."""
        return self.late == 0 and self.over == 0


def soonest(model: Model, unit: int, route: Sequence[int], loose: int = -1) -> Timing:
    """Go through the options in order without delay; what begins late is begun at its latest for the rest.

    `loose`: a position whose window is disregarded.
    """
    ground = model.ground
    drive, crew = ground.drive[ground.kind_of[unit]], ground.units[unit]
    kind, (place, end) = ground.kind_of[unit], ground.ends[unit]
    now, late, driven, visited = crew.from_s, 0, 0, 0
    arrives, begins, leaves, places = [], [], [], []
    for at, row in enumerate(route):
        option = model.options[row]
        here = option.way.entry < 0
        way = 0 if here else int(drive[place, option.way.entry])
        begin = now + way if at == loose else max(now + way, option.early)
        arrives.append(begin)
        if at != loose:
            late += max(0, begin - option.late)
            begin = min(begin, option.late)
        now = begin + option.way.seconds[kind]
        begins.append(begin)
        leaves.append(now)
        driven, visited = driven + way, visited + option.way.seconds[kind]
        place = place if here else option.way.exit
        places.append(place)
    home = int(drive[place, end])
    back = now + home
    late += max(0, back - crew.until_s)
    driven += home
    return Timing(
        arrives, begins, leaves, places, back, late, driven, visited, max(0, driven + visited - crew.busy_s)
    )


def latest(model: Model, unit: int, route: Sequence[int], places: Sequence[int]) -> list[int]:
    """The latest begins with which everything after still holds; `places`: where the unit is after each."""
    ground = model.ground
    drive, kind = ground.drive[ground.kind_of[unit]], ground.kind_of[unit]
    now, target = ground.units[unit].until_s, ground.ends[unit][1]
    begins = []
    for row, place in zip(reversed(route), reversed(places), strict=True):
        option = model.options[row]
        now = min(now - int(drive[place, target]) - option.way.seconds[kind], option.late)
        target = place if option.way.entry < 0 else option.way.entry
        begins.append(now)
    return begins[::-1]


def spread(early: Sequence[int], late: Sequence[int], shares: Sequence[float]) -> list[int]:
    """Begins between soonest and latest: `shares` (0-1, never falling) of the slack are used up by each.

    Any such mixture keeps windows, drives and the shift's end, because both ends do; in whole numbers too,
    because rounding down a sum that grows by whole seconds does.
    """
    begins: list[int] = []
    highest = 0
    for first, last, share in zip(early, late, shares, strict=True):
        highest = max(highest, int(share * PARTS))
        begins.append(first + highest * max(0, last - first) // PARTS)
    return begins
