"""Planned routes as plain data (`dataclasses.asdict` gives JSON): codes and numbers, no sentences."""

from __future__ import annotations

from dataclasses import dataclass, field

METHOD = "ruin-recreate/1"


@dataclass(frozen=True)
class Entry:
    """One thing that a unit does.

    `kind`: "point", "line", "stop" (a spot), "meal", "post" (standing by at a post) or "reserve" (free for
    calls where it is). It arrives at `place`, begins, and leaves from `to` (another place for lines only).
    `drive_s`, `drive_m`: the way there. `direction` of a line: "forth" or "back". `locked`: already driven.
    """

    kind: str
    code: str
    place: str
    to: str
    arrive_s: int
    begin_s: int
    leave_s: int
    drive_s: int
    drive_m: float | None = None
    direction: str = ""
    pinned: bool = False
    locked: bool = False


@dataclass(frozen=True)
class UnitRoute:
    """A shift in order; `home_s`: when it is at its end place; `free_s`: not driving, visiting, eating.

    `drive_s`, `drive_m` include the way home and the detours by posts, `detour_s`, during which a unit is as
    free for calls as at the post: `free_s` and `detour_s` are together at least `room_s`, what had to be left
    free. `line_s`: along lines.
    """

    unit: str
    kind: str
    from_s: int
    until_s: int
    entries: list[Entry]
    home_s: int
    drive_s: int
    drive_m: float | None
    detour_s: int
    visit_s: int
    line_s: int
    free_s: int
    room_s: int


@dataclass(frozen=True)
class Dose:
    """What a stop got: visits and seconds, of how many visits at most."""

    code: str
    visits: int
    seconds: int
    most: int


@dataclass(frozen=True)
class Relaxation:
    """The smallest change of its kind that makes room for a visit, found by making it.

    `kind`: "shift" (the unit's shift longer by `amount` seconds), "room" (so many seconds less kept free),
    "window" (the stop's window wider by `amount`), "gap" (the gap no longer than `amount`), "units" (so many
    more units like `unit`), "capability" (given to `unit`).
    """

    kind: str
    amount: float
    unit: str = ""


@dataclass(frozen=True)
class Unmet:
    """A visit or meal that is not made, or a unit that cannot get to its end; and why.

    `reason`: "capability" (no unit has it), "kind" (no kind present can go along the line), "way" (no road
    there and back), "forbidden", "window" (`short_s`: how late the soonest unit is), "shift" (`short_s`: how
    long after the shift's end it would be back), "gap" (`short_s`: how much too long the gap is), "time" (not
    beside the rest; `short_s`: what is missing), "worth" (it would fit; its prize is below the way's price).
    """

    code: str
    kind: str
    visit: int
    must: bool
    reason: str
    short_s: int = 0
    unit: str = ""
    relaxations: list[Relaxation] = field(default_factory=list)


@dataclass(frozen=True)
class RoutePlan:
    """The routes of a shift.

    `status`: "complete" or "short" (a visit that is owed, or a meal, is missing). `value`: `prize` less
    `drive_price` times the hours driven to visits and along lines, of what was not locked; `bound`: no plan
    that makes as many owed visits is worth more; `gap`: (bound - value) / |bound|. `best_value`: of the plan
    before it was varied, and `loss` the share given up for being unpredictable. `stopped`: whoever looked on
    stopped the search.
    """

    method: str
    status: str
    seed: int
    day: int
    units: list[UnitRoute]
    doses: list[Dose]
    unmet: list[Unmet]
    prize: float
    value: float
    bound: float
    gap: float
    best_value: float
    loss: float
    drive_price: float
    drive_s: int
    drive_m: float | None
    visit_s: int
    free_s: int
    visits: int
    iterations: int
    stopped: bool
