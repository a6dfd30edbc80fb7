"""A unit's way on duty: straight pieces between fixes that are close in time, and the gaps between those."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.adherence.model import Floats

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from anlan.engine.planning.adherence.model import Duty, Positions


@dataclass(frozen=True, eq=False)
class Track:
    """Pieces and gaps of one unit's duties.

    Attributes:
        pieces: (m, 6): begin time, x, y, end time, x, y; a fix that stands alone is a piece without length.
        gaps: (g, 6): the same; NaN for the places before a duty's first and after its last fix.
        fixes: number of fixes on duty.

    """

    pieces: Floats
    gaps: Floats
    fixes: int

    def within(self, begin: float, end: float) -> Track:
        """Return what lies in a window; pieces are cut by their even speed, gaps are kept whole."""
        kept = (self.pieces[:, 3] >= begin) & (self.pieces[:, 0] <= end)
        gaps = self.gaps[(self.gaps[:, 3] > begin) & (self.gaps[:, 0] < end)]
        return Track(_cut(self.pieces[kept], begin, end), gaps, self.fixes)

    def known_s(self) -> float:
        """Seconds with a position."""
        return float((self.pieces[:, 3] - self.pieces[:, 0]).sum())


NOTHING = Track(np.zeros((0, 6)), np.zeros((0, 6)), 0)


def _cut(pieces: Floats, begin: float, end: float) -> Floats:
    span = pieces[:, 3] - pieces[:, 0]
    whole = np.where(span > 0, span, 1.0)
    shares = [np.clip((edge - pieces[:, 0]) / whole, 0, 1) for edge in (begin, end)]
    shares = [np.where(span > 0, share, 0.0) for share in shares]
    ends = [pieces[:, :3] + share[:, None] * (pieces[:, 3:] - pieces[:, :3]) for share in shares]
    return np.concatenate(ends, axis=1)


def tracks(positions: Positions, duties: Iterable[Duty], gap_s: float) -> Mapping[str, Track]:
    """Return each unit's track over all its duties; a unit on duty without a fix has only gaps."""
    finite = np.isfinite(positions.time_s) & np.isfinite(positions.x) & np.isfinite(positions.y)
    table = np.column_stack((positions.time_s, positions.x, positions.y))
    spans: dict[str, list[tuple[float, float]]] = {}
    for duty in duties:
        spans.setdefault(duty.unit, []).append((duty.begin_s, duty.end_s))
    return {
        unit: _track(_ordered(table[finite & (positions.unit == unit)]), _merged(on), gap_s)
        for unit, on in spans.items()
    }


def _ordered(fixes: Floats) -> Floats:
    """Sort by time; of several fixes at one moment the first stays."""
    fixes = fixes[np.argsort(fixes[:, 0], kind="stable")]
    return fixes[np.diff(fixes[:, 0], prepend=-np.inf) > 0]


def _merged(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Join duties that touch or overlap, so that no second counts twice."""
    joined: list[tuple[float, float]] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((begin, end))
    return joined


def _track(fixes: Floats, spans: list[tuple[float, float]], gap_s: float) -> Track:
    parts = [_one(fixes[_on(fixes, begin, end)], begin, end, gap_s) for begin, end in spans]
    return Track(
        np.concatenate([part.pieces for part in parts]),
        np.concatenate([part.gaps for part in parts]),
        sum(part.fixes for part in parts),
    )


def _on(fixes: Floats, begin: float, end: float) -> NDArray[np.bool_]:
    return np.asarray((fixes[:, 0] >= begin) & (fixes[:, 0] <= end))


def _one(fixes: Floats, begin: float, end: float, gap_s: float) -> Track:
    """Return the pieces and gaps of one duty."""
    nowhere = [np.nan, np.nan]
    if not len(fixes):
        return Track(NOTHING.pieces, np.array([[begin, *nowhere, end, *nowhere]]), 0)
    steps = np.concatenate((fixes[:-1], fixes[1:]), axis=1)
    close = steps[:, 3] - steps[:, 0] <= gap_s
    joined = np.append(close, False) | np.insert(close, 0, False)
    alone = fixes[~joined]
    pieces = np.concatenate((steps[close], np.concatenate((alone, alone), axis=1)))
    edges = np.array([[begin, *nowhere, *fixes[0]], [*fixes[-1], end, *nowhere]])
    gaps = np.concatenate((steps[~close], edges[edges[:, 3] - edges[:, 0] > gap_s]))
    return Track(pieces[np.argsort(pieces[:, 0], kind="stable")], gaps, len(fixes))
