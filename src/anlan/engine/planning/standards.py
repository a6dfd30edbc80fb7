"""What a county holds its plans to: shifts, rings, levels, targets, stops. Plain data, every value editable.

Defaults and where they come from: docs/methods/standards.md. Where nothing is published they are assumptions,
and said to be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from anlan.engine.planning.force import COLOURS, LEVELS
from anlan.engine.planning.posts import Model, Rings
from anlan.engine.planning.shifts import THREE_SHIFTS, Shift, checked
from anlan.engine.planning.staffing import Targets

ALERT_LEVELS = ("I", "II", "III", "IV")
TWO_SIGN = {"I": 2, "II": 2, "III": 1, "IV": 1}


@dataclass(frozen=True)
class Stops:
    """Visits: minutes at a patrol point, at a hot spot (Koper 1995: 10-15); how many spots, how often.

    `per_beat` spots in each beat and shift, each at most `most` times, `gap_min` apart. `varied`: share of
    the prize that a route may give up so as not to be predictable.

    Raises:
        ValueError: names the field that is out of range.

    """

    point_min: float = 5.0
    minutes: float = 12.0
    longest_min: float = 15.0
    per_beat: int = 3
    most: int = 2
    gap_min: float = 120.0
    varied: float = 0.02

    def __post_init__(self) -> None:
        _between("point_min", self.point_min, 0, 60)
        _between("minutes", self.minutes, 1, 60)
        _between("longest_min", self.longest_min, self.minutes, 120)
        _between("per_beat", self.per_beat, 0, 50)
        _between("most", self.most, 1, 12)
        _between("gap_min", self.gap_min, 0, 720)
        _between("varied", self.varied, 0, 0.2)


@dataclass(frozen=True)
class Work:
    """What a call takes: minutes on scene by priority, turnout, dispatch; the unit's own share of its time.

    Recorded times take the place of these once there are enough of them.

    Raises:
        ValueError: names the field that is out of range.

    """

    on_scene_min: tuple[float, ...] = (40.0, 30.0, 25.0, 20.0)
    turnout_s: float = 60.0
    dispatch_s: float = 60.0
    away: float = 0.2
    crew: int = 2
    meal_min: float = 30.0

    def __post_init__(self) -> None:
        if not self.on_scene_min or not all(minutes > 0 for minutes in self.on_scene_min):
            raise ValueError("on_scene_min: one number above 0 for each priority")
        for name in ("turnout_s", "dispatch_s"):
            _between(name, getattr(self, name), 0, 3600)
        _between("away", self.away, 0, 0.8)
        _between("crew", self.crew, 1, 20)
        _between("meal_min", self.meal_min, 0, 120)


@dataclass(frozen=True)
class DutyRoom:
    """What the duty room works by, from the moment it is set.

    `wait_min`: minutes by priority after which a call without a unit shows as overdue.
    `rest_s`: seconds that a crew whose rest is due counts as farther away than it is; 0: as if rested.
    `check_in_min`: minutes until a crew on scene must check in where no run card says; None: never.

    Raises:
        ValueError: names the field that is out of range.

    """

    wait_min: tuple[float, ...] = (2.0, 5.0, 15.0, 60.0)
    rest_s: float = 120.0
    check_in_min: int | None = None

    def __post_init__(self) -> None:
        if len(self.wait_min) != 4 or not all(0 < minutes <= 1440 for minutes in self.wait_min):
            raise ValueError("wait_min: minutes above 0 to 1440 for each of 4 priorities")
        _between("rest_s", self.rest_s, 0, 3600)
        if self.check_in_min is not None:
            _between("check_in_min", self.check_in_min, 1, 600)


@dataclass(frozen=True)
class Standards:
    """One county's standards of deployment.

    `levels`: share of the force on patrol by alert colour. `move_price`: what one car that changes its post
    between two shifts costs, in expected incidents covered. `force_shares`: shares of a day's people by
    shift, in the order of `shifts`; empty: alike. `signatures`: how many a plan needs by its level.

    Raises:
        ValueError: names the field that is out of range.

    """

    shifts: tuple[Shift, ...] = THREE_SHIFTS
    rings: Rings = field(default=Rings())
    model: Model = Model.DOUBLE_STANDARD
    busy: float = 0.3
    cap: int = 2
    move_price: float = 0.1
    levels: Mapping[str, float] = field(default_factory=lambda: {c: float(LEVELS[c]) for c in COLOURS})
    targets: Targets = field(default_factory=Targets)
    work: Work = field(default_factory=Work)
    stops: Stops = field(default_factory=Stops)
    duty_room: DutyRoom = field(default_factory=DutyRoom)
    force_shares: tuple[float, ...] = ()
    signatures: Mapping[str, int] = field(default_factory=lambda: dict(TWO_SIGN))

    def __post_init__(self) -> None:
        checked(self.shifts)
        _between("busy", self.busy, 0, 0.95)
        _between("cap", self.cap, 1, 20)
        _between("move_price", self.move_price, 0, 1000)
        _named("levels", self.levels, COLOURS)
        for colour, share in self.levels.items():
            _between(f"levels {colour}", share, 0, 1)
        _named("signatures", self.signatures, ALERT_LEVELS)
        for level, count in self.signatures.items():
            _between(f"signatures {level}", count, 1, 5)
        if self.force_shares:
            if len(self.force_shares) != len(self.shifts) or abs(sum(self.force_shares) - 1) > 1e-6:
                raise ValueError(f"force_shares: one share for each of {len(self.shifts)} shifts, 1 together")
            for share in self.force_shares:
                _between("force_shares", share, 0, 1)

    @property
    def shares(self) -> tuple[float, ...]:
        """Shares of a day's people by shift."""
        return self.force_shares or (1 / len(self.shifts),) * len(self.shifts)

    def raised(self, level: str) -> Mapping[str, float]:
        """Levels by colour when the whole county is at an alert level: no colour goes below its share."""
        if not level:
            return self.levels
        floor = self.levels[COLOURS[ALERT_LEVELS.index(level)]]
        return {colour: max(share, floor) for colour, share in self.levels.items()}

    def level_of(self, on_patrol: float) -> str:
        """The alert level whose share of the force is nearest to the share that is out, the higher of two."""
        shares = {level: self.levels[COLOURS[row]] for row, level in enumerate(ALERT_LEVELS)}
        return min(ALERT_LEVELS, key=lambda level: (round(abs(shares[level] - on_patrol), 9), level))


def _named(name: str, given: Mapping[str, float], keys: tuple[str, ...]) -> None:
    if set(given) != set(keys):
        raise ValueError(f"{name}: expected {', '.join(keys)}, not {', '.join(map(str, given))}")


def _between(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise ValueError(f"{name}: from {low:g} to {high:g}, not {value}")
