"""The past as forecasts see it: daily counts by cell, the days that were recorded, where cells lie."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import ndimage

from anlan.engine.analysis.exposure import exposed_days

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, eq=False)
class CellHistory:
    """Daily counts of one kind of incident.

    Attributes:
        x, y: centres of the cells in metres on a local plane, (C,).
        counts: incidents per cell and day, any integer type, (C, D).
        days: consecutive days, datetime64[D], (D,).
        exposed: whether a day could have been recorded, (D,); others are missing, never zero.
        shape: rows and columns of the raster whose pixels the cells are, None for irregular cells.
        index: each cell's pixel in the flattened raster, (C,), None for irregular cells.
        cell_m: side of a pixel in metres; for irregular cells the pixel that smoothing lays over them.

    Raises:
        ValueError: lengths differ, days are not consecutive, or a raster is given without its index.

    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    counts: NDArray[Any]
    days: NDArray[Any]
    exposed: NDArray[np.bool_]
    cell_m: float
    shape: tuple[int, int] | None = None
    index: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        """Check that the parts fit each other."""
        if self.counts.shape != (len(self.x), len(self.days)):
            raise ValueError(f"counts: {self.counts.shape}, expected {(len(self.x), len(self.days))}")
        if len(self.exposed) != len(self.days) or len(self.y) != len(self.x):
            raise ValueError("exposed, y: one entry a day, one a cell")
        if len(self.days) > 1 and not (np.diff(self.days) == np.timedelta64(1, "D")).all():
            raise ValueError("days: not consecutive")
        if (self.shape is None) != (self.index is None):
            raise ValueError("shape, index: a raster needs both")
        if not self.cell_m > 0:
            raise ValueError(f"cell_m: {self.cell_m} is not positive")

    @classmethod
    def from_points(  # noqa: PLR0913 what, when, where
        cls,
        x: ArrayLike,
        y: ArrayLike,
        day: ArrayLike,
        *,
        first: Any,
        end: Any,
        cell_m: float = 200.0,
        exposed: NDArray[np.bool_] | None = None,
        settled: Any = None,
    ) -> CellHistory:
        """Lay a raster over points; the cells are the footprint of the points plus one cell around it.

        Args:
            x, y: metres, (N,).
            day: datetime64, (N,); points outside [first, end) are left out.
            first, end: first day, and the day after the last.
            cell_m: side of a cell.
            exposed: by day; default told from silences of the whole (`exposed_days`).
            settled: only points before this day make the footprint (default all), so that a study area can
                be fixed without a look at what came later; later points outside it are left out.

        Raises:
            ValueError: no point is left to make a footprint.

        """
        days = np.arange(np.datetime64(first, "D"), np.datetime64(end, "D"))
        number = (np.asarray(day).astype("datetime64[D]") - days[0]).astype(np.int64)
        inside = (number >= 0) & (number < len(days))
        number = number[inside]
        column = np.floor(np.asarray(x, float)[inside] / cell_m).astype(np.int64)
        row = np.floor(np.asarray(y, float)[inside] / cell_m).astype(np.int64)
        limit = len(days) if settled is None else int((np.datetime64(settled, "D") - days[0]).astype(int))
        early = number < limit
        if not early.any():
            raise ValueError("settled: no point before it makes a footprint")
        low = row[early].min() - 1, column[early].min() - 1
        shape = int(row[early].max() - low[0] + 2), int(column[early].max() - low[1] + 2)
        footprint = np.zeros(shape, bool)
        footprint[row[early] - low[0], column[early] - low[1]] = True
        area = ndimage.binary_dilation(footprint, np.ones((3, 3), bool))
        index = np.flatnonzero(area)
        cell = _cell_of(row - low[0], column - low[1], area)
        kept = cell >= 0
        counts = _tally(cell[kept], number[kept], (len(index), len(days)))
        middle = np.divmod(index, shape[1])
        return cls(
            (middle[1] + low[1] + 0.5) * cell_m, (middle[0] + low[0] + 0.5) * cell_m, counts, days,
            exposed_days(counts.sum(axis=0)) if exposed is None else exposed, cell_m, shape, index,
        )  # fmt: skip

    @classmethod
    def of_cells(
        cls, x: ArrayLike, y: ArrayLike, counts: NDArray[Any], days: ArrayLike, exposed: NDArray[np.bool_]
    ) -> CellHistory:
        """Take irregular cells (grids, beats) by their centres; pixels are as large as one on average."""
        across, up = np.asarray(x, float), np.asarray(y, float)
        area = max(float(np.ptp(across)) * float(np.ptp(up)), 1.0)
        pixel = max(np.sqrt(area / max(len(across), 1)), 1.0)
        return cls(across, up, counts, np.asarray(days).astype("datetime64[D]"), exposed, float(pixel))

    def until(self, size: int) -> CellHistory:
        """Return the first `size` days: all that a forecast made after them may know."""
        early = CellHistory(
            self.x, self.y, self.counts[:, :size], self.days[:size], self.exposed[:size],
            self.cell_m, self.shape, self.index,
        )  # fmt: skip
        stop = int(np.searchsorted(self.entries[0], size))
        vars(early)["entries"] = tuple(part[:stop] for part in self.entries)  # found once, for all origins
        return early

    @cached_property
    def entries(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
        """Day, cell and count of each exposed cell-day with incidents, rising by day; (N,) each."""
        cell, day = np.nonzero(self.counts)
        order = np.argsort(day, kind="stable")
        order = order[self.exposed[day[order]]]
        cell, day = cell[order], day[order]
        return day, cell, self.counts[cell, day].astype(np.float32)

    @cached_property
    def daily(self) -> NDArray[np.int64]:
        """Incidents of all cells together, (D,); 0 on days that were not exposed."""
        day, _, count = self.entries
        return np.bincount(day, count, len(self.days)).astype(np.int64)

    def weighed(self, weight: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return Σ weight × count over exposed days, one weight a day; (C,)."""
        day, cell, count = self.entries
        return np.asarray(np.bincount(cell, count * weight[day], len(self.x)), np.float64)

    def came(self, start: int, days: int) -> NDArray[np.float64]:
        """Return the incidents of the exposed ones of `days` days from day number `start`, (C,)."""
        day, cell, count = self.entries
        first, last = np.searchsorted(day, (start, start + days))
        return np.asarray(np.bincount(cell[first:last], count[first:last], len(self.x)), np.float64)

    def coming(self, horizon: int) -> NDArray[Any]:
        """Return the `horizon` days after the last."""
        last: Any = self.days[-1]
        return np.asarray(last + np.arange(1, horizon + 1).astype("timedelta64[D]"))


def _cell_of(row: NDArray[np.int64], column: NDArray[np.int64], area: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return each point's place in the list of cells, −1 outside the area."""
    number = np.where(area.ravel(), np.cumsum(area.ravel()) - 1, -1)
    on = (row >= 0) & (row < area.shape[0]) & (column >= 0) & (column < area.shape[1])
    flat = np.where(on, row, 0) * area.shape[1] + np.where(on, column, 0)
    return np.asarray(np.where(on, number[flat], -1), np.int64)


def _tally(cell: NDArray[np.int64], day: NDArray[np.int64], shape: tuple[int, int]) -> NDArray[np.int16]:
    counts = np.zeros(shape, np.int16)
    np.add.at(counts, (cell, day), 1)
    return counts
