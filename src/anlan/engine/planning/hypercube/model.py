"""What the hypercube model is given and what it finds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np

from anlan.engine.planning.queueing import Unstable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, eq=False)
class District:
    """Points (D) that call and units (N) that answer.

    `calls` (D,): per hour. `order` (D, N): all units by preference at each point. `service_s` (N,): mean time
    a unit is bound by a call, travel included. `own` (N,): activities per hour that a free unit begins of
    itself and finishes before it can be sent. `waits`: calls wait when all are busy; else they are lost.
    """

    calls: NDArray[np.float64]
    order: NDArray[np.int64]
    service_s: NDArray[np.float64]
    own: NDArray[np.float64]
    waits: bool = True

    @classmethod
    def of(
        cls,
        calls: ArrayLike,
        order: ArrayLike,
        service_s: ArrayLike,
        *,
        own: ArrayLike = 0.0,
        waits: bool = True,
    ) -> Self:
        """Check and complete: `service_s` and `own` may be one number for all units.

        Raises:
            ValueError: names the argument that is out of range or of the wrong shape.
            Unstable: calls wait, and come faster than all units together can end them.

        """
        rate, rank = np.asarray(calls, np.float64), np.asarray(order, np.int64)
        if rate.ndim != 1 or not rate.size or not np.isfinite(rate).all() or (rate < 0).any():
            raise ValueError("calls: expected one rate a point, finite and 0 or more")
        if rank.ndim != 2 or not rank.shape[1] or len(rank) != len(rate):
            raise ValueError(f"order: expected ({len(rate)}, units), not {rank.shape}")
        units = rank.shape[1]
        if (np.sort(rank, axis=1) != np.arange(units)).any():
            raise ValueError(f"order: each row must name the units 0 to {units - 1} once")
        service, busy = _each(service_s, units, "service_s"), _each(own, units, "own")
        if (service <= 0).any() or (busy < 0).any():
            raise ValueError("service_s, own: service_s must be above 0, own 0 or more")
        found = cls(rate, rank, service, busy, waits)
        if waits and found.total >= found.most:
            raise Unstable(f"calls: {found.total:g} an hour, but the units end {found.most:g} at most")
        return found

    @property
    def units(self) -> int:
        """N."""
        return int(self.order.shape[1])

    @property
    def total(self) -> float:
        """Calls per hour at all points."""
        return float(self.calls.sum())

    @property
    def ends(self) -> NDArray[np.float64]:
        """Calls per hour that each unit ends while busy, (N,)."""
        return 3600.0 / self.service_s

    @property
    def most(self) -> float:
        """Calls per hour that all units together end."""
        return float(self.ends.sum())

    def with_service(self, service_s: NDArray[np.float64]) -> Self:
        """The same with other service times."""
        return replace(self, service_s=service_s)


def _each(value: ArrayLike, units: int, name: str) -> NDArray[np.float64]:
    given = np.asarray(value, np.float64)
    if given.shape not in ((), (units,)) or not np.isfinite(given).all():
        raise ValueError(f"{name}: expected one finite number, or {units} of them")
    return np.broadcast_to(given, (units,)).copy()


@dataclass(frozen=True, eq=False)
class State:
    """The steady state.

    `busy` (N,): share of time. `level` (N + 1,): P(i units busy). `sent` (N, D): chance that a call at a
    point is answered at once by a unit; the rest to 1 is `level[N]`, when it waits (or is lost). `queued`
    (N,): chance that a unit takes a call that waited. `wait_s`: mean over all calls. `covered` (D,): chance
    that a unit near the point is free, None where nobody said what is near. `exact` or by approximation.
    """

    exact: bool
    busy: NDArray[np.float64]
    level: NDArray[np.float64]
    sent: NDArray[np.float64]
    queued: NDArray[np.float64]
    wait_s: float
    covered: NDArray[np.float64] | None

    @property
    def all_busy(self) -> float:
        """P(no unit is free)."""
        return float(self.level[-1])


def by_time(times_s: ArrayLike) -> NDArray[np.int64]:
    """Order of dispatch (D, N) by travel times (N, D): the soonest first, of equals the first."""
    return np.argsort(np.asarray(times_s, np.float64).T, axis=1, kind="stable")


def beat_first(
    times_s: ArrayLike, unit_beats: Sequence[str], point_beats: Sequence[str]
) -> NDArray[np.int64]:
    """Order of dispatch (D, N): the units of the point's own beat by time, then the others by time."""
    times = np.asarray(times_s, np.float64).T
    away = np.asarray(point_beats)[:, None] != np.asarray(unit_beats)
    return np.lexsort((times, away), axis=1)
