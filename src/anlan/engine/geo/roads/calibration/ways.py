"""Where the time of trips is spent: seconds by group of road classes, and traffic lights met."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.geo.roads.links import CLASS_INDEX, CLASSES
from anlan.engine.geo.roads.profile import HourClass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from anlan.engine.geo.roads.calibration.trips import Placed
    from anlan.engine.geo.roads.graph import RoadGraph

WORKERS = 2
CHUNK = 500


def group_of(groups: Mapping[str, Sequence[str]]) -> NDArray[np.int64]:
    """The group's number of each road class, shape (classes,).

    Raises:
        ValueError: a class is unknown, in two groups, or in none.

    """
    number = np.full(len(CLASSES), -1, np.int64)
    for place, (group, names) in enumerate(groups.items()):
        for name in names:
            if name not in CLASS_INDEX or number[CLASS_INDEX[name]] >= 0:
                raise ValueError(f"groups: {group!r}: class {name!r} is unknown or in another group too")
            number[CLASS_INDEX[name]] = place
    if (number < 0).any():
        raise ValueError(f"groups: class {CLASSES[int(np.argmin(number))]!r} is in none")
    return number


def spent(base: RoadGraph, now: RoadGraph, trips: Placed, group: NDArray[np.int64]) -> NDArray[np.float64]:
    """Seconds by group as `base` has them, along routes that are fastest `now`; lights in the last column.

    Shape (trips, groups + 1), NaN where no way leads.
    """
    out = np.empty((len(trips), int(group.max()) + 2))
    target = base.arrivals(trips.target)
    lights = np.zeros(base.edges) if base.signals is None else base.signals.astype(np.float64)
    for hour in HourClass:
        mine = np.flatnonzero(trips.hour_class == hour)
        matrix = now.matrix(hour)
        free = base.seconds.astype(np.float64) * base.factors[hour, base.road_class]
        network = (matrix.indptr, matrix.indices, matrix.data, base.topology.rows, now.entry_edges(hour))
        work = partial(_some, out, network, (trips.source, target), (group[base.road_class], free, lights))
        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(work, np.array_split(mine, -(-len(mine) // CHUNK) or 1)))
    return out


def _some(
    out: NDArray[np.float64],
    network: tuple[NDArray, ...],
    ends: tuple[NDArray, NDArray],
    counted: tuple[NDArray, ...],
    rows: NDArray[np.int64],
) -> None:
    from anlan.engine.geo.roads.calibration import _kernels  # noqa: PLC0415  Numba is slow to import

    part = np.empty((len(rows), out.shape[1]))
    _kernels.spent(*(*network, ends[0][rows], ends[1][rows], *counted, part))
    out[rows] = part
