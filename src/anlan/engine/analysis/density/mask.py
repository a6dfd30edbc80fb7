"""A polygon on the nodes of a grid: which nodes lie inside, and how much of each node's square does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from shapely.geometry.base import BaseGeometry

SUBDIVISIONS = 8  # a square that the boundary crosses is measured by 8 × 8 points


def mask_of(shape: BaseGeometry, xs: ArrayLike, ys: ArrayLike) -> NDArray[np.bool_]:
    """Tell which nodes lie inside a polygon (holes are outside, its boundary inside).

    Args:
        shape: polygon or multipolygon, in the metres of `xs` and `ys`.
        xs: eastings of the columns, shape (columns,).
        ys: northings of the rows, shape (rows,).

    Returns:
        shape (rows, columns).

    Raises:
        ValueError: `shape` has no area.

    """
    _need_area(shape)
    shapely.prepare(shape)
    east, north = np.meshgrid(np.asarray(xs, float), np.asarray(ys, float))
    return np.asarray(shapely.intersects_xy(shape, east, north), bool)


def coverage_of(shape: BaseGeometry, xs: ArrayLike, ys: ArrayLike) -> NDArray[np.float64]:
    """Return the share, 0 to 1, of each node's square that lies inside a polygon, shape (rows, columns).

    Edge correction with shares instead of yes and no moves the border by far less than a node. Squares that
    the boundary misses are 0 or 1; the others are measured by 64 points each (error of a square below 0.1).

    Raises:
        ValueError: `shape` has no area, or the nodes of an axis are fewer than two.

    """
    across, up = np.asarray(xs, float), np.asarray(ys, float)
    if len(across) < 2 or len(up) < 2:
        raise ValueError(f"xs, ys: {len(across)} and {len(up)} nodes, at least two are needed")
    share = mask_of(shape, across, up).astype(float)
    step = (across[1] - across[0], up[1] - up[0])
    rows, columns = _crossed(shape, across, up, step)
    inner = (np.arange(SUBDIVISIONS) + 0.5) / SUBDIVISIONS - 0.5
    dx, dy = (part.ravel() for part in np.meshgrid(inner * step[0], inner * step[1]))
    inside = shapely.contains_xy(shape, across[columns][:, None] + dx, up[rows][:, None] + dy)
    share[rows, columns] = np.asarray(inside).mean(axis=1)
    return share


def _crossed(
    shape: BaseGeometry, xs: NDArray[np.float64], ys: NDArray[np.float64], step: tuple[float, float]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return rows and columns of the squares within half a step of which the boundary passes."""
    lines = shapely.segmentize(shape.boundary, min(step) / 2)
    at = shapely.get_coordinates(lines)
    column, row = np.rint((at[:, 0] - xs[0]) / step[0]), np.rint((at[:, 1] - ys[0]) / step[1])
    near = np.zeros((len(ys) + 2, len(xs) + 2), bool)
    for up in (-1, 0, 1):
        for right in (-1, 0, 1):
            r, c = row + up + 1, column + right + 1
            ok = (r >= 0) & (r < len(ys) + 2) & (c >= 0) & (c < len(xs) + 2)
            near[r[ok].astype(int), c[ok].astype(int)] = True
    rows, columns = np.nonzero(near[1:-1, 1:-1])
    return rows, columns


def _need_area(shape: BaseGeometry) -> None:
    if not shape.area > 0:
        raise ValueError(f"shape: a {shape.geom_type} without area")
