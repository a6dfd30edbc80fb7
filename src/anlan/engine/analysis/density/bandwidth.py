"""The bandwidth that foretells each incident best from all the others: likelihood cross-validation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.analysis.density._lattice import REACH, Lattice
from anlan.engine.analysis.density.surface import around, nodes

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

MOST_NODES = 4_000_000
SAME_PLACE_M = 1.0


@dataclass(frozen=True, eq=False)
class Bandwidth:
    """The bandwidth chosen, and the curve that it was chosen from.

    Attributes:
        bandwidth_m: where the likelihood is greatest.
        tried_m: bandwidths, metres, rising, shape (K,).
        likelihood: mean log density (per km², of one incident among all) at each incident, the incidents of
            its own place left out, shape (K,).
        shared: share of the incidents that have another at the same place.
        at_limit: "low" or "high" where the best is the narrowest or widest tried, else "". At "low" the
            points are probably snapped to a grid or to the middles of blocks: choose the bandwidth by hand.

    """

    bandwidth_m: float
    tried_m: NDArray[np.float64]
    likelihood: NDArray[np.float64]
    shared: float
    at_limit: str


def bandwidth_by_likelihood(
    x: ArrayLike,
    y: ArrayLike,
    *,
    narrowest_m: float = 50.0,
    widest_m: float = 5_000.0,
    number: int = 24,
    same_place_m: float = SAME_PLACE_M,
) -> Bandwidth:
    """Return the bandwidth h with the greatest Σᵢ log f₋ᵢ(xᵢ; h) (Duin 1976; Habbema et al. 1974).

    f₋ᵢ leaves out every incident at the place of i, not i alone: with duplicates the sum would grow without
    end as h falls to 0 (snapped points, default addresses). An incident that no other reaches counts with the
    density at the kernel's end, so that one stray point does not decide.

    Args:
        x: eastings, metres, shape (N,).
        y: northings, metres, shape (N,).
        narrowest_m: narrowest bandwidth tried; made wider where the grid would exceed 4 million nodes.
        widest_m: widest bandwidth tried.
        number: bandwidths tried, evenly in log; the best is refined by a parabola through its neighbours.
        same_place_m: incidents whose coordinates round to the same multiple of this share a place.

    Raises:
        ValueError: the limits are not 0 < narrowest < widest, `number` is below 3, a place is no number,
            or all incidents share a place.

    """
    if not 0 < narrowest_m < widest_m:
        raise ValueError(f"narrowest_m, widest_m: {narrowest_m}, {widest_m}; expected 0 < narrowest < widest")
    if number < 3:
        raise ValueError(f"number: {number}, at least 3 are needed")
    east, north = np.asarray(x, float), np.asarray(y, float)
    if not (np.isfinite(east).all() and np.isfinite(north).all()):
        raise ValueError("x, y: not a finite number")
    places, count = _places(east, north, same_place_m)
    if len(places) < 2:
        raise ValueError("x, y: all incidents share one place")
    extent = np.ptp(places, axis=0) + 1
    least = max(narrowest_m, 2 * float(np.sqrt(extent.prod() / MOST_NODES)))
    tried = np.geomspace(least, max(widest_m, 2 * least), number)
    curve = np.array([_likelihood(places, count, float(bandwidth)) for bandwidth in tried])
    best = int(curve.argmax())
    at_limit = {0: "low", number - 1: "high"}.get(best, "")
    chosen = tried[best] if at_limit else _peak(np.log(tried), curve, best)
    shared = float(count[count > 1].sum() / count.sum())
    return Bandwidth(float(chosen), tried, curve, shared, at_limit)


def _places(
    x: NDArray[np.float64], y: NDArray[np.float64], size: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the places, (P, 2), and the incidents at each, (P,)."""
    rounded = np.rint(np.column_stack((x, y)) / size).astype(np.int64)
    found, count = np.unique(rounded, axis=0, return_counts=True)
    return np.asarray(found * size, float), count.astype(float)


def _likelihood(places: NDArray[np.float64], count: NDArray[np.float64], bandwidth: float) -> float:
    """Return the mean over incidents of log f₋ᵢ, by the grid with each place's own part taken off exactly."""
    x, y = np.ascontiguousarray(places[:, 0]), np.ascontiguousarray(places[:, 1])
    step = bandwidth / 2
    xs, ys = nodes(around(x, y, step), step)
    lattice = Lattice(float(xs[0]), float(ys[0]), step, len(ys), len(xs), REACH * bandwidth)
    points = lattice.transform(lattice.share_out(x, y, count))
    field = lattice.back(points * lattice.kernel(bandwidth, splines=2))
    others = lattice.at(field, x, y) - count * lattice.own(x, y, bandwidth)
    least = np.exp(-(REACH**2) / 2) / (2 * np.pi * bandwidth**2)
    total = count.sum()
    density = np.maximum(others, least) / np.maximum(total - count, 1)
    return float((count * np.log(density * 1e6)).sum() / total)


def _peak(at: NDArray[np.float64], value: NDArray[np.float64], best: int) -> float:
    """Return exp of where the parabola through the best and its neighbours peaks."""
    left, middle, right = value[best - 1 : best + 2]
    bend = left - 2 * middle + right
    shift = 0.0 if bend == 0 else 0.5 * (left - right) / bend
    return float(np.exp(at[best] + shift * (at[1] - at[0])))
