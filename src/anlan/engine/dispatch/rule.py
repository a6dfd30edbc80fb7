"""The dispatch rule: which of the units that could go is sent, the same live and in the rehearsal.

`CLOSEST` is the rule. The other two hold back a unit whose leaving would cost most elsewhere, and only among
units that are inside the response ring of the call; beyond it the closest goes. Without that limit the mean
response rose by 37 % (Jagtenberg, Bhulai & van der Mei 2017, "Dynamic ambulance dispatching: is the
closest-idle policy always optimal?", Health Care Management Science 20, 517-531).

`COVER` (same paper): send the unit whose leaving loses the least expected cover, Σ_z w_z (1 − q) q^(k_z − 1)
over the points z in its ring, k_z units in reach of z, q the busy share (Daskin 1983). `PREPAREDNESS`
(Andersson & Värbrand 2007, Journal of the Operational Research Society 58, 195-201): send the unit without
which the least prepared point stays best prepared, p_z = Σ_l γ_l / t_lz / w_z over its three nearest units.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

NEAREST = 3
GAMMA = np.array([1.0, 0.5, 0.25])
TIE = 1e-12


@numba.njit(cache=True, nogil=True)
def closest(seconds: NDArray, able: NDArray) -> int:
    """Place of the least `seconds` (n,) among the `able`, the first of equals; -1 where none can come."""
    best = -1
    least = np.inf
    for unit in range(len(seconds)):
        if able[unit] and seconds[unit] < least:
            best, least = unit, seconds[unit]
    return best


@numba.njit(cache=True, nogil=True)
def sparing(  # noqa: PLR0913, PLR0917  plain arrays are what Numba compiles
    policy: int, seconds: NDArray, able: NDArray, ring_s: float,
    to_zones: NDArray, idle: NDArray, weight: NDArray, busy: float,
) -> int:  # fmt: skip
    """Place of the `able` unit inside the ring whose leaving costs least, the closest of equals.

    `to_zones` (n, Z): seconds of each unit to each point of demand, `weight` (Z,); `idle` (n,): units that
    are there for the next call. The closest where nobody is inside the ring; -1 where none can come.
    """
    best = -1
    least = np.inf
    counts = _counts(to_zones, idle, ring_s)
    near = _nearest(to_zones, idle)
    for unit in range(len(seconds)):
        if not able[unit] or seconds[unit] > ring_s:
            continue
        if policy == 1:
            cost = _cover_lost(unit, to_zones, idle, counts, ring_s, weight, busy)
        else:
            cost = -_least_prepared(unit, to_zones, near, weight)
        slack = TIE * max(1.0, abs(cost))
        same = best >= 0 and abs(cost - least) <= slack
        if best < 0 or cost < least - slack or (same and seconds[unit] < seconds[best]):
            best, least = unit, cost
    return best if best >= 0 else closest(seconds, able)


@numba.njit(cache=True, nogil=True)
def _counts(to_zones: NDArray, idle: NDArray, ring_s: float) -> NDArray:
    counts = np.zeros(to_zones.shape[1], np.int64)
    for unit in range(len(idle)):
        if idle[unit]:
            for zone in range(len(counts)):
                counts[zone] += to_zones[unit, zone] <= ring_s
    return counts


@numba.njit(cache=True, nogil=True)
def _cover_lost(
    unit: int, to_zones: NDArray, idle: NDArray, counts: NDArray, ring_s: float, weight: NDArray, busy: float
) -> float:
    lost = 0.0
    if idle[unit]:
        for zone in range(len(weight)):
            if to_zones[unit, zone] <= ring_s:
                lost += weight[zone] * (1.0 - busy) * busy ** (counts[zone] - 1)
    return lost


@numba.njit(cache=True, nogil=True)
def _nearest(to_zones: NDArray, idle: NDArray) -> NDArray:
    """The four nearest idle units of each point, (Z, 4), -1 where there are fewer."""
    zones = to_zones.shape[1]
    found = np.full((zones, NEAREST + 1), -1, np.int64)
    for zone in range(zones):
        for unit in range(len(idle)):
            if not idle[unit] or not np.isfinite(to_zones[unit, zone]):
                continue
            entering = unit
            for place in range(NEAREST + 1):
                held = found[zone, place]
                if held < 0 or to_zones[entering, zone] < to_zones[held, zone]:
                    found[zone, place], entering = entering, held
                if entering < 0:
                    break
    return found


@numba.njit(cache=True, nogil=True)
def _least_prepared(unit: int, to_zones: NDArray, near: NDArray, weight: NDArray) -> float:
    least = np.inf
    for zone in range(len(weight)):
        if weight[zone] <= 0:
            continue
        prepared = 0.0
        counted = 0
        for place in range(NEAREST + 1):
            other = near[zone, place]
            if other < 0 or counted == NEAREST:
                break
            if other != unit:
                # A unit on the spot is a second away: the contribution stays finite.
                prepared += GAMMA[counted] / max(to_zones[other, zone], 1.0)
                counted += 1
        least = min(least, prepared / weight[zone])
    return least
