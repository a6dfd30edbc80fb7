"""Streets and their crossings from a road graph.

A name that is borne in two places far apart is two streets: pieces that hang together, or lie within
`SAME_STREET_M` of each other, are one. Where two streets meet at several nodes close together (two
carriageways), that is one crossing.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from anlan.engine.geo.gazetteer.model import Entry, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from anlan.engine.geo.roads import RoadGraph

SAME_STREET_M = 300.0
SAME_CROSSING_M = 80.0


class _Borne:
    """Which nodes bear which names: one row a (name, node) pair; `name` points into `names`."""

    def __init__(self, graph: RoadGraph) -> None:
        self.names, same = np.unique(np.array(graph.names, dtype=object).astype(str), return_inverse=True)
        of_edge = same[graph.name]
        self.edges = np.flatnonzero(self.names[of_edge] != "")
        tail, head = (
            of_edge[self.edges].astype(np.int64) * graph.nodes + ends[self.edges]
            for ends in (graph.tail, graph.head)
        )
        pairs, place = np.unique(np.concatenate([tail, head]), return_inverse=True)
        self.tail, self.head = place[: len(tail)], place[len(tail) :]
        self.name, self.node = np.divmod(pairs, max(graph.nodes, 1))
        self.at = graph.project(graph.node_lon[self.node], graph.node_lat[self.node])


def streets(graph: RoadGraph) -> list[Entry]:
    """Return the named streets, each with its node nearest to its middle and its length."""
    borne = _Borne(graph)
    if not len(borne.edges):
        return []
    piece = _pieces(borne)
    length = np.bincount(
        piece[borne.tail], graph.length_m[borne.edges] * _share(graph, borne.edges), piece.max() + 1
    )
    order = np.argsort(piece, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(piece[order])) + 1)
    return [
        _entry(graph, borne, rows[_middle(borne.at[rows])], float(length[piece[rows[0]]])) for rows in groups
    ]


def crossings(graph: RoadGraph) -> list[Entry]:
    """Return where two named streets meet, once a place; `name` and `other` in alphabetical order."""
    borne = _Borne(graph)
    order = np.argsort(borne.node, kind="stable")
    met: dict[tuple[int, int], list[int]] = defaultdict(list)
    for rows in np.split(order, np.flatnonzero(np.diff(borne.node[order])) + 1):
        names = sorted(borne.name[rows].tolist()) if len(rows) > 1 else []
        for place, one in enumerate(names):
            for other in names[place + 1 :]:
                met[one, other].append(int(rows[0]))
    return [
        Entry(
            str(borne.names[one]),
            Kind.CROSSING,
            float(graph.node_lon[borne.node[row]]),
            float(graph.node_lat[borne.node[row]]),
            str(borne.names[other]),
        )
        for (one, other), rows in met.items()
        for row in _apart(borne.at, rows)
    ]


def _share(graph: RoadGraph, edges: NDArray[np.int64]) -> NDArray[np.float64]:
    """One over how many edges their road has: each road counts once, whatever its directions."""
    road = graph.topology.road[edges]
    _, place, count = np.unique(road, return_inverse=True, return_counts=True)
    shares: NDArray[np.float64] = 1.0 / count[place]
    return shares


def _pieces(borne: _Borne) -> NDArray[np.int32]:
    """The street that each pair belongs to."""
    links = [np.column_stack([borne.tail, borne.head]), *_near(borne)]
    pairs = np.concatenate(links)
    size = len(borne.name)
    matrix = coo_array((np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    return np.asarray(connected_components(matrix, directed=False)[1], np.int32)


def _near(borne: _Borne) -> Iterator[NDArray[np.int64]]:
    """Links between the pairs of one name that lie near each other."""
    for rows in np.split(np.arange(len(borne.name)), np.flatnonzero(np.diff(borne.name)) + 1):
        found = cKDTree(borne.at[rows]).query_pairs(SAME_STREET_M, output_type="ndarray")
        if len(found):
            yield rows[found]


def _middle(at: NDArray[np.float64]) -> int:
    """Place of the point nearest to the mean of all."""
    return int(np.argmin(((at - at.mean(axis=0)) ** 2).sum(axis=1)))


def _apart(at: NDArray[np.float64], rows: list[int]) -> list[int]:
    """Some of the rows such that every row is near one of them."""
    kept: list[int] = []
    for row in rows:
        if all(np.hypot(*(at[row] - at[other])) > SAME_CROSSING_M for other in kept):
            kept.append(row)
    return kept


def _entry(graph: RoadGraph, borne: _Borne, row: int, metres: float) -> Entry:
    node = borne.node[row]
    return Entry(
        str(borne.names[borne.name[row]]),
        Kind.STREET,
        float(graph.node_lon[node]),
        float(graph.node_lat[node]),
        metres=metres,
    )
