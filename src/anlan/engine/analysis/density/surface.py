"""Kernel density on a regular grid and at any place, corrected at the county's edge.

Points are shared out to the nodes by cubic splines, convolved with a Gaussian by FFT, and divided by the
kernel's mass inside the county (edge correction, Diggle 1985).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.engine.analysis.density._lattice import REACH, Lattice

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

METRES_PER_DEGREE = 111_320.0
LEAST_MASS = 1e-3  # share of the kernel inside the county below which a place is too far out to correct


@dataclass(frozen=True, eq=False)
class _Transforms:
    """What `at` reads the surface from, worked out when somebody asks."""

    lattice: Lattice
    points: NDArray[np.complex128]
    inside: NDArray[np.complex128] | None

    @cached_property
    def density(self) -> NDArray[np.float64]:
        """Spline coefficients of the uncorrected density, per m²."""
        return self.lattice.back(self.points / self.lattice.spline)

    @cached_property
    def mass(self) -> NDArray[np.float64] | None:
        """Spline coefficients of the kernel's mass inside the county."""
        return None if self.inside is None else self.lattice.back(self.inside / self.lattice.spline)


@dataclass(frozen=True, eq=False)
class Surface:
    """Density, incidents per km², (rows, columns) from south and west; NaN outside the mask."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    density: NDArray[np.float64]
    bandwidth_m: float
    _transforms: _Transforms = field(repr=False)

    @property
    def error(self) -> float:
        """Bound on the error of one incident's part, as a share of its peak 1/2πσ², at nodes and in `at`.

        Cubic interpolation of f at distance δ errs by at most 5/384 δ⁴ max|f⁗| (Hall & Meyer 1976), for a
        Gaussian 5/128 (δ/σ)⁴ per axis; sharing out and reading each interpolate twice. Five bandwidths out
        the kernel is cut, which leaves exp(−12.5).
        """
        step = self._transforms.lattice.step / self.bandwidth_m
        return 4 * 5 / 128 * step**4 + float(np.exp(-(REACH**2) / 2))

    def at(self, x: ArrayLike, y: ArrayLike) -> NDArray[np.float64]:
        """Return the density at places, incidents per km², shape (M,); NaN off the grid.

        Outside the county the value is that of the kernel's mass inside, and NaN where this is below 0.1 %.
        """
        east, north = _floats(x), _floats(y)
        lattice, inside = self._transforms.lattice, self._transforms.mass
        found = np.maximum(lattice.at(self._transforms.density, east, north), 0) * 1e6
        if inside is None:
            return found
        mass = lattice.at(inside, east, north)
        return np.where(mass > LEAST_MASS, found / np.maximum(mass, LEAST_MASS), np.nan)


def surface(
    x: ArrayLike,
    y: ArrayLike,
    *,
    bandwidth_m: float,
    node_m: float | None = None,
    bounds: tuple[float, float, float, float] | None = None,
    mask: NDArray[Any] | None = None,
    weights: ArrayLike | None = None,
) -> Surface:
    """Return the Gaussian density of points given in metres.

    Args:
        x: eastings, metres, shape (N,).
        y: northings, metres, shape (N,).
        bandwidth_m: standard deviation of the kernel.
        node_m: distance between nodes, by default a quarter of the bandwidth; at most the bandwidth.
        bounds: west, south, east, north; by default the points with three bandwidths around. Points outside
            are left out.
        mask: nodes inside the county (`mask_of`) or shares of their squares (`coverage_of`, finer), for edge
            correction; its shape is that of `nodes(bounds, node_m)`.
        weights: incidents that each point stands for, shape (N,); by default 1.

    Raises:
        ValueError: bandwidth or node distance not positive, nodes farther apart than the bandwidth, or the
            mask or the weights have another shape.

    """
    step = _checked_step(bandwidth_m, node_m)
    east, north = _floats(x), _floats(y)
    weight = checked_weights(weights, len(east))
    xs, ys = nodes(bounds or around(east, north, 3 * bandwidth_m), step)
    lattice = Lattice(float(xs[0]), float(ys[0]), step, len(ys), len(xs), REACH * bandwidth_m)
    points = lattice.transform(lattice.share_out(east, north, weight))
    points *= lattice.kernel(bandwidth_m, splines=1)
    density, inside = np.maximum(lattice.nodes(lattice.back(points)), 0) * 1e6, None
    if mask is not None:
        checked_mask(mask, density.shape)
        inside = lattice.transform(lattice.widened(np.asarray(mask, float) * step * step))
        inside *= lattice.kernel(bandwidth_m, splines=0)
        mass = lattice.nodes(lattice.back(inside))
        density = np.where(mask, density / np.maximum(mass, LEAST_MASS), np.nan)
    return Surface(xs, ys, density, bandwidth_m, _Transforms(lattice, points, inside))


def nodes(
    bounds: tuple[float, float, float, float], node_m: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the node coordinates, metres, that cover the bounds."""
    west, south, east, north = bounds
    columns, rows = int(np.ceil((east - west) / node_m)) + 1, int(np.ceil((north - south) / node_m)) + 1
    xs, ys = west + node_m * np.arange(columns), south + node_m * np.arange(rows)
    return np.asarray(xs, np.float64), np.asarray(ys, np.float64)


def to_metres(lon: ArrayLike, lat: ArrayLike, origin: tuple[float, float]) -> tuple[NDArray[np.float64], ...]:
    """Return metres east and north of `origin` (lon, lat) on a local plane, true to 0.1 % over a county."""
    scale = METRES_PER_DEGREE * np.cos(np.radians(origin[1]))
    return (np.asarray(lon, float) - origin[0]) * scale, (
        np.asarray(lat, float) - origin[1]
    ) * METRES_PER_DEGREE


def to_degrees(x: ArrayLike, y: ArrayLike, origin: tuple[float, float]) -> tuple[NDArray[np.float64], ...]:
    """Return longitude and latitude of metres east and north of `origin`: `to_metres` undone."""
    scale = METRES_PER_DEGREE * np.cos(np.radians(origin[1]))
    return origin[0] + np.asarray(x, float) / scale, origin[1] + np.asarray(y, float) / METRES_PER_DEGREE


def around(
    x: NDArray[np.float64], y: NDArray[np.float64], margin: float
) -> tuple[float, float, float, float]:
    """Return the box of the points with a margin; a square of the margin where there are none."""
    if not len(x):
        return 0.0, 0.0, margin, margin
    return float(x.min()) - margin, float(y.min()) - margin, float(x.max()) + margin, float(y.max()) + margin


def checked_weights(weights: ArrayLike | None, points: int) -> NDArray[np.float64]:
    """Return the weights, 1 by default; raises ValueError on another length or one below 0."""
    weight = np.ones(points) if weights is None else _floats(weights)
    if weight.shape != (points,):
        raise ValueError(f"weights: shape {weight.shape}, expected ({points},)")
    if not (weight >= 0).all():
        raise ValueError("weights: negative or not a number")
    return weight


def checked_mask(mask: NDArray[Any], shape: tuple[int, ...]) -> None:
    """Raise ValueError where the mask has another shape."""
    if mask.shape != shape:
        raise ValueError(f"mask: shape {mask.shape}, expected {shape}")


def _checked_step(bandwidth_m: float, node_m: float | None) -> float:
    if not bandwidth_m > 0:
        raise ValueError(f"bandwidth_m: {bandwidth_m} is not positive")
    step = bandwidth_m / 4 if node_m is None else node_m
    if not 0 < step <= bandwidth_m:
        raise ValueError(f"node_m: {step} is not between 0 and the bandwidth, {bandwidth_m}")
    return float(step)


def _floats(values: ArrayLike) -> NDArray[np.float64]:
    return np.ascontiguousarray(values, np.float64)
