"""Alert colours: how surprising the last days of a beat are, against its own level.

For each stream (all incidents, and each large category), beat and window of 1, 3, 7 and 14 days that ends the
day before, the count is held against a negative-binomial predictive: mean from `decay` (half-life 60 days, a
guard of 2 days before the window), dispersion by moments, shrunk to all beats'. The upper mid-p values are
combined by their minimum, and the minimum is calibrated on the system's own minima of the past year: red when
at most 1 % of past beat-days were as surprising, orange for the next 4 %, yellow for the next 15 %. So the
colours keep a false-alarm budget whatever the model's faults. Level (what is expected) is told beside it,
never mixed into it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from anlan.engine.analysis.decay import YEAR, Decay, pulse, rates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

METHOD = "gamma-poisson-minp/1"
MIN_POOL = 100
MIN_EFFECTIVE_DAYS = 14.0
MIN_EXPECTED = 0.5
ADDED_DOWN_TO, UNDERFLOWS = 1e-3, -600.0


@dataclass(frozen=True)
class Budget:
    """Shares of beat-days that may be red, orange, yellow by chance."""

    red: float = 0.01
    orange: float = 0.04
    yellow: float = 0.15

    def __post_init__(self) -> None:
        """Refuse shares that are negative or leave no green."""
        for name in ("red", "orange", "yellow"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name}: {getattr(self, name)} is negative")
        if self.red + self.orange + self.yellow >= 1:
            raise ValueError("red, orange, yellow: together they leave no day green")


@dataclass(frozen=True)
class Watch:
    """What is watched and how: windows in days ending the day before, weights of the past, the budget."""

    windows: tuple[int, ...] = (1, 3, 7, 14)
    how: Decay = field(default_factory=lambda: Decay(guard=2))
    budget: Budget = field(default_factory=Budget)
    calibration: int = YEAR

    def __post_init__(self) -> None:
        """Refuse an empty or non-positive window."""
        if not self.windows or min(self.windows) < 1:
            raise ValueError(f"windows: {self.windows} must be days of at least 1")


@dataclass(frozen=True, eq=False)
class Surprise:
    """Upper mid-p values before each of the last days and the day to come.

    `p`: shape (streams, windows, beats, days), NaN where a window had no data; `observed`, `expected` alike;
    `least`: minimum over streams and windows, shape (beats, days). The last day is the one to come.
    """

    streams: tuple[str, ...]
    windows: tuple[int, ...]
    p: NDArray[np.float64]
    observed: NDArray[np.float64]
    expected: NDArray[np.float64]
    least: NDArray[np.float64]


@dataclass(frozen=True)
class Alert:
    """One beat's colour for the day to come, with what made it.

    `p` is calibrated (share of past beat-days as surprising), None when unknown; `stream` "" is all of them;
    `why` is "" or why the colour is unknown: "history" (too short), "silent" (no data of late), "sparse".
    """

    beat_code: str
    colour: str
    p: float | None
    stream: str
    window_days: int
    observed: int
    expected: float
    raw_p: float | None
    why: str = ""


def surprise(
    counts: NDArray[Any], days: NDArray[Any], exposed: NDArray[np.bool_], streams: Sequence[str], watch: Watch
) -> Surprise:
    """Return the surprise of each window for the last `watch.calibration` days and the day to come.

    Args:
        counts: incidents, shape (streams, beats, T).
        days: datetime64[D], shape (T,).
        exposed: whether a day had data, shape (T,).
        streams: names, shape (streams,).
        watch: windows and weights.

    """
    longer = np.append(
        days.astype("datetime64[D]"), days[-1].astype("datetime64[D]") + np.timedelta64(1, "D")
    )
    kept = min(watch.calibration, max(len(days) - max(watch.windows) - watch.how.guard, 1)) + 1
    parts = [_one_stream(stream, longer, exposed, watch, kept) for stream in counts]
    p, observed, expected = (np.stack([part[i] for part in parts]) for i in range(3))
    return Surprise(tuple(streams), watch.windows, p, observed, expected, _nan_min(p))


def alerts(of: Surprise, beats: Sequence[str], effective_days: float, budget: Budget) -> list[Alert]:
    """Return the colour of each beat for the day to come."""
    pool = of.least[:, :-1]
    pool = np.sort(pool[np.isfinite(pool)])
    return [_alert(of, i, str(code), effective_days, pool, budget) for i, code in enumerate(beats)]


def calibrated(least: float, pool: NDArray[np.float64]) -> float:
    """Return the share of past beat-days at least as surprising, (1 + rank) / (1 + n); `pool` sorted."""
    return float((1 + np.searchsorted(pool, least, side="right")) / (1 + len(pool)))


def colour_of(p: float, budget: Budget) -> str:
    """Return the colour of a calibrated p-value."""
    if p <= budget.red:
        return "red"
    if p <= budget.red + budget.orange:
        return "orange"
    return "yellow" if p <= budget.red + budget.orange + budget.yellow else "green"


def upper_mid_p(observed: NDArray[Any], mean: NDArray[Any], dispersion: NDArray[Any]) -> NDArray[np.float64]:
    """Return P(Y > y) + ½P(Y = y) of a negative binomial with variance mean + dispersion · mean².

    Counts are few, so the lower tail is added up term by term, p(k) = p(k−1) · q(size + k−1)/k with
    q = mean/(size + mean); where less than `ADDED_DOWN_TO` is left above or the first term underflows, the
    incomplete beta function keeps the digits.
    """
    of = np.broadcast_arrays(
        *(np.asarray(part, float) for part in (observed, mean, 1 / np.maximum(dispersion, 1e-6)))
    )
    count, level, size = (np.ravel(part) for part in of)
    with np.errstate(invalid="ignore", divide="ignore"):
        first = -size * np.log1p(level / size)
    upper = _added_up(count, level / (size + level), size, np.exp(first))
    hard = np.flatnonzero(~(upper >= ADDED_DOWN_TO) | (first < UNDERFLOWS))
    upper[hard] = _upper_mid_p_by_beta(count[hard], level[hard], size[hard])
    return upper.reshape(of[0].shape)


def _added_up(
    count: NDArray[Any], ratio: NDArray[Any], size: NDArray[Any], first: NDArray[Any]
) -> NDArray[np.float64]:
    """Return 1 − P(Y < y) − ½P(Y = y), all (N,); the greatest counts go first."""
    order = np.argsort(-count, kind="stable")
    ratio, size, term = ratio[order], size[order], first[order]
    left = 1 - term / 2
    many = len(count) - np.cumsum(np.bincount(count.astype(np.int64)))  # with a count above k
    for k, unfinished in enumerate(many[:-1].tolist(), start=1):
        now = slice(unfinished)
        following = term[now] * ratio[now] * ((size[now] + (k - 1)) / k)
        left[now] -= (term[now] + following) / 2
        term[now] = following
    upper = np.empty_like(left)
    upper[order] = left
    return upper


def _upper_mid_p_by_beta(count: NDArray[Any], level: NDArray[Any], size: NDArray[Any]) -> NDArray[np.float64]:
    chance = size / (size + level)
    above = special.betaincc(size, count + 1.0, chance)
    from_here = np.where(count > 0, special.betaincc(size, np.maximum(count, 1.0), chance), 1.0)
    return np.asarray((above + from_here) / 2, np.float64)


def _one_stream(
    counts: NDArray[Any], longer: NDArray[Any], exposed: NDArray[np.bool_], watch: Watch, kept: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return p, observed, expected of one stream, each (windows, beats, kept)."""
    beat = pulse(counts.sum(axis=0), longer, exposed) * np.append(exposed, True)
    padded = np.pad(counts.astype(float), ((0, 0), (0, 1)))
    rate, _ = rates(padded, beat, watch.how)
    counted = np.concatenate((np.zeros((len(counts), 1)), np.cumsum(padded, axis=1)), axis=1)
    open_days = np.concatenate(([0.0], np.cumsum(beat)))
    end = np.arange(len(longer) - kept, len(longer))
    parts = [_one_window(counted, open_days, rate, end, window) for window in watch.windows]
    p, observed, expected = (np.stack([part[i] for part in parts]) for i in range(3))
    return p, observed, expected


def _one_window(
    counted: NDArray[Any], open_days: NDArray[Any], rate: NDArray[Any], end: NDArray[Any], window: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    start = np.maximum(end - window, 0)
    observed = counted[:, end] - counted[:, start]
    exposure = open_days[end] - open_days[start]
    expected = rate[:, start] * exposure
    p = upper_mid_p(observed, expected, _dispersion(observed, expected)[:, None])
    return np.where((exposure > 0) & (expected > 0), p, np.nan), observed, expected


def _dispersion(observed: NDArray[Any], expected: NDArray[Any]) -> NDArray[np.float64]:
    """Return each beat's dispersion by moments, (Σ(y−m)² − Σm) / Σm², half its own and half all beats'."""
    excess = ((observed - expected) ** 2 - expected)[:, :-1].sum(axis=1)
    scale = (expected**2)[:, :-1].sum(axis=1)
    pooled = excess.mean(), scale.mean()
    return np.asarray(np.maximum((excess + pooled[0]) / np.maximum(scale + pooled[1], 1e-9), 0), np.float64)


def _nan_min(p: NDArray[np.float64]) -> NDArray[np.float64]:
    least = np.where(np.isnan(p), np.inf, p).min(axis=(0, 1))
    return np.where(np.isinf(least), np.nan, least)


def _alert(
    of: Surprise, index: int, code: str, effective_days: float, pool: NDArray[np.float64], budget: Budget
) -> Alert:
    now = of.p[:, :, index, -1]
    longest = of.expected[0, -1, index, -1]
    why = _why_unknown(now, longest, effective_days, len(pool))
    if why:
        return Alert(code, "unknown", None, "", 0, 0, 0.0, None, why)
    stream, window = np.unravel_index(np.nanargmin(now), now.shape)
    raw = float(now[stream, window])
    p = calibrated(raw, pool)
    return Alert(
        code, colour_of(p, budget), p, of.streams[stream], of.windows[window],
        int(of.observed[stream, window, index, -1]), float(of.expected[stream, window, index, -1]), raw,
    )  # fmt: skip


def _why_unknown(now: NDArray[Any], longest: float, effective_days: float, pool: int) -> str:
    if effective_days < MIN_EFFECTIVE_DAYS or pool < MIN_POOL:
        return "history"
    if np.isnan(now).all():
        return "silent"
    return "sparse" if longest < MIN_EXPECTED else ""
