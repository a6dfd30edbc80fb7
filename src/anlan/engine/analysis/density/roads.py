"""Roads cut into lixels, short pieces of about one length, and how the pieces hang together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
import shapely
from scipy.sparse import coo_array, csr_array

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from anlan.engine.geo.roads.graph import RoadGraph

SAME_NODE_M = 0.1  # ends of plain lines closer than this (on a raster) are one junction


@dataclass(frozen=True, eq=False)
class Lixels:
    """Pieces of road, in the order of their segments.

    Attributes:
        start: start of each piece, metres, shape (L, 2).
        end: end of each piece, metres, shape (L, 2).
        length_m: length along the road, shape (L,).
        tail: junction at the start, numbered from 0 without gaps, shape (L,); a cut between two pieces of a
            segment is a junction too.
        head: junction at the end, shape (L,).

    """

    start: NDArray[np.float64]
    end: NDArray[np.float64]
    length_m: NDArray[np.float64]
    tail: NDArray[np.int64]
    head: NDArray[np.int64]

    @property
    def middle(self) -> NDArray[np.float64]:
        """Middles of the pieces, metres, shape (L, 2)."""
        return (self.start + self.end) / 2

    @property
    def junctions(self) -> int:
        """Number of junctions, cuts included."""
        return int(max(self.tail.max(initial=-1), self.head.max(initial=-1))) + 1

    @classmethod
    def from_segments(
        cls,
        node: ArrayLike,
        tail: ArrayLike,
        head: ArrayLike,
        lixel_m: float,
        *,
        length_m: ArrayLike | None = None,
    ) -> Self:
        """Cut straight segments between nodes into equal pieces of at most `lixel_m`.

        Args:
            node: places of the nodes, metres, shape (N, 2).
            tail: node at the start of each segment, shape (S,).
            head: node at its end, shape (S,). A segment given in both directions, or twice, counts once;
                loops are left out.
            lixel_m: greatest length of a piece.
            length_m: length of each segment along the road, shape (S,), by default the straight one.

        Raises:
            ValueError: `lixel_m` is not positive, or a length is not.

        """
        if not lixel_m > 0:
            raise ValueError(f"lixel_m: {lixel_m} is not positive")
        at, a, b = np.asarray(node, float), np.asarray(tail, np.int64), np.asarray(head, np.int64)
        straight = np.hypot(*(at[b] - at[a]).T)
        length = straight if length_m is None else np.asarray(length_m, float)
        kept = _once(a, b)
        a, b, length = a[kept], b[kept], length[kept]
        if not (length > 0).all():
            raise ValueError("length_m: a segment has no length")
        pieces = np.ceil(length / lixel_m).astype(np.int64)
        segment = np.repeat(np.arange(len(a)), pieces)
        number = np.arange(len(segment)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        inner = len(at) + np.arange(
            len(segment)
        )  # the cut after each piece; that of a segment's last is unused
        first, last = number == 0, number == pieces[segment] - 1
        along = at[b] - at[a]
        begin = at[a[segment]] + along[segment] * (number / pieces[segment])[:, None]
        until = at[a[segment]] + along[segment] * ((number + 1) / pieces[segment])[:, None]
        ends = np.concatenate((np.where(first, a[segment], inner - 1), np.where(last, b[segment], inner)))
        start, end = np.unique(ends, return_inverse=True)[1].reshape(2, -1)
        return cls(begin, until, (length / pieces)[segment], start, end)

    @classmethod
    def from_graph(cls, roads: RoadGraph, lixel_m: float) -> Self:
        """Cut the roads of a road graph as they run; metres are those of `roads.project`.

        A road has the length that the graph gives it, shared out over its straight parts.
        """
        _, edges = np.unique(roads.topology.road, return_index=True)
        points, road = roads.topology.polylines(edges)
        at = np.concatenate((roads.project(roads.node_lon, roads.node_lat), roads.project(*points.T)))
        first, last = (np.searchsorted(road, np.arange(len(edges)), side) for side in ("left", "right"))
        node = roads.nodes + np.arange(len(points))
        node[first], node[last - 1] = roads.tail[edges], roads.head[edges]
        same = road[1:] == road[:-1]
        tail, head, of = node[:-1][same], node[1:][same], road[1:][same]
        drawn = np.maximum(np.hypot(*(at[head] - at[tail]).T), SAME_NODE_M)
        whole = np.maximum(roads.length_m[edges].astype(float), SAME_NODE_M)
        share = drawn / np.bincount(of, drawn, len(edges))[of]
        return cls.from_segments(at, tail, head, lixel_m, length_m=share * whole[of])

    @classmethod
    def from_lines(cls, lines: NDArray[np.object_], lixel_m: float) -> Self:
        """Cut plain lines, in metres; they join where they share a vertex, not where they only cross."""
        at, line = shapely.get_coordinates(lines, return_index=True)
        _, first, node = np.unique(np.rint(at / SAME_NODE_M), axis=0, return_index=True, return_inverse=True)
        same = line[1:] == line[:-1]
        node = node.ravel()
        return cls.from_segments(at[first], node[:-1][same], node[1:][same], lixel_m)

    def nearest(
        self, x: ArrayLike, y: ArrayLike
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        """Return of each place the nearest piece, how far along it (0 to 1), and the distance, metres."""
        pieces = shapely.linestrings(np.stack((self.start, self.end), axis=1))
        tree = shapely.STRtree(pieces)
        points = shapely.points(np.asarray(x, float), np.asarray(y, float))
        found = np.asarray(tree.nearest(points), np.int64)
        along = shapely.line_locate_point(pieces[found], points, normalized=True)
        return found, np.asarray(along), np.asarray(shapely.distance(pieces[found], points))

    def stiffness(self) -> csr_array:
        """Return how freely heat passes between junctions, (J, J) symmetric: 1/ℓ for each piece."""
        pieces = np.arange(len(self.length_m))
        ends, row = np.concatenate((self.tail, self.head)), np.tile(pieces, 2)
        sign = np.repeat((1.0, -1.0), len(pieces)) / np.sqrt(self.length_m[row])
        incidence = coo_array((sign, (ends, row)), (self.junctions, len(pieces))).tocsr()
        return csr_array(incidence @ incidence.T)


def _once(a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows of the first mention of each pair of ends, loops left out."""
    pair = np.column_stack((np.minimum(a, b), np.maximum(a, b)))
    _, first = np.unique(pair, axis=0, return_index=True)
    first = np.sort(first)
    return np.asarray(first[a[first] != b[first]], np.int64)
