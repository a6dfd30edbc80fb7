"""A blend of candidates: a weighted mean of their maps, weights by log score on the last blocks of the past.

The candidates learn on what lies before those blocks and are only carried forward through them, so the
weights judge forecasts and not fits. A linear pool: Clements & Harvey 2011; weights by EM as for any mixture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.engine.analysis.forecast._kernels import em
from anlan.engine.analysis.forecast.bank import block_starts
from anlan.engine.analysis.forecast.candidates import Candidate, Fitted, FourYears, LastYear
from anlan.engine.analysis.forecast.level import county

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from anlan.engine.analysis.forecast.history import CellHistory


@dataclass(frozen=True, eq=False)
class Trial:
    """What candidates forecast for the last blocks of a history, and what came.

    Attributes:
        names: of the candidates, (K,).
        expected: incidents per block and cell, (K, B, C).
        observed: what came, (B, C).
        starts: first day of each block, its number, (B,).

    """

    names: tuple[str, ...]
    expected: NDArray[np.float64]
    observed: NDArray[np.float64]
    starts: NDArray[np.int64]

    def weights(self, prior: float) -> NDArray[np.float64]:
        """Return weights with sum 1, (K,), by EM on the log score, with `prior` events for equal weights."""
        even = np.full(len(self.names), 1 / len(self.names))
        some = self.observed > 0
        share = self.expected / self.expected.sum(axis=2, keepdims=True)
        rows = np.ascontiguousarray(share[:, some].T.astype(np.float32))
        count = self.observed[some].astype(np.float32)
        mass = np.full(len(even), count.sum(dtype=np.float64))
        found = em(rows, count, mass, even, np.full(len(even), prior), 60)
        return np.asarray(found / found.sum(), np.float64)


def trial(history: CellHistory, candidates: Sequence[Candidate], horizon: int, blocks: int) -> Trial:
    """Let candidates forecast the last blocks, each from its own past.

    What takes long to learn is learned once, before the first block, and carried forward (`moved`).
    """
    starts = block_starts(history.exposed, horizon, blocks)
    starts = starts[[bool(history.exposed[:start].any()) for start in starts]]
    observed = np.array([history.came(int(start), horizon) for start in starts])
    expected = np.empty((len(candidates), len(starts), len(history.x)))
    for i, candidate in enumerate(candidates):
        fitted: Fitted | None = None
        for j, start in enumerate(starts):
            past = history.until(int(start))
            fitted = candidate.fit(past) if fitted is None else fitted.moved(past)
            expected[i, j] = fitted.expected(horizon) @ history.exposed[start : start + horizon]
    return Trial(tuple(one.name for one in candidates), expected, observed.astype(float), starts)


@dataclass(frozen=True, eq=False)
class Mixed:
    """Fitted candidates under weights (K,)."""

    history: CellHistory
    parts: tuple[Fitted, ...]
    weights: NDArray[np.float64]

    def expected(self, horizon: int) -> NDArray[np.float64]:
        """Return the weighted mean, (C, horizon), at the county's level."""
        mean: Any = sum(w * part.expected(horizon) for w, part in zip(self.weights, self.parts, strict=True))
        return np.asarray(mean / mean.sum(axis=0) * county(self.history, horizon))

    def moved(self, history: CellHistory) -> Mixed:
        """Return the same weights on parts carried forward; parts that learn nothing are counted anew."""
        return Mixed(history, tuple(part.moved(history) for part in self.parts), self.weights)


@dataclass(frozen=True)
class Blend:
    """A linear pool of candidates.

    Attributes:
        parts: the candidates; by default kernel bank, trees on it where LightGBM is installed, and counts.
        horizon: days of a block.
        blocks: last blocks that the weights are judged on.
        prior: events' worth of belief in equal weights.

    """

    parts: tuple[Candidate, ...]
    horizon: int = 7
    blocks: int = 12
    prior: float = 50.0
    name: str = "blend"

    def __post_init__(self) -> None:
        """Refuse values without meaning, naming the parameter."""
        if not self.parts:
            raise ValueError("parts: none")
        for name in ("horizon", "blocks"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: {getattr(self, name)} is not positive")

    def fit(self, history: CellHistory) -> Mixed:
        """Judge the parts on the last blocks, then let each learn from the whole history."""
        return self.judged(history, trial(history, self.parts, self.horizon, self.blocks))

    def judged(self, history: CellHistory, done: Trial) -> Mixed:
        """Blend by a trial already made of the same parts."""
        weights = (
            done.weights(self.prior) if done.observed.any() else np.full(len(self.parts), 1 / len(self.parts))
        )
        return Mixed(history, tuple(part.fit(history) for part in self.parts), weights)


def counts() -> tuple[Candidate, Candidate]:
    """Return the two baselines that every forecast is held against."""
    return LastYear(), FourYears()
