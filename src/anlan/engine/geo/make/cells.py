"""From lines to cells: node, polygonise, keep what lies inside, merge what is too small, number.

All lines (the cutting lines, the outline, the borders of areas and beats) are noded together on a grid of
1e-9 degrees (a tenth of a millimetre), so neighbouring cells share exactly the same vertices: the result is
an exact partition by construction. Lines that end in the middle of a face bound nothing and drop out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from anlan.engine.geo.crs import LocalPlane
from anlan.engine.geo.locate import Locator
from anlan.engine.geo.make.lines import hexagon_lines, square_lines
from anlan.engine.geo.make.merge import Groups, adjacency, dissolve, longest_border, merge_small

GRID = 1e-9
SERIALS = 9999
LEAST_SHARE = 0.1


class MakeError(ValueError):
    """Grids that cannot be made; the message says what to change."""


@dataclass(frozen=True)
class Regions:
    """Polygons whose borders no cell may cross, with their codes; may leave part of the outline uncovered."""

    codes: Sequence[str]
    shapes: NDArray[Any]

    @classmethod
    def none(cls) -> Regions:
        """Return no regions: cells may lie anywhere in the outline."""
        return cls((), np.empty(0, dtype=object))

    def of(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.str_]:
        """Return the code of the region each point lies in, "" for none."""
        if not len(self.codes):
            return np.full(len(lon), "", dtype="U1")
        found = Locator(self.codes, self.shapes)
        return found.codes_of(found.locate(lon, lat))


@dataclass(frozen=True)
class Cells:
    """Made cells: polygons in WGS-84, the area and beat each lies in ("" for none), size in m²."""

    shapes: NDArray[Any]
    areas: NDArray[np.str_]
    beats: NDArray[np.str_]
    area_m2: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.shapes)


def squares(outline: BaseGeometry, size_m: float, areas: Regions, beats: Regions) -> Cells:
    """Return squares of `size_m` clipped to the outline and cut at the borders of areas and beats.

    Pieces below a tenth of a square join the neighbour with the longest shared border.

    Raises:
        MakeError: a size that makes no cell or more than a million.

    """
    _refuse_size(outline, size_m)
    return _cells(square_lines(outline, size_m), outline, areas, beats, LEAST_SHARE * size_m**2)


def hexagons(outline: BaseGeometry, size_m: float, areas: Regions, beats: Regions) -> Cells:
    """Return hexagons as large as squares of `size_m`, clipped and cut like `squares`."""
    _refuse_size(outline, size_m)
    return _cells(hexagon_lines(outline, size_m), outline, areas, beats, LEAST_SHARE * size_m**2)


def by_streets(
    outline: BaseGeometry, streets: NDArray[Any], size_m: float, areas: Regions, beats: Regions
) -> Cells:
    """Return the blocks between streets, small ones merged until each has at least half of `size_m` squared.

    Args:
        outline: polygon of the area, WGS-84 degrees.
        streets: lines; dead ends and lines outside are harmless.
        size_m: cells come out about as large as a square of this side; a block more than four times
            as large (no streets there) is cut by squares of this side.
        areas: no cell crosses their borders.
        beats: no cell crosses their borders.

    Raises:
        MakeError: no streets, or a size that makes no sense.

    """
    if not len(streets):
        raise MakeError("no street lines: import roads or give a file of lines")
    _refuse_size(outline, size_m)
    faces, _ = _faces(streets, outline, areas, beats)
    large = faces[_sizes(faces) > 4 * size_m**2]
    lines = streets
    if len(large):
        cuts = shapely.intersection(
            shapely.union_all(square_lines(outline, size_m)), shapely.union_all(large)
        )
        lines = np.concatenate([streets, shapely.get_parts(cuts)])
    return _cells(lines, outline, areas, beats, size_m**2 / 2)


def _refuse_size(outline: BaseGeometry, size_m: float) -> None:
    if not size_m > 0:
        raise MakeError(f"size {size_m}: expected metres above 0")
    west, south, east, north = outline.bounds
    count = (east - west) * (north - south) * 111_000**2 * np.cos(np.radians(south)) / size_m**2
    if count > 1_000_000:
        raise MakeError(f"size {size_m:g} m would make about {count:,.0f} cells; choose a larger size")


def _faces(
    lines: NDArray[Any], outline: BaseGeometry, areas: Regions, beats: Regions
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the faces inside the outline and a representative point of each, shape (n, 2)."""
    borders = [shapely.boundary(shapes) for shapes in (areas.shapes, beats.shapes) if len(shapes)]
    every = np.concatenate([lines, [outline.boundary], *borders])
    noded = shapely.union_all(every, grid_size=GRID)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    points = shapely.point_on_surface(faces)
    shapely.prepare(outline)
    inside = shapely.intersects(outline, points)
    return faces[inside], shapely.get_coordinates(points[inside])


def _sizes(shapes: NDArray[Any]) -> NDArray[np.float64]:
    if not len(shapes):
        return np.empty(0)
    return np.asarray(shapely.area(LocalPlane.around(shapes).flatten(shapes)))


def _cells(lines: NDArray[Any], outline: BaseGeometry, areas: Regions, beats: Regions, least: float) -> Cells:
    faces, at = _faces(lines, outline, areas, beats)
    if not len(faces):
        raise MakeError("the outline encloses no area")
    area, beat = areas.of(at[:, 0], at[:, 1]), beats.of(at[:, 0], at[:, 1])
    region = np.char.add(np.char.add(area, "|"), beat)
    sizes = _sizes(faces)
    groups = Groups(sizes, region, adjacency(faces))
    merge_small(groups, least, longest_border)
    label = np.array([groups.find(i) for i in range(len(faces))])
    label = attach_islets(label, at, sizes, region, least)
    first = np.unique(label)
    shapes = dissolve(faces, label)
    return Cells(shapes, area[first], beat[first], _sizes(shapes))


def attach_islets(
    label: NDArray[np.int64],
    at: NDArray[np.float64],
    sizes: NDArray[np.float64],
    region: NDArray[Any],
    least: float,
) -> NDArray[np.int64]:
    """Give groups that stayed too small, having no neighbour, to the nearest group of their region."""
    kept, index = np.unique(label, return_inverse=True)
    weight = np.bincount(index, weights=sizes)
    small = weight < least
    new = kept.copy()
    for i in np.flatnonzero(small):
        near = np.flatnonzero(~small & (region[kept] == region[kept[i]]))
        if len(near):
            distance = np.hypot(*(at[kept[near]] - at[kept[i]]).T)
            new[i] = kept[near[distance.argmin()]]
    return np.asarray(new[index], dtype=np.int64)


def numbered(cells: Cells, county12: str) -> list[str]:
    """Return grid codes: 12-digit area code and a four-digit serial from north-west to south-east.

    Args:
        cells: the made cells.
        county12: area code of cells that lie in no area.

    Raises:
        MakeError: more than 9,999 cells in one area.

    """
    points = shapely.get_coordinates(shapely.point_on_surface(cells.shapes))
    areas = np.where(cells.areas == "", county12, cells.areas)
    order = np.lexsort((points[:, 0], -points[:, 1], areas))
    codes = [""] * len(cells)
    previous, serial = "", 0
    for i in order:
        serial = serial + 1 if areas[i] == previous else 1
        previous = str(areas[i])
        if serial > SERIALS:
            raise MakeError(
                f"area {previous} would have more than {SERIALS:,} grids, which four digits cannot number: "
                "choose a larger size, or import townships so that each numbers its own"
            )
        codes[i] = f"{previous}{serial:04}"
    return codes
