"""Optional parts of node and link tables: forbidden turns from a CSV, bends from a column of WKT lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from anlan.engine.geo.roads import Bends, Turns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from anlan.engine.geo.roads import RoadLinks

    Ends = tuple[NDArray[np.float64], NDArray[np.float64]]

KINDS = frozenset({"no", "only"})


def turns_of(links: RoadLinks, rows: Sequence[tuple[int, int, int, str]]) -> tuple[Turns, int]:
    """Turns of rows (from, via and to node by number, "no" or "only"), and how many rows no links fit.

    An unknown node is -1.

    Raises:
        ValueError: names the row, counted as a spreadsheet does, and what is wrong with it.

    """
    between: dict[tuple[int, int], list[int]] = {}
    leaving: dict[int, list[int]] = {}
    for link, ends in enumerate(zip(links.tail.tolist(), links.head.tolist(), strict=True)):
        between.setdefault(ends, []).append(link)
        leaving.setdefault(ends[0], []).append(link)
    found: list[tuple[int, int]] = []
    unfit = 0
    for number, (begin, via, end, kind) in enumerate(rows, start=2):
        if kind not in KINDS:
            raise ValueError(f"row {number}: kind {kind!r}: expected no or only")
        if min(begin, via, end) < 0:
            raise ValueError(f"row {number}: from, via or to is no node of the nodes file")
        into, out = between.get((begin, via), []), between.get((via, end), [])
        unfit += not into or not out
        allowed = set(out)
        banned = out if kind == "no" else [link for link in leaving.get(via, []) if link not in allowed]
        found += [(link, other) for link in into for other in banned if out]
    return Turns.of(found), unfit


def bends_of(texts: Sequence[str | None], begin: Ends, end: Ends) -> Bends:
    """Bends of lines in WKT, degrees, each in its link's direction; none where the text is empty.

    `begin` and `end` are where the links begin and end. A line that is another's reverse shares its shape.

    Raises:
        ValueError: names the place in `texts` of the first that is no line between the ends of its link.

    """
    lines = _lines(texts)
    shapes: dict[bytes, int] = {}
    inner: list[NDArray[np.float64]] = []
    origins: list[int] = []
    of = np.zeros(len(lines), np.int32)
    for row, points in _points(lines, begin, end).items():
        back = points[::-1].tobytes()
        if back in shapes:
            of[row] = -shapes[back]
            continue
        of[row] = shapes.setdefault(points.tobytes(), len(shapes) + 1)
        if of[row] > len(inner):
            inner.append(points)
            origins.append(row)
    start = np.cumsum([0, *(len(points) for points in inner)])
    flat = np.concatenate(inner) if inner else np.empty((0, 2))
    return Bends.from_points(of, start, flat[:, 0], flat[:, 1], (begin[0][origins], begin[1][origins]))


def _lines(texts: Sequence[str | None]) -> NDArray[np.object_]:
    texts_or_none = np.array([text or None for text in texts], dtype=object)
    lines: NDArray[np.object_] = shapely.from_wkt(texts_or_none, on_invalid="ignore")
    wrong = (shapely.get_type_id(lines) != shapely.GeometryType.LINESTRING) & (texts_or_none != None)  # noqa: E711
    if wrong.any():
        raise ValueError(f"{int(np.argmax(wrong))}: geometry is no LINESTRING in WKT")
    return lines


def _points(lines: NDArray[np.object_], begin: Ends, end: Ends) -> Mapping[int, NDArray[np.float64]]:
    """The points between the ends of each line that has any."""
    found = {}
    for row, line in enumerate(lines):
        if line is None:
            continue
        points = shapely.get_coordinates(line)
        ends = np.array([[begin[0][row], begin[1][row]], [end[0][row], end[1][row]]])
        if np.abs(points[[0, -1]] - ends).max() > 1e-4:
            raise ValueError(f"{row}: geometry does not run between the nodes of its link")
        if len(points) > 2:
            found[row] = np.ascontiguousarray(points[1:-1])
    return found
