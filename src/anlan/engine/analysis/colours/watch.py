"""What is watched, how many false alarms are allowed, and how slowly a colour falls."""

from __future__ import annotations

from dataclasses import dataclass, field

from anlan.engine.analysis.decay import YEAR, Decay

METHOD = "gamma-poisson-minp/2"
COLOURS = ("green", "yellow", "orange", "red")


@dataclass(frozen=True)
class Budget:
    """Shares of beat-days whose own p-value may make them red, orange, yellow by chance."""

    red: float = 0.01
    orange: float = 0.04
    yellow: float = 0.15

    def __post_init__(self) -> None:
        """Refuse shares that are negative or leave no green."""
        for name in ("red", "orange", "yellow"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name}: {getattr(self, name)} is negative")
        if self.red + self.orange + self.yellow >= 1:
            raise ValueError("red, orange, yellow: together they leave no day green")

    @property
    def boundaries(self) -> tuple[float, float, float]:
        """Return the greatest p of yellow, orange and red."""
        orange = self.red + self.orange
        return orange + self.yellow, orange, self.red


@dataclass(frozen=True)
class Hold:
    """How a colour falls: one step a morning, after `days` mornings with p above `margin` × its boundary."""

    margin: float = 1.5
    days: int = 1

    def __post_init__(self) -> None:
        """Refuse values without meaning, naming the parameter."""
        if self.margin < 1:
            raise ValueError(f"margin: {self.margin} is below 1, a colour would fall on a day that renews it")
        if self.days < 1:
            raise ValueError(f"days: {self.days} mornings, at least 1")


@dataclass(frozen=True)
class Watch:
    """What is watched and how: windows in days ending the day before, weights of the past, the budget.

    Windows longer than `short` days are used only where a stream has fewer than `busy` incidents a day: there
    a day or three tell too little. `calibration`: past days whose p-values calibrate today's.
    """

    windows: tuple[int, ...] = (1, 3, 7, 14)
    how: Decay = field(default_factory=lambda: Decay(guard=2))
    budget: Budget = field(default_factory=Budget)
    calibration: int = YEAR
    short: int = 3
    busy: float = 2.0
    hold: Hold = field(default_factory=Hold)

    def __post_init__(self) -> None:
        """Refuse an empty or non-positive window."""
        if not self.windows or min(self.windows) < 1:
            raise ValueError(f"windows: {self.windows} must be days of at least 1")
        if self.calibration < 1:
            raise ValueError(f"calibration: {self.calibration} days, at least 1")
        if min(self.windows) > self.short:
            raise ValueError(f"short: no window is as short as {self.short} days")
        if self.busy < 0:
            raise ValueError(f"busy: {self.busy} incidents a day is negative")
