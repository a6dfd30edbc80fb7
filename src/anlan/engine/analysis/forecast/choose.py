"""Choosing a forecast by its own past: a trial on the last blocks, a gate to counts, and a reason.

The candidate with most bits per incident is taken, unless it catches fewer incidents in the top 1 % of cells
than the better of 12-month and four-year counts, by more than 1 % and by more than chance (one standard error
of the difference between blocks). Then the next best takes its place, and counts where none is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.analysis.evaluation.scores import gain_bits, hits
from anlan.engine.analysis.forecast import boosted
from anlan.engine.analysis.forecast.bank import KernelBank
from anlan.engine.analysis.forecast.blend import Blend, Trial, counts, trial
from anlan.engine.analysis.forecast.boosted import Boosted
from anlan.engine.analysis.forecast.candidates import Kde
from anlan.engine.analysis.forecast.predictive import Predictive, dispersion

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.analysis.forecast.candidates import Candidate, Fitted
    from anlan.engine.analysis.forecast.history import CellHistory

AREA_SHARE = 0.01
LEAST_EVENTS, LEAST_BLOCKS = 60, 4
TOLERANCE = 0.01
TRIAL_DAYS = 84


@dataclass(frozen=True)
class Tried:
    """A candidate's marks on the trial blocks: hit rate at 1 % of cells, bits an incident, total."""

    name: str
    hit_rate: float
    bits: float
    total: float


@dataclass(frozen=True, eq=False)
class Choice:
    """The forecast to use, and why.

    `reason`: "best" (most bits and no fewer hits than counts), "gated" (one with more bits caught fewer than
    counts do and was passed over), "counts" (nothing beats counts: they are used, and the screens say so),
    "few" (too few incidents or blocks to judge: four-year counts). `missing`: candidates that could not run.
    `alpha`: dispersion per cell that the used one showed on the trial blocks, (C,).
    """

    name: str
    reason: str
    fitted: Fitted
    table: tuple[Tried, ...]
    events: int
    blocks: int
    missing: tuple[str, ...]
    alpha: NDArray[np.float64]

    def predictive(self, horizon: int) -> Predictive:
        """Return the distribution of each cell's count over the next `horizon` days together, (C,)."""
        return Predictive(self.fitted.expected(horizon).sum(axis=1), self.alpha)

    @property
    def better_than_counts(self) -> bool:
        """Whether a model is in use, not counts."""
        return self.reason in ("best", "gated")


@dataclass(frozen=True)
class Chosen:
    """The choice as a candidate of its own, refitted at every origin.

    Attributes:
        horizon: days to forecast; the blocks of learning and trial are as long.
        blocks: trial blocks; None is about twelve weeks of exposed days, 6 to 28 blocks.
        threads: of LightGBM.
        trees: whether the trees on the bank take part.

    """

    horizon: int = 7
    blocks: int | None = None
    threads: int = 1
    trees: bool = True
    name: str = "anlan"

    def __post_init__(self) -> None:
        """Refuse values without meaning, naming the parameter."""
        for name in ("horizon", "blocks", "threads"):
            if getattr(self, name) is not None and getattr(self, name) < 1:
                raise ValueError(f"{name}: {getattr(self, name)} is not positive")

    def fit(self, history: CellHistory) -> Fitted:
        """Choose and fit."""
        return choose(history, self).fitted


def choose(history: CellHistory, how: Chosen | None = None) -> Choice:
    """Try the candidates on the last blocks of a history and fit the one to use on all of it."""
    how = how or Chosen()
    learners, missing = _learners(how)
    parts = (*learners, *counts())
    wanted = how.blocks or max(6, min(28, TRIAL_DAYS // how.horizon))
    done = trial(history, (*parts, Kde()), how.horizon, wanted)
    events, blocks = int(done.observed.sum()), len(done.starts)
    if events < LEAST_EVENTS or blocks < LEAST_BLOCKS:
        fitted = counts()[1].fit(history)
        alpha = _dispersion(done, "four years")
        return Choice("four years", "few", fitted, (), events, blocks, missing, alpha)
    pool = Blend(learners, how.horizon, wanted)
    tried = _with_blend(done, pool) if len(learners) > 1 else done
    table = tuple(_marks(tried, name) for name in tried.names)
    name, reason = _picked(tried, table)
    made: dict[str, Candidate] = {one.name: one for one in (*parts, Kde())}
    of_pool = name == pool.name
    fitted = pool.judged(history, _only(done, learners)) if of_pool else made[name].fit(history)
    alpha = _dispersion(tried, name)
    return Choice(name, reason, fitted, table, events, blocks, missing, alpha)


def _learners(how: Chosen) -> tuple[tuple[Candidate, ...], tuple[str, ...]]:
    bank = KernelBank(horizon=how.horizon)
    if not how.trees:
        return (bank,), ()
    if not boosted.available():
        return (bank,), ("boosted",)
    return (bank, Boosted(bank, threads=how.threads)), ()


def _only(done: Trial, parts: tuple[Candidate, ...]) -> Trial:
    kept = [done.names.index(part.name) for part in parts]
    return Trial(tuple(part.name for part in parts), done.expected[kept], done.observed, done.starts)


def _with_blend(done: Trial, pool: Blend) -> Trial:
    """Add the pool of learners; its weights at each block know only the blocks before."""
    some = _only(done, pool.parts)
    mixed = np.empty_like(done.observed)
    for j in range(len(done.starts)):
        early = Trial(some.names, some.expected[:, :j], some.observed[:j], some.starts[:j])
        weights = early.weights(pool.prior) if early.observed.any() else np.full(len(some.names), 1.0)
        mixed[j] = np.tensordot(weights / weights.sum(), some.expected[:, j], 1)
    expected = np.concatenate((done.expected, mixed[None]))
    return Trial((*done.names, pool.name), expected, done.observed, done.starts)


def _marks(tried: Trial, name: str) -> Tried:
    expected = tried.expected[tried.names.index(name)]
    came = float(tried.observed.sum())
    bits = sum(gain_bits(e, o) for e, o in zip(expected, tried.observed, strict=True) if o.any())
    return Tried(name, float(_hits(tried, name).sum()) / came, bits / came, float(expected.sum()) / came)


def _dispersion(tried: Trial, name: str) -> NDArray[np.float64]:
    return dispersion(tried.observed.T, tried.expected[tried.names.index(name)].T)


def _hits(tried: Trial, name: str) -> NDArray[np.float64]:
    """Return incidents caught in the top 1 % of cells in each block, (B,)."""
    expected = tried.expected[tried.names.index(name)]
    return np.array([hits(e, o, AREA_SHARE)[0] for e, o in zip(expected, tried.observed, strict=True)])


def _picked(tried: Trial, table: tuple[Tried, ...]) -> tuple[str, str]:
    """Return the name to use and the reason."""
    baselines = [one.name for one in counts()]
    marks = {row.name: row for row in table}
    reference = max(baselines, key=lambda name: marks[name].hit_rate)
    models = sorted((row for row in table if row.name not in baselines), key=lambda row: -row.bits)
    best_counts = max(marks[name].bits for name in baselines)
    for i, row in enumerate(models):
        if row.bits <= best_counts:
            break
        if not _catches_less(_hits(tried, row.name), _hits(tried, reference)):
            return row.name, "best" if i == 0 else "gated"
    return reference, "counts"


def _catches_less(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> bool:
    lost = theirs - ours
    error = float(np.std(lost, ddof=1)) * np.sqrt(len(lost))
    return bool(lost.sum() > max(TOLERANCE * theirs.sum(), error))
