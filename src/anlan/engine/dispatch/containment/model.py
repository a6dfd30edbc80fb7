"""What is to be enclosed, within which times, and what the answer is made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Reason(StrEnum):
    """Why a point cannot be held."""

    LATE = "late"
    """Every unit would come too late."""
    TAKEN = "taken"
    """The units that could be there in time hold other points."""
    UNREACHED = "unreached"
    """No unit finds a way there."""


@dataclass(frozen=True, eq=False)
class Threat:
    """What is to be enclosed, seen from every node (N,) of the road graph.

    `starts` are the nodes it sets out from; `away` says how far out a node lies (seconds of a fleeing car,
    metres of a spill) and orders the rings; `until` is in how many seconds from now a unit must be there (inf
    where nothing races it, negative where the car may have passed); `no_go` nodes belong to the danger: no
    unit stands on or drives over them.
    """

    starts: NDArray[np.int64]
    away: NDArray[np.float64]
    until: NDArray[np.float64]
    no_go: NDArray[np.bool_]

    @property
    def races(self) -> bool:
        """Whether units race against it."""
        return bool(np.isfinite(self.until).any())


@dataclass(frozen=True)
class Timing:
    """Seconds before a unit sets out, and how long before the car it must stand.

    Raises:
        ValueError: a value below 0, named.

    """

    delay_s: float = 30.0
    margin_s: float = 30.0

    def __post_init__(self) -> None:
        for name in ("delay_s", "margin_s"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name}: must be 0 or more, not {getattr(self, name)!r}")


@dataclass(frozen=True)
class Post:
    """A unit (its row) closes a node: there in `arrives_s`, the car at the earliest in `threat_s`."""

    node: int
    unit: int
    arrives_s: float
    threat_s: float | None

    @property
    def margin_s(self) -> float | None:
        """How long the unit stands there before the car can come; None where nothing races it."""
        return None if self.threat_s is None else self.threat_s - self.arrives_s


@dataclass(frozen=True)
class Leak:
    """A point that has to be closed and cannot be held, with the soonest unit, if one finds a way."""

    node: int
    reason: Reason
    threat_s: float | None
    unit: int | None = None
    arrives_s: float | None = None


@dataclass(frozen=True)
class Containment:
    """The points to close inside a ring (as `away` counts), what they enclose, which rings were too tight."""

    ring: float
    posts: tuple[Post, ...]
    leaks: tuple[Leak, ...]
    enclosed: tuple[int, ...]
    enclosed_km: float
    tried: tuple[float, ...]

    @property
    def closed(self) -> bool:
        """Whether there are points to close and every one is held in time."""
        return bool(self.posts) and not self.leaks
