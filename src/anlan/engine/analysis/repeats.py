"""Near repeats: incidents of one type close in place and time, which often draw another one there soon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import coo_array, csgraph
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Chain:
    """Incidents linked by near repeats: type, how many, last day, and the middle of the place (metres)."""

    type: str
    count: int
    last: str
    x: float
    y: float
    members: tuple[int, ...]


def shared_places(
    x: NDArray[np.float64], y: NDArray[np.float64], *, share: float = 0.01
) -> NDArray[np.bool_]:
    """Tell which points sit on a spot (1 m) with more than `share` of all: a default address."""
    if len(x) < 100:
        return np.zeros(len(x), bool)
    spots = np.stack((np.round(x), np.round(y)), axis=1)
    _, inverse, counts = np.unique(spots, axis=0, return_inverse=True, return_counts=True)
    return np.asarray(counts[inverse.ravel()] > max(share * len(x), 10))


def chains(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    day: NDArray[np.int64],
    types: NDArray[Any],
    *,
    metres: float = 200.0,
    days: int = 7,
    least: int = 3,
) -> list[Chain]:
    """Return chains of at least `least` incidents of one type, each within `metres` and `days` of another.

    Chains must reach into the last `days` days of the data; longest first.

    Raises:
        ValueError: a distance is not positive.

    """
    if metres <= 0 or days <= 0:
        raise ValueError("metres, days: must be positive")
    if not len(x):
        return []
    found: list[Chain] = []
    last = int(day.max())
    for kind in np.unique(types):
        mine = np.flatnonzero(types == kind)
        pairs = cKDTree(np.stack((x[mine], y[mine]), axis=1)).query_pairs(metres, output_type="ndarray")
        pairs = pairs[np.abs(day[mine[pairs[:, 0]]] - day[mine[pairs[:, 1]]]) <= days]
        graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(mine), len(mine)))
        _, label = csgraph.connected_components(graph, directed=False)
        sizes = np.bincount(label)
        for group in np.flatnonzero(sizes >= least):
            members = mine[label == group]
            if day[members].max() > last - days:
                found.append(_chain(str(kind), members, x, y, day))
    return sorted(found, key=lambda chain: (-chain.count, chain.type))


def _chain(
    kind: str, members: NDArray[Any], x: NDArray[np.float64], y: NDArray[np.float64], day: NDArray[np.int64]
) -> Chain:
    last = str(np.datetime64(int(day[members].max()), "D"))
    place = float(np.median(x[members])), float(np.median(y[members]))
    return Chain(kind, len(members), last, *place, tuple(int(member) for member in members))
