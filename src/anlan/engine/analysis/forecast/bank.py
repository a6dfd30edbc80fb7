"""Kernel bank: exponential decays × Gaussian bandwidths × rhythm with non-negative weights by EM.

A self-exciting process (Mohler et al. 2011, *JASA* 106) on cells and days whose trigger is a mixture of fixed
kernels. Every kernel is a forecast of its own: decayed counts divided by decayed *exposure* and spread by a
Gaussian that keeps sums, so a unit weight alone forecasts the right total however many days are missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.analysis.forecast import _kernels
from anlan.engine.analysis.forecast.candidates import Shares
from anlan.engine.analysis.forecast.level import beats
from anlan.engine.analysis.forecast.smoothing import Raster

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.analysis.forecast.history import CellHistory


@dataclass(frozen=True)
class KernelBank:
    """The bank's settings.

    Attributes:
        half_lives: of the decays, days.
        bandwidths: standard deviations of the Gaussians, metres; 0 is the cell itself.
        horizon: days of the blocks that the weights are learned on: about the horizon to forecast.
        blocks: how many past blocks, ending with the history's last exposed day; None is about a year of
            exposed days, 13 to 156 blocks.
        iterations: of EM.
        prior: events' worth of belief, spread over the kernels, that their weights are equal.
        background: least weight of the even background.

    """

    half_lives: tuple[float, ...] = (3.0, 7.0, 14.0, 30.0, 90.0, 365.0, 1460.0, 10_000.0)
    bandwidths: tuple[float, ...] = (0.0, 100.0, 200.0, 400.0, 800.0)
    horizon: int = 7
    blocks: int | None = None
    iterations: int = 40
    prior: float = 20.0
    background: float = 0.002
    name: str = "kernel bank"

    def __post_init__(self) -> None:
        """Refuse values without meaning, naming the parameter."""
        if not self.half_lives or min(self.half_lives) <= 0:
            raise ValueError(f"half_lives: {self.half_lives}; expected at least one, all positive")
        if not self.bandwidths or min(self.bandwidths) < 0:
            raise ValueError(f"bandwidths: {self.bandwidths}; expected at least one, none negative")
        for name in ("horizon", "blocks", "iterations"):
            if getattr(self, name) is not None and getattr(self, name) < 1:
                raise ValueError(f"{name}: {getattr(self, name)} is not positive")
        if not 0 < self.background < 1 or self.prior < 0:
            raise ValueError(f"background, prior: {self.background}, {self.prior}")

    def fit(self, history: CellHistory) -> FittedBank:
        """Learn the weights on past blocks and keep the kernels as they stand at the history's end."""
        # kernels much longer than the history are all its plain mean: one of them is enough
        told = [d for d in self.half_lives if d <= 4 * len(history.days)] or [min(self.half_lives)]
        bank = Bank(history, tuple(told), self.bandwidths)
        starts = learning_starts(history.exposed, self.horizon, self.blocks)
        return _standing(bank, self._weights(bank, starts))

    def _weights(self, bank: Bank, starts: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return a weight per kernel, (K,), background last."""
        size = bank.size
        even = np.full(size, 1.0 / size)
        if not len(starts):
            return even
        features, count, mass = bank.training(starts, self.horizon)
        prior = np.full(size, self.prior)
        weights = _kernels.em(features, count, mass, even, prior, self.iterations)
        weights[-1] = max(weights[-1], self.background)
        return np.asarray(weights / weights.sum())


@dataclass(frozen=True, eq=False)
class FittedBank:
    """Weights per kernel (K,) and the rate per cell and standard day (C,) at the history's end."""

    history: CellHistory
    rate: NDArray[np.float64]
    weights: NDArray[np.float64]
    bank: Bank

    def expected(self, horizon: int) -> NDArray[np.float64]:
        """Return incidents expected per cell and day, (C, horizon), at the county's level."""
        return Shares(self.history, self.rate / self.rate.sum()).expected(horizon)

    def moved(self, history: CellHistory) -> FittedBank:
        """Return the same weights on kernels as they stand at the end of another, later history."""
        return _standing(Bank(history, self.bank.half_lives, self.bank.bandwidths), self.weights)


def _standing(bank: Bank, weights: NDArray[np.float64]) -> FittedBank:
    kernels = bank.features(np.array([len(bank.history.days)]))[0]
    return FittedBank(bank.history, np.asarray(weights @ kernels, np.float64), weights, bank)


class Bank:
    """The kernels of a history as they stood before any of its days."""

    def __init__(
        self, history: CellHistory, half_lives: tuple[float, ...], bandwidths: tuple[float, ...]
    ) -> None:
        """List the events by day and the exposure of each day."""
        self.history, self.half_lives, self.bandwidths = history, half_lives, bandwidths
        self.raster = Raster(history)
        self.beat = np.append(beats(history, 1)[:-1] * history.exposed, 0.0)
        self.day, self.cell, self.count = history.entries
        self.keep = 0.5 ** (1 / np.asarray(half_lives, float))

    @property
    def size(self) -> int:
        """Number of kernels, the even background included."""
        return len(self.half_lives) * len(self.bandwidths) + 1

    def rates(self, ends: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return decayed counts by decayed exposure before each of the rising `ends`, (B, half-lives, C)."""
        cells = len(self.history.x)
        states = _kernels.decayed_states(self.cell, self.day, self.count, ends, self.keep, cells)
        open_days = np.maximum(self._exposures(ends), 1e-6)[:, :, None]
        return np.asarray(states / open_days, np.float32)

    def _exposures(self, ends: NDArray[np.int64]) -> NDArray[np.float64]:
        open_days = np.flatnonzero(self.beat)
        nothing = np.zeros(len(open_days), np.int64)
        weight = self.beat[open_days].astype(np.float32)
        return np.asarray(
            _kernels.decayed_states(nothing, open_days, weight, ends, self.keep, 1)[:, :, 0], float
        )

    def features(self, ends: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return every kernel before each end, (B, K, C): half-life by half-life, bandwidths inside."""
        rates = self.rates(ends)
        cells = rates.shape[2]
        out = np.empty((len(ends), self.size, cells), np.float32)
        for j, bandwidth in enumerate(self.bandwidths):
            out[:, j : -1 : len(self.bandwidths)] = self.raster.gaussian32(rates, bandwidth)
        out[:, -1] = rates[:, -1].sum(axis=1, keepdims=True) / cells
        return out

    def training(
        self, starts: NDArray[np.int64], horizon: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float64]]:
        """Return kernels where something came (N, K), how many came (N,), and each kernel's mass (K,)."""
        rows, counts, mass = [], [], np.zeros(self.size)
        for first in range(0, len(starts), 8):
            some = starts[first : first + 8]
            features = self.features(some)
            came = np.stack([self.history.came(start, horizon) for start in some])
            open_days = np.array([self.beat[start : start + horizon].sum() for start in some])
            block, cell = np.nonzero(came)
            rows.append(features[block, :, cell])
            counts.append(came[block, cell])
            mass += open_days @ features.sum(axis=2, dtype=np.float64)
        return np.concatenate(rows), np.concatenate(counts).astype(np.float32), mass


def learning_starts(exposed: NDArray[np.bool_], horizon: int, blocks: int | None) -> NDArray[np.int64]:
    """Return the first days of the blocks to learn on: by default those of a year, 13 to 156.

    Blocks with less than half of the recorded past behind them are left out: long kernels were short then,
    and weights learned on them would smooth more than the whole past needs.
    """
    starts = block_starts(exposed, horizon, blocks or max(13, min(156, 364 // horizon)))
    behind = np.cumsum(exposed)[starts - 1]
    return starts[behind >= exposed.sum() / 2]


def block_starts(exposed: NDArray[np.bool_], horizon: int, blocks: int) -> NDArray[np.int64]:
    """Return the first days of the last blocks with a fully exposed stretch of `horizon` days, rising.

    Blocks do not overlap; where no stretch is that long (single days are missing), half of the days suffice.
    """
    for least in (horizon, (horizon + 1) // 2):
        found: list[int] = []
        at = len(exposed) - horizon
        run = np.concatenate(([0], np.cumsum(exposed)))
        while at > 0 and len(found) < blocks:
            enough = run[at + horizon] - run[at] >= least
            if enough and run[at] > 0:
                found.append(at)
            at -= horizon if enough else 1
        if len(found) >= min(blocks, 4):
            break
    return np.array(found[::-1], np.int64)
