"""Near-repeat warnings: where each type's own history says that another is likelier for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from anlan.engine.analysis import density, repeats
from anlan.engine.analysis.briefing.model import RepeatWarning
from anlan.engine.analysis.briefing.places import degrees, most, origin_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date as Date  # noqa: N812 fields are called date

    from numpy.typing import NDArray

    from anlan.engine.analysis.briefing.model import Evidence, Points

MOST = 40


def warnings(evidence: Evidence, last: Date, beats: Sequence[str] = ()) -> list[RepeatWarning]:
    """Return the warnings that reach beyond `last`, the strongest first.

    How far and how long a type's incidents draw others is told by all of the county (`repeats.warnings`);
    `beats` picks whose places are told, empty for all.
    """
    points, cells = evidence.points, evidence.cells
    if not len(points.lon) or not len(cells.code):
        return []
    origin = origin_of(points.lon, points.lat)
    x, y = density.to_metres(points.lon, points.lat, origin)
    day = points.occurred.astype("datetime64[D]").astype(np.int64)
    today = int(np.datetime64(last, "D").astype(np.int64))
    found = repeats.warnings(x, y, day, points.type, today=today)
    tree = cKDTree(np.stack(density.to_metres(cells.lon, cells.lat, origin), axis=1))
    told = [_told(row, points, day, origin, str(cells.code[tree.query((row.x, row.y))[1]])) for row in found]
    return [row for row in told if not beats or row.beat_code in set(beats)][:MOST]


def _told(
    row: repeats.Warned, points: Points, day: NDArray[np.int64], origin: tuple[float, float], cell: str
) -> RepeatWarning:
    members = list(row.members)
    latest = int(day[members].max())
    return RepeatWarning(
        *degrees(row.x, row.y, origin), row.radius_m, row.until - latest, str(np.datetime64(latest, "D")),
        str(np.datetime64(row.until, "D")), row.ratio, row.type, len(members),
        most(points.beat[members]), cell,
    )  # fmt: skip
