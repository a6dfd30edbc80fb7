"""Whether cells partition an area: gaps, overlaps, slivers, cells beyond the outline, cells in two beats.

Shapely's coverage check (GEOS `CoverageValidator`) names the cells whose edges do not match their
neighbours'; only those are overlaid, so a clean partition of tens of thousands of cells is checked in
seconds. Overlays are made in degrees, in which the borders are straight; pieces are measured on a Lambert
azimuthal equal-area plane. A piece thinner than `ROUNDING_M` on average is the rounding of coordinates, not
a finding; the check gives the sum of such pieces as `rounding_m2`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from anlan.engine.geo.crs import LocalPlane

ROUNDING_M = 0.001
SLIVER_M = 2.0
STEP = 0.002  # degrees between points of an edge that is measured


class Kind(StrEnum):
    """What is wrong at a place."""

    INVALID = "invalid"
    GAP = "gap"
    OVERLAP = "overlap"
    OUTSIDE = "outside"
    TWO_BEATS = "two_beats"
    NO_BEAT = "no_beat"
    NO_RESPONSIBLE = "no_responsible"


@dataclass(frozen=True)
class Finding:
    """One fault: where (degrees), how large, which cells (and beats) it concerns.

    `width_m` is the mean width, twice the size by the perimeter; thinner than two metres is a sliver.
    """

    kind: Kind
    lon: float
    lat: float
    area_m2: float
    width_m: float
    codes: tuple[str, ...]
    shape: BaseGeometry

    @property
    def sliver(self) -> bool:
        """Whether this is a gap or overlap so thin that it comes from careless drawing."""
        return self.kind in {Kind.GAP, Kind.OVERLAP, Kind.OUTSIDE} and self.width_m < SLIVER_M


@dataclass(frozen=True)
class Check:
    """Result of a partition check; it is clean when `findings` is empty."""

    findings: tuple[Finding, ...]
    cells: int
    covered_m2: float
    rounding_m2: float

    @property
    def clean(self) -> bool:
        """Whether the cells are an exact partition."""
        return not self.findings


@dataclass(frozen=True)
class Beats:
    """Beat polygons and the beat that each cell says it belongs to ("" for none)."""

    codes: Sequence[str]
    shapes: NDArray[Any]
    of_cell: Sequence[str]


class _Pieces:
    """Collects findings, measuring each part; sums what is mere rounding."""

    def __init__(self, plane: LocalPlane) -> None:
        self.plane = plane
        self.findings: list[Finding] = []
        self.rounding_m2 = 0.0

    def add(self, kind: Kind, shape: BaseGeometry, codes: Any) -> None:
        """Add each polygon of `shape`; `codes` are names, or a function from the part to names."""
        parts = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon" and p.area > 0]
        for part, (area, width) in zip(
            parts, measure(np.array(parts, dtype=object), self.plane), strict=True
        ):
            if width < ROUNDING_M:
                self.rounding_m2 += area
                continue
            point = part.representative_point()
            names = tuple(codes(part) if callable(codes) else codes)
            self.findings.append(Finding(kind, point.x, point.y, area, width, names, part))


def measure(shapes: NDArray[Any], plane: LocalPlane) -> list[tuple[float, float]]:
    """Return each polygon's true size in m² and mean width in m."""
    if not len(shapes):
        return []
    flat = plane.flatten(shapely.segmentize(shapes, STEP))
    area, length = shapely.area(flat), shapely.length(flat)
    return [(float(a), float(2 * a / max(p, 1e-12))) for a, p in zip(area, length, strict=True)]


def check(
    codes: Sequence[str],
    shapes: NDArray[Any],
    outline: BaseGeometry | None = None,
    beats: Beats | None = None,
) -> Check:
    """Check cells against each other, the outline of what they should cover, and the beats.

    Args:
        codes: n codes of cells.
        shapes: n polygons in WGS-84 degrees.
        outline: the area that the cells should cover; without it only holes between cells are gaps.
        beats: to find cells that lie in two.

    Raises:
        ValueError: no cells, or lengths differ.

    """
    if len(codes) != len(shapes) or not len(shapes):
        raise ValueError(f"{len(codes)} codes for {len(shapes)} cells; a check needs at least one cell")
    pieces = _Pieces(LocalPlane.around(shapes))
    names = np.asarray(codes, dtype=str)
    valid = shapely.is_valid(shapes) & ~shapely.is_empty(shapes) & ~shapely.is_missing(shapes)
    for i in np.flatnonzero(~valid):
        pieces.findings.append(_invalid(names[i], shapes[i]))
    names, sound = names[valid], shapes[valid]
    _overlaps(pieces, names, sound)
    _gaps(pieces, names, sound, outline)
    if beats is not None:
        _beats(pieces, names, sound, beats, np.asarray(beats.of_cell, dtype=str)[valid])
    covered = sum(area for area, _ in measure(sound, pieces.plane))
    order = sorted(pieces.findings, key=lambda f: (list(Kind).index(f.kind), -f.area_m2, f.codes))
    return Check(tuple(order), len(codes), covered, pieces.rounding_m2)


def _invalid(code: str, shape: BaseGeometry | None) -> Finding:
    if shape is None or shape.is_empty:
        return Finding(Kind.INVALID, float("nan"), float("nan"), 0.0, 0.0, (str(code),), shapely.Polygon())
    point = shape.centroid
    return Finding(Kind.INVALID, point.x, point.y, 0.0, 0.0, (str(code),), shape)


def _overlaps(pieces: _Pieces, names: NDArray[np.str_], shapes: NDArray[Any]) -> None:
    if shapely.coverage_is_valid(shapes):
        return
    edges = shapely.coverage_invalid_edges(shapes)
    suspects = np.flatnonzero(~shapely.is_empty(edges))
    tree = shapely.STRtree(shapes)
    left, right = tree.query(shapes[suspects], predicate="intersects")
    pairs = np.column_stack([suspects[left], right])
    pairs = np.unique(np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1), axis=0)
    shared = shapely.intersection(shapes[pairs[:, 0]], shapes[pairs[:, 1]])
    for k in np.flatnonzero(shapely.area(shared) > 0):
        pieces.add(Kind.OVERLAP, shared[k], [str(names[i]) for i in pairs[k]])


def _gaps(
    pieces: _Pieces, names: NDArray[np.str_], shapes: NDArray[Any], outline: BaseGeometry | None
) -> None:
    whole = union(shapes)
    tree = shapely.STRtree(shapes)

    def neighbours(part: BaseGeometry) -> list[str]:
        near = tree.query(part, predicate="dwithin", distance=1e-8)
        return [str(names[i]) for i in np.sort(near)]

    if outline is not None:
        pieces.add(Kind.GAP, shapely.difference(outline, whole), neighbours)
        pieces.add(Kind.OUTSIDE, shapely.difference(whole, outline), neighbours)
        return
    for part in shapely.get_parts(whole):
        for ring in part.interiors:
            pieces.add(Kind.GAP, shapely.Polygon(ring), neighbours)


def union(shapes: NDArray[Any]) -> BaseGeometry:
    """Return the union: by the fast way where the shapes are a valid coverage, else by overlay."""
    if shapely.coverage_is_valid(shapes):
        return shapely.coverage_union_all(shapes)
    return shapely.union_all(shapes)


def _beats(
    pieces: _Pieces, names: NDArray[np.str_], shapes: NDArray[Any], beats: Beats, of_cell: NDArray[np.str_]
) -> None:
    """Find cells that reach into a beat other than their own, and cells without one."""
    known = np.asarray(beats.codes, dtype=str)
    cells, hits = shapely.STRtree(beats.shapes).query(shapes, predicate="intersects")
    foreign = known[hits] != of_cell[cells]
    cells, hits = cells[foreign], hits[foreign]
    parts = shapely.intersection(shapes[cells], beats.shapes[hits])
    for cell, hit, part in zip(cells, hits, parts, strict=True):
        if part.area > 0 and of_cell[cell]:
            pieces.add(Kind.TWO_BEATS, part, [str(names[cell]), str(of_cell[cell]), str(known[hit])])
    for i in np.flatnonzero(of_cell == ""):
        pieces.add(Kind.NO_BEAT, shapes[i], [str(names[i])])
