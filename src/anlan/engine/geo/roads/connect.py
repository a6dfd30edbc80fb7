"""Keeping the part of a network in which every place can be reached from every other, and naming the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from anlan.engine.geo.roads.links import RoadLinks
from anlan.engine.geo.roads.turns import Expanded, expand

if TYPE_CHECKING:
    from numpy.typing import NDArray

KEEP_SHARE = 0.5


@dataclass(frozen=True)
class DroppedPart:
    """A part that was left out: its size, the point of one of its nodes, and one of its street names."""

    nodes: int
    links: int
    km: float
    lon: float
    lat: float
    name: str


@dataclass(frozen=True, eq=False)
class Connected:
    """The links kept and the parts left out, longest first; km count both directions of a road once.

    `dropped_turns` counts forbidden turns that would have cut places off and are not observed: a street that
    nobody could reach, or leave, helps no one on a call.
    """

    links: RoadLinks
    kept_km: float
    dropped: tuple[DroppedPart, ...]
    dropped_turns: int = 0

    @property
    def dropped_km(self) -> float:
        """Length of road left out."""
        return sum(part.km for part in self.dropped)


def road_km(
    tail: NDArray[np.int32], head: NDArray[np.int32], length_m: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Length of each directed link in km, half where there is a link back, so that roads sum up once."""
    there = tail.astype(np.int64) << 32 | head
    back = head.astype(np.int64) << 32 | tail
    return np.where(np.isin(there, back), 0.5, 1.0) * length_m / 1000


def largest_part(links: RoadLinks, *, keep_share: float = KEEP_SHARE) -> Connected:
    """Keep the longest strongly connected part.

    Raises:
        ValueError: there are no links, or that part holds less than `keep_share` of the length.

    """
    if not links.links:
        raise ValueError("the road file holds no road that a car may use")
    ones = np.ones(links.links, np.int8)
    matrix = csr_array((ones, (links.tail, links.head)), shape=(links.nodes, links.nodes))
    count, part = connected_components(matrix, connection="strong")
    km = road_km(links.tail, links.head, links.length_m)
    inside = part[links.tail] == part[links.head]
    length = np.bincount(part[links.tail[inside]], km[inside], minlength=count)
    main = int(np.argmax(length))
    share = length[main] / km.sum()
    if share < keep_share:
        raise ValueError(
            f"the roads do not hang together: the largest part in which every place can be reached from "
            f"every other has {length[main]:.1f} of {km.sum():.1f} km ({share:.0%}, not {keep_share:.0%}). "
            f"Check that links meet at shared nodes and that both directions are there"
        )
    kept = inside & (part[links.tail] == main)
    rest, turns = _passable(_only(links, kept))
    return Connected(rest, float(km[kept].sum()), _dropped(links, part, main, km), turns)


def _only(links: RoadLinks, kept: NDArray[np.bool_]) -> RoadLinks:
    used = np.zeros(links.nodes, np.bool_)
    used[links.tail[kept]] = used[links.head[kept]] = True
    number = np.cumsum(used) - 1
    spoken, name = np.unique(np.append(0, links.name[kept]), return_inverse=True)
    rows = np.flatnonzero(kept)
    link = np.where(kept, np.cumsum(kept) - 1, -1)
    return RoadLinks(
        links.node_lon[used],
        links.node_lat[used],
        number[links.tail[kept]].astype(np.int32),
        number[links.head[kept]].astype(np.int32),
        links.length_m[kept],
        links.speed_mps[kept],
        links.road_class[kept],
        name[1:].astype(np.int32),
        tuple(links.names[index] for index in spoken),
        None if links.signals is None else links.signals[rows],
        None if links.roundabout is None else links.roundabout[rows],
        None if links.bends is None else links.bends.only(rows),
        None if links.turns is None else links.turns.renumbered(link),
    )


def _passable(links: RoadLinks) -> tuple[RoadLinks, int]:
    """The links without the forbidden turns that cut places off, and how many those are."""
    asked = 0 if links.turns is None else len(links.turns)
    turns = links.turns
    while turns is not None and len(turns):
        order = np.lexsort((links.head, links.tail))
        number = np.empty(links.links, np.int64)
        number[order] = np.arange(links.links)
        tail, head = links.tail[order], links.head[order]
        search = expand(links.nodes, tail, head, turns.renumbered(number))
        cut = cut_off(search, tail != head)  # the graph has no loops
        if not cut.any():
            break
        # A turn to blame has a link at the edge of what is cut off; where none is left, all is well.
        blamed = cut[links.tail[turns.link]] | cut[links.head[turns.link]]
        turns = turns.only(np.bincount(turns.sequence[blamed], minlength=len(turns)) == 0)
    return replace(links, turns=turns), asked - (0 if turns is None else len(turns))


def cut_off(search: Expanded, open_: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which places (N,) lie apart from the largest part where all can be reached from all, by open edges."""
    usable = (search.edge < 0) | open_[search.edge]
    ends = (search.tail[usable], search.head[usable])
    matrix = csr_array((np.ones(len(ends[0]), np.int8), ends), shape=(search.nodes,) * 2)
    _, part = connected_components(matrix, connection="strong")
    places = len(search.arrive)
    core = int(np.flatnonzero(part == np.argmax(np.bincount(part)))[0])
    there = np.zeros(search.nodes, np.bool_)
    there[breadth_first_order(matrix, core, return_predecessors=False)] = True
    back = np.zeros(search.nodes, np.bool_)
    back[breadth_first_order(csr_array(matrix.T), core, return_predecessors=False)] = True
    apart: NDArray[np.bool_] = ~(there[search.arrive] & back[:places])
    return apart


def _dropped(
    links: RoadLinks, part: NDArray[np.int32], main: int, km: NDArray[np.float64]
) -> tuple[DroppedPart, ...]:
    # A link between two parts belongs to the one that is left out; between two of those, to its tail's.
    owner = np.where(part[links.tail] == main, part[links.head], part[links.tail])
    rows = np.flatnonzero(owner != main)
    if not len(rows):
        return ()
    rows = rows[np.argsort(owner[rows], kind="stable")]
    owners, first = np.unique(owner[rows], return_index=True)
    sizes = np.bincount(part)
    found = []
    for group, mine in zip(owners, np.split(rows, first[1:]), strict=True):
        link = mine[np.argmax(links.length_m[mine])]
        node = links.tail[link] if part[links.tail[link]] == group else links.head[link]
        found.append(
            DroppedPart(
                int(sizes[group]),
                len(mine),
                float(km[mine].sum()),
                float(links.node_lon[node]),
                float(links.node_lat[node]),
                links.names[links.name[link]],
            )
        )
    return tuple(sorted(found, key=lambda part: -part.km))
