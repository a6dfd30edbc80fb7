"""Mending slivers between cells: small gaps are filled, small overlaps given to one cell, each reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from anlan.engine.geo.partition import Finding, Kind, check


@dataclass(frozen=True)
class Repair:
    """One mended piece: the finding, the cell that has it now ("" where it lay outside), who lost it."""

    finding: Finding
    given_to: str
    taken_from: tuple[str, ...]


def repair(
    codes: Sequence[str], shapes: NDArray[Any], outline: BaseGeometry | None, under_m2: float
) -> tuple[NDArray[Any], tuple[Repair, ...]]:
    """Mend gaps, overlaps and pieces outside that are smaller than `under_m2`; leave larger ones alone.

    A gap goes to the neighbour with which it shares the longest border; an overlap to that one of its cells
    that is smaller, so that no cell is eaten up; a piece outside is cut off.

    Args:
        codes: n codes of cells.
        shapes: n polygons in WGS-84 degrees; not changed.
        outline: the area that the cells should cover, or None.
        under_m2: pieces of this size or more are left for a person to decide.

    Returns:
        The n polygons after mending, and what was done, largest piece first.

    Raises:
        ValueError: `under_m2` is not positive.

    """
    if under_m2 <= 0:
        raise ValueError(f"under_m2 {under_m2}: expected a size above 0 m²")
    mended = np.array(shapes, dtype=object)
    place = {code: i for i, code in enumerate(codes)}
    done = []
    for finding in check(codes, shapes, outline).findings:
        if finding.area_m2 >= under_m2 or finding.kind is Kind.INVALID or not finding.codes:
            continue
        done.append(_mend(mended, place, finding))
    return mended, tuple(sorted(done, key=lambda r: -r.finding.area_m2))


def _mend(shapes: NDArray[Any], place: dict[str, int], finding: Finding) -> Repair:
    if finding.kind is Kind.GAP:
        keeper = max(finding.codes, key=lambda code: _border(shapes[place[code]], finding.shape))
        shapes[place[keeper]] = shapely.union(shapes[place[keeper]], finding.shape)
        return Repair(finding, keeper, ())
    keeper = ""
    if finding.kind is Kind.OVERLAP:
        keeper = min(finding.codes, key=lambda code: (shapes[place[code]].area, code))
    losers = tuple(code for code in finding.codes if code != keeper)
    for code in losers:
        shapes[place[code]] = _cut(shapes[place[code]], finding.shape)
    return Repair(finding, keeper, losers)


def _border(cell: BaseGeometry, piece: BaseGeometry) -> float:
    """Return how much of the piece's boundary runs along the cell, allowing for rounding."""
    return float(shapely.intersection(piece.boundary, cell.buffer(1e-8)).length)


def _cut(cell: BaseGeometry, piece: BaseGeometry) -> BaseGeometry:
    """Return the cell without the piece, polygons only."""
    rest = shapely.difference(cell, piece)
    parts = [part for part in shapely.get_parts(rest) if part.geom_type == "Polygon"]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
