"""Point location: which cell a point lies in, for millions of points.

A raster over the cells' bounding box says for each pixel which cell covers it whole; only points in pixels
that a boundary crosses are tested exactly. Regions of pixels without a boundary are found by connected
components, so one exact test serves a whole region. A point on a boundary that cells share belongs to the
first of them in the order given; a point in no cell has index -1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage

EDGE = -2
OUTSIDE = -1
SIDE = 2048
FEW = 20_000


class Locator:
    """Finds cells by longitude and latitude (or any plane coordinates that the cells are in)."""

    def __init__(self, codes: Sequence[str], geometries: NDArray[Any]) -> None:
        """Index the cells.

        Args:
            codes: code of each cell, length n.
            geometries: n polygons or multipolygons; None and empty ones contain nothing.

        Raises:
            ValueError: lengths differ.

        """
        if len(codes) != len(geometries):
            raise ValueError(f"{len(codes)} codes for {len(geometries)} geometries")
        self.codes = np.asarray(codes, dtype=str)
        self.geometries = np.asarray(geometries, dtype=object)
        shapely.prepare(self.geometries)
        self._tree = shapely.STRtree(self.geometries)
        self._raster: _Raster | None = None

    def __len__(self) -> int:
        return len(self.codes)

    def locate(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.int32]:
        """Return the index of each point's cell, -1 for points in none (also for NaN).

        Args:
            lon: shape (n,), in the cells' coordinates.
            lat: shape (n,).

        """
        lon, lat = np.atleast_1d(np.asarray(lon, np.float64)), np.atleast_1d(np.asarray(lat, np.float64))
        finite = np.isfinite(lon) & np.isfinite(lat)
        if not finite.all():
            found = np.full(len(lon), OUTSIDE, np.int32)
            found[finite] = self.locate(lon[finite], lat[finite])
            return found
        if len(lon) < FEW and self._raster is None:
            return self._exactly(lon, lat)
        if self._raster is None:
            self._raster = _Raster(self.geometries, self._exactly)
        found = self._raster.look_up(lon, lat)
        edge = np.flatnonzero(found == EDGE)
        found[edge] = self._exactly(lon[edge], lat[edge])
        return found

    def codes_of(self, found: NDArray[np.int32]) -> NDArray[np.str_]:
        """Return the codes at the indices that `locate` gave, empty for -1."""
        return np.append(self.codes, "")[found]

    def _exactly(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.int32]:
        """Test each point against the cells whose box holds it; the first cell wins on a boundary."""
        found = np.full(len(lon), len(self.codes), np.int32)
        points, cells = self._tree.query(shapely.points(lon, lat), predicate="intersects")
        np.minimum.at(found, points, cells.astype(np.int32))
        found[found == len(self.codes)] = OUTSIDE
        return found


class _Raster:
    """For each pixel the index of the cell that covers it, OUTSIDE, or EDGE where a boundary passes."""

    def __init__(self, geometries: NDArray[Any], exactly: Any) -> None:
        west, south, east, north = shapely.total_bounds(geometries)
        if np.isnan(west):
            west, south, east, north = 0.0, 0.0, 1.0, 1.0
        self.origin = np.array([west, south])
        self.scale = SIDE / np.maximum(np.array([east - west, north - south]) * (1 + 1e-9), 1e-12)
        edge = self._edges(geometries)
        regions, count = ndimage.label(~edge)
        first = np.full(count + 1, -1, np.int64)
        flat = regions.ravel()
        first[flat[::-1]] = np.arange(flat.size - 1, -1, -1)
        rows, columns = np.divmod(first[1:], SIDE)
        centres = self.origin + (np.column_stack([columns, rows]) + 0.5) / self.scale
        labels = np.concatenate([[EDGE], exactly(centres[:, 0], centres[:, 1])]).astype(np.int32)
        self.pixels = labels[flat]

    def look_up(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.int32]:
        """Return the pixel's value under each point, OUTSIDE beyond the raster."""
        column = np.floor((lon - self.origin[0]) * self.scale[0])
        row = np.floor((lat - self.origin[1]) * self.scale[1])
        inside = (column >= 0) & (column < SIDE) & (row >= 0) & (row < SIDE)
        index = np.where(inside, row * SIDE + column, 0).astype(np.int64)
        return np.where(inside, self.pixels[index], OUTSIDE).astype(np.int32)

    def _edges(self, geometries: NDArray[Any]) -> NDArray[np.bool_]:
        """Mark every pixel that a boundary touches, also one that runs along the pixel's own border."""
        edge = np.zeros((SIDE, SIDE), bool)
        present = geometries[~shapely.is_missing(geometries)]
        xy, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(present)), return_index=True)
        pixels = (xy - self.origin) * self.scale
        same = ring[1:] == ring[:-1]
        middle = _pieces(pixels[:-1][same], pixels[1:][same])
        for dx in (-1e-6, 1e-6):
            for dy in (-1e-6, 1e-6):
                at = np.clip(np.floor(middle + np.array([dx, dy])), 0, SIDE - 1).astype(np.int64)
                edge[at[:, 1], at[:, 0]] = True
        return edge


def _pieces(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cut segments at every pixel border and return the ends and middles of the pieces, shape (m, 2)."""
    count = len(start)
    segment, share = [np.arange(count)] * 2, [np.zeros(count), np.ones(count)]
    for axis in (0, 1):
        low = np.minimum(start[:, axis], end[:, axis])
        first, last = np.ceil(low), np.floor(np.maximum(start[:, axis], end[:, axis]))
        crossings = np.maximum(last - first + 1, 0).astype(np.int64)
        crossings[start[:, axis] == end[:, axis]] = 0
        which = np.repeat(np.arange(count), crossings)
        serial = np.arange(len(which)) - np.repeat(np.cumsum(crossings) - crossings, crossings)
        length = end[which, axis] - start[which, axis]
        segment.append(which)
        share.append((first[which] + serial - start[which, axis]) / length)
    which, at = np.concatenate(segment), np.clip(np.concatenate(share), 0, 1)
    order = np.lexsort((at, which))
    which, at = which[order], at[order]
    same = which[1:] == which[:-1]
    at = np.concatenate([at, ((at[1:] + at[:-1]) / 2)[same]])
    which = np.concatenate([which, which[1:][same]])
    return np.asarray(start[which] + at[:, None] * (end[which] - start[which]))
