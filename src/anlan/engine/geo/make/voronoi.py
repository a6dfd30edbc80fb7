"""Areas for which only a centre is known: whatever is nearest to it. An approximation, and called one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from anlan.engine.geo.make.cells import MakeError, Regions


def nearest_centre(
    codes: Sequence[str], lon: NDArray[np.float64], lat: NDArray[np.float64], outline: BaseGeometry
) -> Regions:
    """Return for each centre the part of the outline that is nearer to it than to any other (Voronoi).

    Real borders follow rivers and ridges; these do not. Use them only until boundaries are surveyed.

    Args:
        codes: n area codes.
        lon: shape (n,), degrees.
        lat: shape (n,), degrees.
        outline: polygon of the whole, degrees.

    Raises:
        MakeError: two centres at one place.

    """
    if len(np.unique(np.column_stack([lon, lat]), axis=0)) < len(codes):
        raise MakeError("two areas have the same centre point; correct one of them")
    if len(codes) == 1:
        return Regions(list(codes), np.array([outline], dtype=object))
    shrink = np.cos(np.radians(np.mean(lat)))

    def scaled(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(xy * [shrink, 1])

    points = shapely.MultiPoint(np.column_stack([lon, lat]) * [shrink, 1])
    whole = shapely.transform(outline, scaled)
    parts = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=whole.envelope, ordered=True))
    return Regions(
        list(codes), np.asarray(shapely.transform(parts, lambda xy: xy / [shrink, 1]), dtype=object)
    )
