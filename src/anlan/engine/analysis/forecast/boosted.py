"""Boosted trees on what the kernel bank leaves over: a Poisson LightGBM that starts from the bank's forecast.

The trees see each kernel relative to the bank's rate, place and season of past blocks, and learn a factor on
the bank's expectation (its logarithm is the initial score): without structure left they change little.
Source: Ke et al. 2017, *LightGBM*, NeurIPS 30.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.engine.analysis.decay import day_of_year
from anlan.engine.analysis.forecast.bank import FittedBank, KernelBank, learning_starts
from anlan.engine.analysis.forecast.candidates import Shares

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.analysis.forecast.history import CellHistory

LEAST_EVENTS = 200


def available() -> bool:
    """Whether LightGBM can be imported."""
    return importlib.util.find_spec("lightgbm") is not None


@dataclass(frozen=True)
class Boosted:
    """Settings of the trees.

    Attributes:
        bank: the kernel bank to start from.
        blocks: past blocks to learn on; None is as many as the bank's default.
        trees, leaves, rate: number of trees, their leaves, the learning rate.
        least: fewest rows in a leaf.
        shrink: L2 penalty on a leaf's factor, in expected incidents.
        rows: about how many rows to learn on; rows without incident are thinned, and weighed up again.
        threads: of LightGBM; results do not depend on it.
        seed: of the thinning and of feature sampling.

    """

    bank: KernelBank = field(default_factory=KernelBank)
    blocks: int | None = None
    trees: int = 60
    leaves: int = 12
    rate: float = 0.05
    least: int = 200
    shrink: float = 10.0
    rows: int = 100_000
    threads: int = 1
    seed: int = 0
    name: str = "boosted"

    def __post_init__(self) -> None:
        """Refuse values without meaning, naming the parameter."""
        for name in ("blocks", "trees", "least", "rows", "threads"):
            if getattr(self, name) is not None and getattr(self, name) < 1:
                raise ValueError(f"{name}: {getattr(self, name)} is not positive")
        if self.leaves < 2 or not 0 < self.rate <= 1 or self.shrink < 0:
            raise ValueError(f"leaves, rate, shrink: {self.leaves}, {self.rate}, {self.shrink}")

    def fit(self, history: CellHistory) -> FittedTrees:
        """Learn factors on the bank; with under 200 incidents to learn from, the bank stands unchanged.

        Raises:
            ImportError: LightGBM is not installed (see `available`).

        """
        return self.on(self.bank.fit(history))

    def on(self, fitted: FittedBank) -> FittedTrees:
        """Learn on a bank that is fitted already."""
        starts = learning_starts(fitted.history.exposed, self.bank.horizon, self.blocks)
        table = _table(fitted, starts, self)
        model = None if table is None else self._trained(*table)
        return _standing(fitted, model, self.threads)

    def _trained(
        self,
        features: NDArray[np.float32],
        count: NDArray[np.float64],
        start: NDArray[np.float64],
        weight: NDArray[np.float64],
    ) -> Any:
        import lightgbm  # noqa: PLC0415 a slow import, and the library may be missing

        rows = lightgbm.Dataset(features, count, weight=weight, init_score=start, free_raw_data=True)
        how = {
            "objective": "poisson", "boost_from_average": False, "num_leaves": self.leaves,
            "learning_rate": self.rate, "min_data_in_leaf": self.least, "lambda_l2": self.shrink,
            "max_bin": 63, "feature_fraction": 0.7, "seed": self.seed, "num_threads": self.threads,
            "deterministic": True, "force_row_wise": True, "verbosity": -1,
        }  # fmt: skip
        return lightgbm.train(how, rows, self.trees)


@dataclass(frozen=True, eq=False)
class FittedTrees:
    """The bank, the trees on it (None: too little to learn from) and the rate per cell, (C,)."""

    bank: FittedBank
    model: Any
    rate: NDArray[np.float64]
    threads: int

    def expected(self, horizon: int) -> NDArray[np.float64]:
        """Return incidents expected per cell and day, (C, horizon), at the county's level."""
        return Shares(self.bank.history, self.rate / self.rate.sum()).expected(horizon)

    def moved(self, history: CellHistory) -> FittedTrees:
        """Return the same trees on kernels as they stand at the end of another, later history."""
        return _standing(self.bank.moved(history), self.model, self.threads)


def _standing(fitted: FittedBank, model: Any, threads: int) -> FittedTrees:
    if model is None:
        return FittedTrees(fitted, None, fitted.rate, threads)
    end = len(fitted.history.days)
    kernels = fitted.bank.features(np.array([end]))[0].T
    cell = np.arange(len(kernels))
    now = _features(fitted, kernels, fitted.rate, cell, np.full(len(cell), end))
    factor = np.exp(model.predict(now, raw_score=True, num_threads=threads))
    return FittedTrees(fitted, model, fitted.rate * factor, threads)


def _table(fitted: FittedBank, starts: NDArray[np.int64], how: Boosted) -> Any:
    """Return features (N, F), counts, log expectation and weights of rows to learn on, None if too few."""
    cells = len(fitted.rate)
    thin = max(1.0, len(starts) * cells / how.rows)
    rng = np.random.default_rng(how.seed)
    parts = [
        _rows(fitted, starts[first : first + 8], how.bank.horizon, thin, rng)
        for first in range(0, len(starts), 8)
    ]
    if not parts or sum(part[1].sum() for part in parts) < LEAST_EVENTS:
        return None
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True))


def _rows(
    fitted: FittedBank, starts: NDArray[np.int64], horizon: int, thin: float, rng: np.random.Generator
) -> tuple[NDArray[Any], ...]:
    """Return the rows of a few blocks: all with incidents, one in `thin` of the others."""
    bank = fitted.bank
    came = np.stack([fitted.history.came(start, horizon) for start in starts])
    open_days = np.array([bank.beat[start : start + horizon].sum() for start in starts])
    block, cell = np.nonzero((came > 0) | (rng.random(came.shape) < 1 / thin))
    kernels = bank.features(starts)[block, :, cell]
    rate = kernels @ fitted.weights
    count = came[block, cell]
    log_mean = np.log(rate * open_days[block] + 1e-9)
    return (
        _features(fitted, kernels, rate, cell, starts[block]),
        count,
        log_mean,
        np.where(count > 0, 1.0, thin),
    )


def _features(
    fitted: FittedBank,
    kernels: NDArray[np.float32],
    rate: NDArray[np.float64],
    cell: NDArray[np.int64],
    end: NDArray[np.int64],
) -> NDArray[np.float32]:
    """Return what the trees see of rows (N, F): rate, kernels relative to it, place, season."""
    history, wide = fitted.history, len(fitted.bank.bandwidths)
    used = [k for k in range(kernels.shape[1] - 1) if k % wide % 2 == 0]  # every other bandwidth
    days = np.append(history.days, history.coming(1))
    angle = (2 * np.pi * day_of_year(days) / 365.25)[end]
    beside = (np.log(rate + 1e-9), history.x[cell], history.y[cell], np.cos(angle), np.sin(angle))
    relative = kernels[:, used] / (rate + 1e-9)[:, None]
    return np.column_stack((*beside, relative)).astype(np.float32)
