"""Near repeats: incidents of one type close in place and time, which often draw another one there soon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Chain:
    """A cluster of near repeats: type, how many, last day, and the middle of the place (metres)."""

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
    """Return clusters of at least `least` incidents of one type, all within `metres` and `days`.

    Only the last `days` days count. The incident with most others within half of `metres` makes a cluster
    with them; what is left goes on likewise. So no cluster is wider than `metres`, however many are nearby.
    Largest first.

    Raises:
        ValueError: a distance is not positive.

    """
    if metres <= 0 or days <= 0:
        raise ValueError("metres, days: must be positive")
    if not len(x):
        return []
    found: list[Chain] = []
    late = day > int(day.max()) - days
    for kind in np.unique(types[late]):
        mine = np.flatnonzero(late & (types == kind))
        tree = cKDTree(np.stack((x[mine], y[mine]), axis=1))
        near = [set(tree.query_ball_point(place, metres / 2)) for place in tree.data]
        while (best := max(near, key=len)) and len(best) >= least:
            found.append(_chain(str(kind), mine[sorted(best)], x, y, day))
            near = [row - best for row in near]
    return sorted(found, key=lambda chain: (-chain.count, chain.type))


def _chain(
    kind: str, members: NDArray[Any], x: NDArray[np.float64], y: NDArray[np.float64], day: NDArray[np.int64]
) -> Chain:
    last = str(np.datetime64(int(day[members].max()), "D"))
    place = float(np.median(x[members])), float(np.median(y[members]))
    return Chain(kind, len(members), last, *place, tuple(int(member) for member in members))
