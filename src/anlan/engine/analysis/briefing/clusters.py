"""Clusters that are alive: where the last days hold more than the place and the days lead to expect.

A prospective space-time permutation scan (`scan`) over the grids; it needs no baseline, so it tells a place
apart from a county that rises as a whole. The recurrence interval says how often chance alone gives as much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.analysis import density
from anlan.engine.analysis.briefing.cells import daily_counts
from anlan.engine.analysis.briefing.model import ClusterPlace
from anlan.engine.analysis.scan import Search, space_time_scan

if TYPE_CHECKING:
    from anlan.engine.analysis.briefing.model import Evidence
    from anlan.engine.analysis.briefing.periods import Period
    from anlan.engine.analysis.scan import Cluster

LONGEST = {"day": 14, "week": 14, "half-month": 21, "month": 28}
PAST_DAYS, WIDEST_M, REPLICAS, MOST = 91, 1500.0, 499, 5
RARE_DAYS, FEWEST_CELLS = 30.0, 2


def clusters(evidence: Evidence, period: Period) -> list[ClusterPlace]:
    """Return the clusters that chance gives at most once a month, the most likely first."""
    cells = evidence.cells
    counts = daily_counts(evidence)[:, -PAST_DAYS:]
    if len(cells.code) < FEWEST_CELLS or not counts.any() or counts.shape[1] <= LONGEST[period]:
        return []
    origin = float(np.median(cells.lon)), float(np.median(cells.lat))
    x, y = density.to_metres(cells.lon, cells.lat, origin)
    search = Search(max_days=LONGEST[period], max_radius_m=WIDEST_M, least=3, replicas=REPLICAS, most=MOST)
    found = space_time_scan(counts, x, y, search=search)
    return [_told(row, evidence, counts.shape[1]) for row in found if row.recurrence_days >= RARE_DAYS]


def _told(row: Cluster, evidence: Evidence, days: int) -> ClusterPlace:
    cells, grids = evidence.cells, evidence.grids
    first = len(grids.periods) - days
    start, end = first + row.start, first + row.end
    codes = set(cells.code[row.cells].tolist())
    mine = np.array([code in codes for code in grids.cells.tolist()])[grids.cell]
    inside = mine & (grids.period >= start) & (grids.period <= end)
    by_type = np.bincount(grids.type[inside], grids.count[inside], len(grids.types))
    centre = row.cells[0]
    beats, number = np.unique(cells.beat[row.cells], return_counts=True)
    return ClusterPlace(
        float(cells.lon[centre]), float(cells.lat[centre]), round(row.radius_m), len(row.cells),
        str(grids.periods[start].astype("datetime64[D]")), str(grids.periods[end].astype("datetime64[D]")),
        row.observed, row.expected, row.p, row.recurrence_days, str(grids.types[by_type.argmax()]),
        int(by_type.max()), str(beats[number.argmax()]),
        str(cells.code[centre]),
    )  # fmt: skip
