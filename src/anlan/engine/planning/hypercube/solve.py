"""Exact where few units allow it, else the approximation; service times made to fit the travel they cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.hypercube.approximate import approximate
from anlan.engine.planning.hypercube.exact import exact
from anlan.engine.planning.queueing import Unstable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.hypercube.model import District, State

EXACT_UNITS = 12
ROUNDS, NEAR_S = 20, 1.0


def solve(district: District, near: NDArray[np.bool_] | None = None, *, exact_to: int = EXACT_UNITS) -> State:
    """Steady state: exact for up to `exact_to` units, Larson's approximation beyond."""
    return (exact if district.units <= exact_to else approximate)(district, near)


def calibrated(
    district: District, times_s: NDArray[np.float64], on_scene_s: float, *, exact_to: int = EXACT_UNITS
) -> District:
    """The same district with each unit's service time its own mean travel plus `on_scene_s`.

    Larson's mean service time calibration: solve, take each unit's mean travel time, solve again until no
    service time changes by over a second. `times_s` (N, D); calls without a way count no travel.

    Raises:
        Unstable: with the travel that they cause the units can no longer do the work.

    """
    times = np.where(np.isfinite(times_s), times_s, 0.0)
    for _ in range(ROUNDS):
        state = solve(district, exact_to=exact_to)
        weight = (state.sent + state.queued[:, None]) * district.calls
        total = weight.sum(axis=1)
        travel = np.divide((weight * times).sum(axis=1), total, out=np.zeros(len(total)), where=total > 0)
        service = travel + on_scene_s
        change = float(np.abs(service - district.service_s).max())
        district = district.with_service(service)
        if district.waits and district.total >= district.most:
            raise Unstable(f"calls: {district.total:g} an hour, but the units end {district.most:g} at most")
        if change <= NEAR_S:
            break
    return district
