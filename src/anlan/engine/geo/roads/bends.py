"""The points between the ends of a road: once for its two directions, as steps of a millionth of a degree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

PER_DEGREE = 1_000_000  # a step is at most 11 cm
FARTHEST = 32_767


@dataclass(frozen=True, eq=False)
class Bends:
    """Shapes of roads (S) of P points in all, and which links follow them.

    `of` (E,): 0 for a straight link, s + 1 for one that follows shape s, -(s + 1) for one that runs against
    it. `start` (S + 1,): where in `step` the points of each shape begin. `step` (P, 2): east and north of the
    point before, the first from the node at which the shape begins; the node at its end is not repeated.

    Raises:
        ValueError: `of` names a shape that is not there, or `start` does not fit `step`.

    """

    of: NDArray[np.int32]
    start: NDArray[np.int64]
    step: NDArray[np.int16]

    def __post_init__(self) -> None:
        shapes = len(self.start) - 1
        if shapes < 0 or self.start[0] != 0 or self.start[-1] != len(self.step):
            raise ValueError("bends: start does not fit step")
        if len(self.of) and max(int(self.of.max()), -int(self.of.min())) > shapes:
            raise ValueError(f"bends: of names a shape beyond the {shapes} there are")

    @classmethod
    def from_points(
        cls,
        of: ArrayLike,
        start: ArrayLike,
        lon: ArrayLike,
        lat: ArrayLike,
        begin: tuple[ArrayLike, ArrayLike],
    ) -> Self:
        """Pack points in degrees; `begin` is the place of the node where each shape begins, both (S,).

        A step too long for the packing gets points in between, on the straight line.
        """
        first = np.asarray(start, np.int64)
        points, nodes = _fixed(lon, lat), _fixed(*begin)
        before = np.empty_like(points)
        before[1:] = points[:-1]
        some = first[:-1] < first[1:]
        before[first[:-1][some]] = nodes[some]
        steps = (points - before).astype(np.int64)
        parts = np.maximum(-(-np.abs(steps).max(axis=1, initial=0) // FARTHEST), 1)
        row = np.repeat(np.arange(len(steps)), parts)
        number = np.arange(len(row)) - np.repeat(np.cumsum(parts) - parts, parts)
        share = np.stack((number, number + 1)) / parts[row]
        reached = np.rint(share[:, :, None] * steps[row])
        start_now = np.concatenate(([0], np.cumsum(parts)))[first]
        return cls(np.asarray(of, np.int32), start_now, (reached[1] - reached[0]).astype(np.int16))

    def only(self, rows: NDArray) -> Self:
        """The bends of some links, in the order of `rows`; shapes that no link follows go."""
        of = self.of[rows]
        kept, number = np.unique(np.abs(of), return_inverse=True)
        straight = int(len(kept) > 0 and kept[0] == 0)
        shapes = kept[straight:] - 1
        start, flat = gather(self.start, shapes)
        place = (number - straight + 1).astype(np.int32) * np.sign(of)
        return type(self)(place.astype(np.int32), start, self.step[flat])


def _fixed(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.float64]:
    """Whole millionths of a degree, (n, 2)."""
    points: NDArray[np.float64] = np.rint(
        np.column_stack((np.asarray(lon, float), np.asarray(lat, float))) * PER_DEGREE
    )
    return points


def gather(start: NDArray[np.int64], rows: NDArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where some rows of a ragged array begin once they stand one after another, and where they are now."""
    count = start[rows + 1] - start[rows]
    begin = np.concatenate(([0], np.cumsum(count)))
    flat = np.arange(begin[-1]) + np.repeat(start[rows] - begin[:-1], count)
    return begin, flat


def polylines(
    node_lon: NDArray[np.float64],
    node_lat: NDArray[np.float64],
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    bends: Bends | None,
    rows: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Points of links in their own direction, (M, 2) degrees, and the place in `rows` of each, (M,)."""
    ends = np.stack((tail[rows], head[rows]), axis=1)
    if bends is None or not len(bends.step):
        points = np.stack((node_lon[ends], node_lat[ends]), axis=-1).reshape(-1, 2)
        return points, np.repeat(np.arange(len(rows)), 2)
    of = bends.of[rows]
    inner, link = _inner(bends, of, np.where(of > 0, ends[:, 0], ends[:, 1]), node_lon, node_lat)
    count = np.bincount(link, minlength=len(rows)) + 2
    begin = np.cumsum(count) - count
    points = np.empty((int(count.sum()), 2))
    points[begin] = np.column_stack((node_lon[ends[:, 0]], node_lat[ends[:, 0]]))
    points[begin + count - 1] = np.column_stack((node_lon[ends[:, 1]], node_lat[ends[:, 1]]))
    first = np.cumsum(count - 2) - (count - 2)
    place = np.arange(len(link)) - first[link]
    forward = of[link] > 0
    points[begin[link] + 1 + np.where(forward, place, count[link] - 3 - place)] = inner
    return points, np.repeat(np.arange(len(rows)), count)


def _inner(
    bends: Bends,
    of: NDArray[np.int32],
    origin: NDArray[np.int32],
    node_lon: NDArray[np.float64],
    node_lat: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Points between the ends in the order of the shape, and the row of `of` that each belongs to."""
    bent = np.flatnonzero(of)
    begin, flat = gather(bends.start, np.abs(of[bent]) - 1)
    walked = np.cumsum(bends.step[flat], axis=0, dtype=np.int64)
    count = np.diff(begin)
    before = np.concatenate((np.zeros((1, 2), np.int64), walked))[begin[:-1]]
    nodes = np.rint(np.column_stack((node_lon[origin[bent]], node_lat[origin[bent]])) * PER_DEGREE)
    points = (walked + np.repeat(nodes.astype(np.int64) - before, count, axis=0)) / PER_DEGREE
    return points, np.repeat(bent, count)
