"""The forecast map: each grid's expected incidents in the coming period.

Where: discounted counts of the last year with a share of the neighbours' (`forecast.candidates.Decayed`). How
much: the beat's own expectation, so that map and table tell the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.analysis import density
from anlan.engine.analysis.briefing.model import CellMap, TopCells
from anlan.engine.analysis.forecast.candidates import Decayed
from anlan.engine.analysis.forecast.history import CellHistory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from anlan.engine.analysis.briefing.model import Evidence

TOP = (0.01, 0.02, 0.05)
DIGITS = 5


def cell_map(evidence: Evidence, exposed: NDArray[np.bool_], expected: Mapping[str, float]) -> CellMap | None:
    """Return the grids' expectations; None without grids or without incidents in them.

    Args:
        evidence: history by grid and where the grids lie.
        exposed: whether each day of `evidence.grids` had data.
        expected: expected incidents by beat.

    """
    cells = evidence.cells
    counts = daily_counts(evidence)
    if not counts.any():
        return None
    origin = float(np.median(cells.lon)), float(np.median(cells.lat))
    x, y = density.to_metres(cells.lon, cells.lat, origin)
    history = CellHistory.of_cells(x, y, counts, evidence.grids.periods, exposed)
    weight = Decayed().fit(history).expected(1)[:, 0]
    names, beat = np.unique(cells.beat, return_inverse=True)
    level = np.array([expected.get(str(name), 0.0) for name in names])
    summed = np.bincount(beat, weight, len(names))
    mean = weight * (level / np.where(summed > 0, summed, 1.0))[beat]
    best = np.sort(mean)[::-1]
    total = max(float(best.sum()), 1e-12)
    sizes = [max(1, round(part * len(best))) for part in TOP]
    top = [
        TopCells(part, size, float(best[:size].sum() / total)) for part, size in zip(TOP, sizes, strict=True)
    ]
    return CellMap(cells.code.tolist(), np.round(mean, DIGITS).tolist(), top)


def daily_counts(evidence: Evidence) -> NDArray[np.int32]:
    """Return the daily counts of all cells, (cells, days), zeros for those that never had an incident."""
    row = {code: i for i, code in enumerate(evidence.cells.code.tolist())}
    counts = np.zeros((len(row), len(evidence.grids.periods)), np.int32)
    dense = evidence.grids.dense()
    known = [(i, row[code]) for i, code in enumerate(evidence.grids.cells.tolist()) if code in row]
    for source, target in known:
        counts[target] = dense[source]
    return counts
