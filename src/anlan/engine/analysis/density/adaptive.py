"""Adaptive density: narrow kernels where incidents are many, wide ones where they are few (Abramson 1982)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.engine.analysis.density._lattice import REACH, Lattice
from anlan.engine.analysis.density.surface import (
    LEAST_MASS,
    around,
    checked_mask,
    checked_weights,
    nodes,
    surface,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

NARROWEST, WIDEST = 0.5, 4.0  # bandwidths allowed, as multiples of the middle one
SPACING = (
    0.1  # between classes of bandwidth, in log; shared between two classes, a peak errs by 0.5 % at most
)


@dataclass(frozen=True, eq=False)
class AdaptiveSurface:
    """Density per km², (rows, columns), NaN outside the mask; `bandwidths`, metres, one a point."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    density: NDArray[np.float64]
    bandwidth_m: float
    bandwidths: NDArray[np.float64]


def adaptive_surface(
    x: ArrayLike,
    y: ArrayLike,
    *,
    bandwidth_m: float,
    node_m: float | None = None,
    bounds: tuple[float, float, float, float] | None = None,
    mask: NDArray[Any] | None = None,
    weights: ArrayLike | None = None,
) -> AdaptiveSurface:
    """Return the density with a bandwidth of each point's own, hᵢ = h √(g / f(xᵢ)).

    f is the density with the middle bandwidth h and g its geometric mean over the points (Silverman 1986,
    5.3). hᵢ is held between h/2 and 4h: the lower limit keeps a default address from becoming a needle.
    Points of like bandwidth are convolved together, each shared between the two nearest classes. With a mask
    each incident's kernel is divided by its mass inside the county, so that its whole weight stays inside.

    Args:
        x: eastings, metres, shape (N,).
        y: northings, metres, shape (N,).
        bandwidth_m: the middle bandwidth h.
        node_m: distance between nodes, by default and at most half the narrowest bandwidth, h/4.
        bounds: west, south, east, north; by default the points with 3h around. Points outside are left out.
        mask: as in `surface`.
        weights: as in `surface`.

    Raises:
        ValueError: as `surface`, or nodes farther apart than h/2.

    """
    step = bandwidth_m * NARROWEST / 2 if node_m is None else node_m
    if step > bandwidth_m * NARROWEST:
        raise ValueError(f"node_m: {step} is more than {NARROWEST} bandwidths")
    east, north = np.ascontiguousarray(x, np.float64), np.ascontiguousarray(y, np.float64)
    weight = checked_weights(weights, len(east))
    bounds = bounds or around(east, north, 3 * bandwidth_m)
    pilot = surface(east, north, bandwidth_m=bandwidth_m, node_m=step, bounds=bounds, mask=mask)
    own = _bandwidths(pilot.at(east, north), bandwidth_m)
    xs, ys = nodes(bounds, step)
    lattice = Lattice(float(xs[0]), float(ys[0]), step, len(ys), len(xs), REACH * float(own.max(initial=0)))
    if mask is not None:
        checked_mask(mask, (len(ys), len(xs)))
    density = _sum_of_classes(lattice, (east, north, weight), own, mask)
    return AdaptiveSurface(
        xs, ys, density if mask is None else np.where(mask, density, np.nan), bandwidth_m, own
    )


def _bandwidths(at_points: NDArray[np.float64], middle: float) -> NDArray[np.float64]:
    """Return hᵢ; the middle bandwidth for points off the grid, whose density is not known."""
    known = np.isfinite(at_points) & (at_points > 0)
    own = np.full(len(at_points), float(middle))
    if known.any():
        mean = np.exp(np.log(at_points[known]).mean())
        own[known] = middle * np.clip(np.sqrt(mean / at_points[known]), NARROWEST, WIDEST)
    return own


def _sum_of_classes(
    lattice: Lattice,
    points: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
    own: NDArray[np.float64],
    mask: NDArray[Any] | None,
) -> NDArray[np.float64]:
    """Return the density per km²: each class of bandwidths convolved at once, added up as transforms."""
    x, y, weight = points
    place = np.log(own / own.min(initial=np.inf)) / SPACING if len(own) else own
    below, area = place.astype(np.int64), lattice.step**2
    inside = None if mask is None else lattice.transform(lattice.widened(np.asarray(mask, float) * area))
    total = lattice.transform(np.zeros((lattice.rows, lattice.columns)))
    for number in range(int(below.max(initial=-2)) + 2):
        bandwidth = float(own.min()) * np.exp(number * SPACING)
        part = np.maximum(1 - np.abs(place - number), 0)
        held = part > 0
        share = weight[held] * part[held]
        if inside is not None:
            mass = lattice.back(inside * lattice.kernel(bandwidth, splines=1))
            share = share / np.maximum(np.nan_to_num(lattice.at(mass, x[held], y[held])), LEAST_MASS)
        grid = lattice.transform(lattice.share_out(x[held], y[held], share))
        total += grid * lattice.kernel(bandwidth, splines=1)
    return np.maximum(lattice.nodes(lattice.back(total)), 0) * 1e6
