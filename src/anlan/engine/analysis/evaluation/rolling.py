"""Rolling origins: forecast again and again from what was known, and score what then came.

At each origin a candidate gets a history that *ends* the day before: the future is cut off before anything
is passed on, so that no candidate can peek even by mistake (Tashman 2000, *International Journal of
Forecasting* 16). The study area is the history's cells; make it with `CellHistory.from_points(settled=first
origin)`, so that not even the footprint knows what came later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.engine.analysis.evaluation.bootstrap import Difference, block_bootstrap_difference
from anlan.engine.analysis.evaluation.calibration import dispersion, pit
from anlan.engine.analysis.evaluation.scores import gain_bits, hits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    from anlan.engine.analysis.forecast.candidates import Candidate
    from anlan.engine.analysis.forecast.history import CellHistory

AREA_SHARES = (0.01, 0.02, 0.05)


@dataclass(frozen=True, eq=False)
class Scores:
    """What candidates scored at each origin; K candidates, O origins, S shares of the area, C cells.

    Attributes:
        names: of the candidates, (K,).
        origins: first day of each window, datetime64[D], (O,); skipped ones are left out.
        horizon: days in a window.
        shares: parts of the area, (S,).
        observed: incidents per cell and window, (O, C).
        expected: forecast of the same, (K, O, C).
        hits: incidents in the highest cells, (K, O, S).
        bits: log-likelihood gain over the even rate, (K, O).
        skipped: origins whose window was not wholly recorded.

    """

    names: tuple[str, ...]
    origins: NDArray[Any]
    horizon: int
    shares: tuple[float, ...]
    observed: NDArray[np.float32]
    expected: NDArray[np.float32]
    hits: NDArray[np.float64]
    bits: NDArray[np.float64]
    skipped: int

    @property
    def events(self) -> NDArray[np.float64]:
        """Incidents that came in each window, (O,)."""
        return np.asarray(self.observed.sum(axis=1), float)

    def hit_rate(self, name: str) -> NDArray[np.float64]:
        """Return hits of all windows over incidents of all windows, (S,)."""
        return np.asarray(self.hits[self._at(name)].sum(axis=0) / max(self.events.sum(), 1))

    def pai(self, name: str) -> NDArray[np.float64]:
        """Return hit rate over share of the area, (S,)."""
        return np.asarray(self.hit_rate(name) / np.array(self.shares))

    def pei(self, name: str) -> NDArray[np.float64]:
        """Return hits of all windows over the most that could have been hit in equal areas, (S,)."""
        best = np.sum([hits(came, came, self.shares) for came in self.observed], axis=0)
        return np.asarray(self.hits[self._at(name)].sum(axis=0) / np.maximum(best, 1e-300))

    def bits_per_event(self, name: str) -> float:
        """Return bits of all windows over incidents of all windows."""
        return float(self.bits[self._at(name)].sum() / max(self.events.sum(), 1))

    def totals_ratio(self, name: str) -> float:
        """Return incidents forecast over incidents that came."""
        return float(self.expected[self._at(name)].sum(dtype=np.float64) / max(self.events.sum(), 1))

    def pit(self, name: str, size: float | None = None, *, above: float = 0.0) -> NDArray[np.float64]:
        """Return the deciles' shares (see `calibration.pit`) over cells and windows from `above` on."""
        forecast = self.expected[self._at(name)]
        kept = forecast >= above
        if not kept.any():
            return np.full(10, np.nan)
        return pit(self.observed[kept], forecast[kept], size)

    def dispersion(self, name: str) -> float:
        """Return the negative-binomial size that the windows show (see `calibration.dispersion`)."""
        return dispersion(self.observed, self.expected[self._at(name)])

    def hits_over(self, name: str, other: str, share: int = 0, *, block: int = 4) -> Difference:
        """Return by how much, as a part, `name` hits more than `other` at the numbered share of the area."""
        ours, theirs = (self.hits[self._at(one), :, share] for one in (name, other))
        return block_bootstrap_difference(ours, theirs, block, relative=True)

    def bits_over(self, name: str, other: str, *, block: int = 4) -> Difference:
        """Return bits per event of `name` above those of `other`."""
        ours, theirs = (self.bits[self._at(one)] for one in (name, other))
        return block_bootstrap_difference(ours, theirs, block, weight=self.events)

    def by_area(self, name: str, group: ArrayLike) -> dict[int, AreaScore]:
        """Return incidents, forecast and hits at the first share of the *whole* area, by group of cells.

        `group` numbers each cell's area, (C,); negative ones are left out.
        """
        of = np.asarray(group)
        forecast = self.expected[self._at(name)].astype(np.float64)
        caught = np.array(
            [_caught(e, o, self.shares[0]) for e, o in zip(forecast, self.observed, strict=True)]
        )
        found = {}
        for number in np.unique(of[of >= 0]):
            one = of == number
            parts = (self.observed[:, one], forecast[:, one], caught[:, one])
            found[int(number)] = AreaScore(*(float(part.sum(dtype=np.float64)) for part in parts))
        return found

    def _at(self, name: str) -> int:
        return self.names.index(name)


@dataclass(frozen=True)
class AreaScore:
    """One part of the study area: incidents that came, were forecast, and came to flagged cells."""

    observed: float
    expected: float
    hits: float


def rolling_origins(
    history: CellHistory,
    candidates: Sequence[Candidate],
    origins: ArrayLike,
    horizon: int,
    *,
    shares: Sequence[float] = AREA_SHARES,
) -> Scores:
    """Fit each candidate before each origin and score the `horizon` days from it on.

    Args:
        history: the whole record; a candidate sees only days before its origin.
        candidates: what to compare; names must differ.
        origins: first days of windows, datetime64[D], rising, (O,). A window with a day that was not recorded
            (SF publishes alternate weeks only) or that the history does not reach is skipped and counted.
        horizon: days in a window.
        shares: parts of the area for hit rates.

    Raises:
        ValueError: names repeat, `horizon` is below 1, or no window is left.

    """
    names = tuple(one.name for one in candidates)
    if len(set(names)) != len(names):
        raise ValueError(f"candidates: names repeat in {names}")
    known = recorded(history, origins, horizon)
    came = np.array([_window(history, at, horizon) for at in known], np.float32)
    forecast = np.empty((len(names), *came.shape), np.float32)
    for k, candidate in enumerate(candidates):
        for o, at in enumerate(known):
            forecast[k, o] = candidate.fit(history.until(int(at))).expected(horizon).sum(axis=1)
    return _scored(names, history.days[known], horizon, tuple(shares), came, forecast, np.size(origins))


def by_type(
    histories: Mapping[str, CellHistory],
    candidates: Sequence[Candidate],
    origins: ArrayLike,
    horizon: int,
    *,
    shares: Sequence[float] = AREA_SHARES,
) -> dict[str, Scores]:
    """Return `rolling_origins` of each type's own history."""
    return {
        name: rolling_origins(one, candidates, origins, horizon, shares=shares)
        for name, one in histories.items()
    }


def recorded(history: CellHistory, origins: ArrayLike, horizon: int) -> NDArray[np.int64]:
    """Return the origins, as numbers of days, with a past and whose whole window was recorded.

    Raises:
        ValueError: `horizon` is below 1, or no origin is left.

    """
    if horizon < 1:
        raise ValueError(f"horizon: {horizon} is below 1")
    at = (np.atleast_1d(np.asarray(origins, "datetime64[D]")) - history.days[0]).astype(np.int64)
    closed = np.append(0, np.cumsum(~history.exposed))
    inside = (at > 0) & (at + horizon <= len(history.days))
    at = at[inside]
    past = np.cumsum(history.exposed)[at - 1] > 0
    kept = at[(closed[at + horizon] == closed[at]) & past]
    if not len(kept):
        raise ValueError("origins: no window has a past and was wholly recorded")
    return np.asarray(kept, np.int64)


def _window(history: CellHistory, at: int, horizon: int) -> NDArray[np.float32]:
    return history.counts[:, at : at + horizon].sum(axis=1).astype(np.float32)


def _scored(
    names: tuple[str, ...],
    origins: NDArray[Any],
    horizon: int,
    shares: tuple[float, ...],
    came: NDArray[np.float32],
    forecast: NDArray[np.float32],
    asked: int,
) -> Scores:
    found = [[hits(one, seen, shares) for one, seen in zip(each, came, strict=True)] for each in forecast]
    gained = [[gain_bits(one, seen) for one, seen in zip(each, came, strict=True)] for each in forecast]
    return Scores(
        names, origins, horizon, shares, came, forecast,
        np.array(found), np.array(gained), asked - len(origins),
    )  # fmt: skip


def _caught(score: NDArray[Any], count: NDArray[Any], share: float) -> NDArray[np.float64]:
    """Return each cell's part in `hits`: its incidents times its chance to be among the highest."""
    wanted = share * len(score)
    edge = -np.partition(-score, min(int(np.ceil(wanted)), len(score)) - 1)[int(np.ceil(wanted)) - 1]
    near = np.abs(score - edge) <= 1e-10 * max(float(np.abs(score).max()), 1e-300)
    above = (score > edge) & ~near
    return np.asarray(count * (above + near * (wanted - above.sum()) / near.sum()), np.float64)
