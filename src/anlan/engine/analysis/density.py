"""Where: kernel density on a regular grid, by linear binning and FFT convolution.

Points are shared out to the four nearest nodes (linear binning, Wand 1994), convolved with a Gaussian
kernel, and divided by the kernel's mass inside the county (edge correction, Diggle 1985).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage, signal

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

REACH = 5.0  # kernel radius in bandwidths: exp(−12.5) is below 4e-6 of the peak
METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True, eq=False)
class Surface:
    """Density, incidents per km², (rows, columns) from south and west; NaN outside the mask."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    density: NDArray[np.float64]
    bandwidth_m: float


@dataclass(frozen=True)
class HotSpot:
    """A peak of the surface: place (m), density per km², incidents within one bandwidth, and their share."""

    x: float
    y: float
    density: float
    count: int
    share: float


def surface(
    x: ArrayLike,
    y: ArrayLike,
    *,
    bandwidth_m: float,
    node_m: float | None = None,
    bounds: tuple[float, float, float, float] | None = None,
    mask: NDArray[np.bool_] | None = None,
) -> Surface:
    """Return the Gaussian density of points given in metres.

    Args:
        x: eastings, metres, shape (N,).
        y: northings, metres, shape (N,).
        bandwidth_m: standard deviation of the kernel.
        node_m: distance between nodes, by default a quarter of the bandwidth (relative error below 1 %).
        bounds: west, south, east, north; by default the points with three bandwidths around.
        mask: nodes inside the county, for edge correction; its shape is `nodes(bounds, node_m)`.

    Raises:
        ValueError: bandwidth or node distance not positive, or the mask has another shape.

    """
    if not bandwidth_m > 0:
        raise ValueError(f"bandwidth_m: {bandwidth_m} is not positive")
    step = bandwidth_m / 4 if node_m is None else node_m
    if not step > 0:
        raise ValueError(f"node_m: {step} is not positive")
    east, north = np.asarray(x, float), np.asarray(y, float)
    xs, ys = nodes(bounds or _around(east, north, 3 * bandwidth_m), step)
    kernel = _kernel(bandwidth_m, step)
    binned = _bin_linearly(east, north, xs, ys)
    density = np.maximum(signal.oaconvolve(binned, kernel, mode="same"), 0) * 1e6
    if mask is not None:
        if mask.shape != density.shape:
            raise ValueError(f"mask: shape {mask.shape}, expected {density.shape}")
        inside = signal.oaconvolve(mask.astype(float), kernel, mode="same") * step * step
        density = np.where(mask, density / np.maximum(inside, 1e-3), np.nan)
    return Surface(xs, ys, density, bandwidth_m)


def nodes(
    bounds: tuple[float, float, float, float], node_m: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the node coordinates, metres, that cover the bounds."""
    west, south, east, north = bounds
    columns, rows = int(np.ceil((east - west) / node_m)) + 1, int(np.ceil((north - south) / node_m)) + 1
    xs, ys = west + node_m * np.arange(columns), south + node_m * np.arange(rows)
    return np.asarray(xs, np.float64), np.asarray(ys, np.float64)


def hot_spots(of: Surface, x: ArrayLike, y: ArrayLike, *, number: int = 5) -> list[HotSpot]:
    """Return the highest peaks of the surface, at least two bandwidths apart, highest first."""
    east, north = np.asarray(x, float), np.asarray(y, float)
    if not len(east):
        return []
    density = np.nan_to_num(of.density)
    step = of.x[1] - of.x[0] if len(of.x) > 1 else of.bandwidth_m
    width = 2 * int(np.ceil(2 * of.bandwidth_m / step)) + 1
    peak = (density == ndimage.maximum_filter(density, size=width)) & (density > 0)
    rows, columns = np.nonzero(peak)
    best = np.argsort(-density[rows, columns], kind="stable")[:number]
    spots = []
    for row, column in zip(rows[best], columns[best], strict=True):
        near = np.hypot(east - of.x[column], north - of.y[row]) <= of.bandwidth_m
        count = int(near.sum())
        spots.append(
            HotSpot(
                float(of.x[column]), float(of.y[row]), float(density[row, column]), count, count / len(east)
            )
        )
    return spots


def to_metres(lon: ArrayLike, lat: ArrayLike, origin: tuple[float, float]) -> tuple[NDArray[np.float64], ...]:
    """Return metres east and north of `origin` (lon, lat) on a local plane, true to 0.1 % over a county."""
    scale = METRES_PER_DEGREE * np.cos(np.radians(origin[1]))
    return (np.asarray(lon, float) - origin[0]) * scale, (
        np.asarray(lat, float) - origin[1]
    ) * METRES_PER_DEGREE


def _around(
    x: NDArray[np.float64], y: NDArray[np.float64], margin: float
) -> tuple[float, float, float, float]:
    if not len(x):
        return 0.0, 0.0, margin, margin
    return float(x.min()) - margin, float(y.min()) - margin, float(x.max()) + margin, float(y.max()) + margin


def _kernel(bandwidth: float, step: float) -> NDArray[np.float64]:
    half = int(np.ceil(REACH * bandwidth / step))
    line = np.exp(-0.5 * (np.arange(-half, half + 1) * step / bandwidth) ** 2)
    return np.outer(line, line) / (2 * np.pi * bandwidth**2)


def _bin_linearly(
    x: NDArray[np.float64], y: NDArray[np.float64], xs: NDArray[np.float64], ys: NDArray[np.float64]
) -> NDArray[np.float64]:
    step = (xs[1] - xs[0]) if len(xs) > 1 else 1.0
    column, row = (x - xs[0]) / step, (y - ys[0]) / step
    inside = (column >= 0) & (column <= len(xs) - 1) & (row >= 0) & (row <= len(ys) - 1)
    left = np.minimum(np.floor(column), len(xs) - 2).astype(int)
    low = np.minimum(np.floor(row), len(ys) - 2).astype(int)
    left, low, column, row = left[inside], low[inside], column[inside], row[inside]
    binned = np.zeros(len(ys) * len(xs))
    for right in (0, 1):
        for up in (0, 1):
            weight = np.abs(1 - right - (column - left)) * np.abs(1 - up - (row - low))
            binned += np.bincount((low + up) * len(xs) + left + right, weight, len(binned))
    return binned.reshape(len(ys), len(xs))
