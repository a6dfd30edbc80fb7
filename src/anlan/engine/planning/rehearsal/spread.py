"""A time's distribution over many calls: mean, quantiles, share within the ring, and how sure each is.

The error of a mean or a share comes from those of the sections by Student's t (Asmussen & Glynn 2007,
*Stochastic Simulation*, III.5). A quantile of few calls leans to one side, so the sections themselves are
drawn again (200 times, the same draws for every plan; Davison & Hinkley 1997, *Bootstrap Methods and their
Application*, 3.8), and the interval is stretched for their small number as in `analysis.evaluation`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.analysis.evaluation.bootstrap import stretch
from anlan.engine.planning.rehearsal.tally import Figure, Tally, figure

if TYPE_CHECKING:
    from numpy.typing import NDArray

QUANTILES = (0.5, 0.8, 0.9, 0.95)
DRAWS, BINS = 200, 2048


@dataclass(frozen=True, eq=False)
class Measured:
    """Mean, share within the ring, quantiles of all calls; the first two by section (G, 2), the last drawn.

    `draws` (`DRAWS`, 4) holds NaN where a draw had no call.
    """

    mean: float
    within: float
    quantiles: NDArray[np.float64]
    parts: NDArray[np.float64]
    draws: NDArray[np.float64]

    def figures(self) -> tuple[Figure, ...]:
        """Mean, the quantiles, share within the ring."""
        mean, within = figure(self.mean, self.parts[:, 0]), figure(self.within, self.parts[:, 1])
        columns = zip(self.quantiles, self.draws.T, strict=True)
        drawn = (_drawn(float(whole), draws, len(self.parts)) for whole, draws in columns)
        return (mean, *drawn, within)

    def values(self) -> tuple[float, ...]:
        """The same without intervals."""
        return (self.mean, *self.quantiles.tolist(), self.within)

    def less(self, other: Measured) -> Measured:
        """This less another that was measured on the same sections."""
        return Measured(
            self.mean - other.mean, self.within - other.within, self.quantiles - other.quantiles,
            self.parts - other.parts, self.draws - other.draws,
        )  # fmt: skip


def measured(tally: Tally, calls: NDArray[np.int64], seconds: NDArray[np.float64]) -> Measured:
    """Measure the calls (their rows) by a time (n,) of all calls.

    A call that nobody came to is no time, but it is not within the ring either.
    """
    values, section = seconds[calls], tally.section[calls]
    came = np.isfinite(values)
    inside = (values <= tally.ring_s).astype(np.float64)
    parts = np.column_stack((
        means(values[came], section[came], tally.sections), means(inside, section, tally.sections)
    ))  # fmt: skip
    if not came.any():
        none = np.full(len(QUANTILES), np.nan)
        within = 0.0 if len(values) else np.nan
        return Measured(np.nan, within, none, parts, np.full((DRAWS, len(QUANTILES)), np.nan))
    return Measured(
        float(values[came].mean()), float(inside.mean()), np.quantile(values[came], QUANTILES), parts,
        _draws(values[came], section[came], tally.sections),
    )  # fmt: skip


def means(values: NDArray[np.float64], section: NDArray[np.int64], sections: int) -> NDArray[np.float64]:
    """The mean of each section, (G,), NaN where it has nothing."""
    count = np.bincount(section, minlength=sections)
    sums = np.bincount(section, values, sections)
    mean = np.divide(sums, count, out=np.full(sections, np.nan), where=count > 0)
    return np.asarray(mean)


def _draws(values: NDArray[np.float64], section: NDArray[np.int64], sections: int) -> NDArray[np.float64]:
    """Quantiles of sections drawn with replacement, from counts in narrow bins."""
    width = max(float(values.max()) / BINS, 1e-9)
    bins = np.minimum((values / width).astype(np.int64), BINS - 1)
    table = np.bincount(section * BINS + bins, minlength=sections * BINS).reshape(sections, BINS)
    draws = np.random.default_rng(0).multinomial(sections, np.full(sections, 1 / sections), DRAWS)
    below = np.cumsum(draws.astype(np.float32) @ table.astype(np.float32), axis=1)
    found = [np.argmax(below >= below[:, -1:] * share, axis=1) for share in QUANTILES]
    middle = (np.stack(found, axis=1) + 0.5) * width
    return np.where(below[:, -1:] > 0, middle, np.nan)


def _drawn(whole: float, draws: NDArray[np.float64], sections: int) -> Figure:
    """A figure with the interval of its draws."""
    known = draws[np.isfinite(draws)]
    if not np.isfinite(whole):
        return Figure(None)
    if sections < 2 or len(known) < DRAWS / 2:
        return Figure(whole)
    low, high = whole + (np.quantile(known, (0.025, 0.975)) - whole) * stretch(sections, 1)
    return Figure(whole, float(min(low, whole)), float(max(high, whole)))
