"""Minutes of presence by place and period, all units together: what a trial asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from anlan.engine.planning.adherence.near import hidden_s, stay
from anlan.engine.planning.adherence.track import tracks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike

    from anlan.engine.planning.adherence.model import Duty, Positions, Rules


@dataclass(frozen=True, eq=False)
class Presence:
    """Minutes seen at each place in each period, (n, t), and the most that gaps allow."""

    codes: tuple[str, ...]
    minutes: NDArray[np.float64]
    most: NDArray[np.float64]

    def known(self, least: float) -> NDArray[np.float64]:
        """Return the minutes, NaN where gaps leave open whether they reach `least`."""
        return np.where((self.minutes < least) & (self.most >= least), np.nan, self.minutes)


def presence(
    positions: Positions,
    duties: Sequence[Duty],
    points: Mapping[str, tuple[float, float]],
    edges_s: ArrayLike,
    rules: Rules,
    *,
    radius_m: Mapping[str, float] | None = None,
) -> Presence:
    """Add up the presence of all units on duty.

    Args:
        positions: fixes.
        duties: who was on duty when; nothing else is looked at.
        points: middles of the places.
        edges_s: begins of the periods and the end of the last, (t + 1,).
        rules: gap, radius, top speed.
        radius_m: of each place, where it is not `rules.radius_m`.

    Raises:
        ValueError: the edges do not rise.

    """
    edges = np.asarray(edges_s, np.float64)
    if len(edges) < 2 or (np.diff(edges) <= 0).any():
        raise ValueError("edges_s: two or more, rising")
    codes, sizes = tuple(points), radius_m or {}
    seen = np.zeros((len(codes), len(edges) - 1))
    hidden = np.zeros_like(seen)
    for way in tracks(positions, duties, rules.gap_s).values():
        for period, window in enumerate(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)):
            part = way.within(*window)
            for row, code in enumerate(codes):
                radius = sizes.get(code, rules.radius_m)
                seen[row, period] += stay(part.pieces, points[code], radius).seconds
                extra = hidden_s(part.gaps, points[code], radius, window, rules.top_mps)
                hidden[row, period] += max(0.0, extra)
    return Presence(codes, seen / 60, (seen + hidden) / 60)
