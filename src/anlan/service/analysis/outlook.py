"""What the coming days hold for every grid, type and shift, as one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from anlan.engine.analysis.density import to_metres
from anlan.engine.analysis.forecast.choose import Chosen, choose
from anlan.engine.analysis.forecast.history import CellHistory
from anlan.engine.analysis.forecast.shifts import discounted, shrunken_shares, split
from anlan.service.analysis.adjacency import centres

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from anlan.engine.analysis.cube import CountCube
    from anlan.service.analysis.inputs import Inputs

TYPES, AHEAD, BLOCK = 30, 28, 7
SHIFT_NAMES = ("00-08", "08-16", "16-24")


def outlook(inputs: Inputs) -> Iterator[pl.DataFrame]:
    """Yield for each of the most frequent types what is expected of each grid, by the model its past chose.

    Columns: grid_code, type, model, date, one column a shift (local hours) of that first day, and the sums of
    the next 7 and 28 days.

    Raises:
        NothingToAnalyse: there are no grids, or no incident knows its hour.

    """
    daily, shifts = inputs.cube("grid"), inputs.cube("grid", "shift")
    exposed = inputs.exposed()
    first = int(np.flatnonzero(exposed)[0])
    lon, lat = centres(inputs, "grid")
    x, y = to_metres(lon, lat, (float(np.median(lon)), float(np.median(lat))))
    beat_of = {grid.code: grid.beat_id or "" for grid in inputs.ground.grids}
    beats = np.unique([beat_of[code] for code in daily.cells.tolist()], return_inverse=True)[1]
    kinds = _frequent(daily)
    weighed = _weighed(shifts, kinds)
    for kind in kinds:
        history = CellHistory.of_cells(
            x, y, daily.dense([kind])[:, first:], daily.days[first:], exposed[first:]
        )
        made = choose(history, Chosen(horizon=BLOCK, trees=False))
        expected = made.fitted.expected(AHEAD)
        by_shift = split(expected[:, :1], shrunken_shares(weighed[kind], beats))[:, 0]
        yield pl.DataFrame({
            "grid_code": daily.cells.tolist(), "type": kind, "model": made.name,
            "date": inputs.question.end,
            **{name: by_shift[:, i] for i, name in enumerate(SHIFT_NAMES)},
            "days_7": expected[:, :BLOCK].sum(axis=1), "days_28": expected.sum(axis=1),
        })  # fmt: skip


def _frequent(cube: CountCube) -> list[str]:
    totals = cube.by_type().sum(axis=1)
    order = np.argsort(-totals, kind="stable")[:TYPES]
    return [str(cube.types[i]) for i in order if totals[i]]


def _weighed(shifts: CountCube, kinds: list[str]) -> dict[str, NDArray[np.float64]]:
    """Return by type the discounted counts by grid and shift, (grids, 3); 0 where only days are known."""
    cells = len(shifts.cells)
    return {kind: discounted(shifts.dense([kind]).reshape(cells, -1, 3)) for kind in kinds}
