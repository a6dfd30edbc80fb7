"""The lines that cut an area into cells; all in WGS-84 degrees."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

M_PER_DEGREE = 111_320.0


def steps(outline: BaseGeometry, size_m: float) -> tuple[float, float]:
    """Return `size_m` in degrees of longitude and latitude in the middle of the outline."""
    _, south, _, north = outline.bounds
    lat = np.radians((south + north) / 2)
    north_m = 111_132.954 - 559.822 * np.cos(2 * lat) + 1.175 * np.cos(4 * lat)
    east_m = M_PER_DEGREE * np.cos(lat) * (1 + 0.00335 * np.sin(lat) ** 2)
    return float(size_m / east_m), float(size_m / north_m)


def square_lines(outline: BaseGeometry, size_m: float) -> NDArray[Any]:
    """Return meridians and parallels `size_m` apart over the outline's box."""
    west, south, east, north = outline.bounds
    dx, dy = steps(outline, size_m)
    x = west - dx / 2 + dx * np.arange(int((east - west) / dx) + 3)
    y = south - dy / 2 + dy * np.arange(int((north - south) / dy) + 3)
    down = [[(v, y[0]), (v, y[-1])] for v in x]
    across = [[(x[0], v), (x[-1], v)] for v in y]
    return np.asarray(shapely.linestrings(np.array(down + across)), dtype=object)


def hexagon_lines(outline: BaseGeometry, size_m: float) -> NDArray[Any]:
    """Return the edges of regular hexagons as large as a square of `size_m`, flat tops, over the box."""
    west, south, east, north = outline.bounds
    side = size_m * np.sqrt(2 / (3 * np.sqrt(3)))
    dx, dy = steps(outline, side)
    columns = np.arange(-1, int((east - west) / (1.5 * dx)) + 3)
    rows = np.arange(-1, int((north - south) / (np.sqrt(3) * dy)) + 3)
    column, row = (a.ravel() for a in np.meshgrid(columns, rows))
    half = column % 2  # in half row heights, so that corners shared by hexagons are computed alike
    corners = np.array([(2, 0), (1, 1), (-1, 1), (-2, 0)])
    x = west + (3 * column[:, None] + corners[:, 0]) * (dx / 2)
    y = south + (2 * row[:, None] + half[:, None] + corners[:, 1]) * (np.sqrt(3) / 2 * dy)
    return np.asarray(shapely.linestrings(np.stack([x, y], axis=2)), dtype=object)
