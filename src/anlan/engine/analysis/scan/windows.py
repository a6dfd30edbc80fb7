"""The circles of a scan: every cell's neighbours, nearest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.analysis.scan.model import Search

SAME_M = 1e-6  # centres of a grid are equally far but for rounding


@dataclass(frozen=True)
class Circles:
    """Neighbours of each centre, nearest first, as compressed rows.

    `start`: (centres + 1,) int64; `cell`: int32; `metres`: float64; `closes`: whether a circle ends here.
    Cells equally far from the centre enter together, so that each window is a whole circle.
    """

    start: NDArray[np.int64]
    cell: NDArray[np.int32]
    metres: NDArray[np.float64]
    closes: NDArray[np.bool_]

    @property
    def rows(self) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.bool_]]:
        """What the kernels take."""
        return self.start, self.cell, self.closes

    def members(self, centre: int, size: int) -> NDArray[np.int64]:
        """Return the `size` cells nearest a centre, itself first."""
        return self.cell[self.start[centre] : self.start[centre] + size].astype(np.int64)


def circles(
    x: NDArray[np.float64], y: NDArray[np.float64], weight: NDArray[np.float64], search: Search
) -> Circles:
    """Return the circles round every cell that stay within the widest radius and the largest share.

    `weight`: what is expected of each cell over the whole period. A circle that holds no weight is no window.
    """
    places = np.stack((x, y), axis=1)
    tree = cKDTree(places)
    limit = search.max_share * weight.sum() * (1 + 1e-9)
    rows = [_row(centre, tree, places, weight, limit, search.max_radius_m) for centre in range(len(x))]
    start = np.zeros(len(x) + 1, np.int64)
    np.cumsum([len(cell) for cell, _, _ in rows], out=start[1:])
    cells, metres, closes = (np.concatenate([row[part] for row in rows]) for part in range(3))
    return Circles(start, cells.astype(np.int32), metres, closes.astype(np.bool_))


def _row(
    centre: int,
    tree: cKDTree,
    places: NDArray[np.float64],
    weight: NDArray[np.float64],
    limit: float,
    radius: float | None,
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]:
    """Return one centre's neighbours, their distances, and where circles end."""
    near = (
        np.arange(len(places))
        if radius is None
        else np.sort(tree.query_ball_point(places[centre], radius + SAME_M)).astype(np.int64)
    )
    far = np.hypot(*(places[near] - places[centre]).T)
    # The centre first, then by distance; near zero apart, cells of one spot keep their order.
    order = np.lexsort((near, near != centre, np.round(far / SAME_M)))
    near, far = near[order], far[order]
    inside = np.cumsum(weight[near])
    closes = np.append(np.diff(far) > SAME_M, True) & (inside <= limit) & (inside > 0)
    stop = int(np.flatnonzero(closes)[-1]) + 1 if closes.any() else 0
    return near[:stop], far[:stop], closes[:stop]
