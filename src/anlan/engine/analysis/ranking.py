"""Hot cells: cells in order of weight, with the share they hold and the share they would have caught."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.analysis.cube import CountCube


@dataclass(frozen=True)
class HotCell:
    """A cell: discounted incidents per day, their share of the county's, count in the last 28 days."""

    code: str
    weight: float
    share: float
    cumulative: float
    count: int


@dataclass(frozen=True)
class Captured:
    """Share of the incidents of the last `days` days in the cells that ranked best before them."""

    cell_share: float
    cells: int
    share: float | None
    days: int


def weights(grids: CountCube, exposed: NDArray[np.bool_], *, half_life: float = 90.0) -> NDArray[np.float64]:
    """Return each cell's discounted incidents per exposed day, shape (cells,), of a daily cube.

    Raises:
        ValueError: the cube is not by day or `half_life` is not positive.

    """
    if grids.step != "day":
        raise ValueError(f"grids: step {grids.step!r}, expected day")
    if not half_life > 0:
        raise ValueError(f"half_life: {half_life} is not positive")
    decay = 0.5 ** (np.arange(len(grids.periods))[::-1] / half_life)
    open_days = float((decay * exposed).sum())
    summed = np.bincount(grids.cell, grids.count * decay[grids.period], len(grids.cells))
    return np.asarray(summed / open_days if open_days else summed, np.float64)


def hot_cells(
    grids: CountCube, exposed: NDArray[np.bool_], *, number: int = 20, recent: int = 28
) -> list[HotCell]:
    """Return the `number` heaviest cells, heaviest first; ties by code."""
    weight = weights(grids, exposed)
    total = weight.sum()
    if not total:
        return []
    late = grids.period >= len(grids.periods) - recent
    counts = np.bincount(grids.cell[late], grids.count[late], len(grids.cells))
    order = np.lexsort((grids.cells, -weight))[:number]
    share = weight[order] / total
    rows = zip(order, share, np.cumsum(share), strict=True)
    return [
        HotCell(str(grids.cells[i]), float(weight[i]), float(part), float(upto), int(counts[i]))
        for i, part, upto in rows
        if weight[i] > 0
    ]


def captured(
    grids: CountCube,
    exposed: NDArray[np.bool_],
    cells: int,
    *,
    days: int = 28,
    at: tuple[float, ...] = (0.01, 0.02, 0.05),
) -> list[Captured]:
    """Rank on what was known `days` days ago and tell what share of incidents since fell into the best.

    Args:
        grids: daily cube.
        exposed: whether each day had data.
        cells: how many cells the county has, also those that never had an incident.
        days: length of the test.
        at: shares of the cells to look at.

    """
    cut = len(grids.periods) - days
    if cut < 1:
        return []
    past: dict[str, Any] = {"end": grids.periods[cut].astype("datetime64[D]")}
    weight = weights(grids.select(**past), exposed[:cut])
    late = grids.period >= cut
    since = np.bincount(grids.cell[late], grids.count[late], len(grids.cells))
    order = np.lexsort((grids.cells, -weight))
    found = []
    for part in at:
        number = max(1, round(part * cells))
        total = since.sum()
        found.append(
            Captured(part, number, float(since[order[:number]].sum() / total) if total else None, days)
        )
    return found
