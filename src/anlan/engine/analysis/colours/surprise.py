"""How surprising each window was when it came: mean, dispersion and tail from days before it alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.engine.analysis.colours.dispersion import dispersions
from anlan.engine.analysis.colours.tail import upper_mid_p
from anlan.engine.analysis.decay import past, pulse, rates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from anlan.engine.analysis.colours.watch import Watch

MIN_EFFECTIVE_DAYS = 14.0
MIN_EXPECTED = 0.5
REFRESH_DAYS = 28


@dataclass(frozen=True, eq=False)
class Surprise:
    """Upper mid-p values before each of the last days and the day to come.

    `p`: shape (streams, windows, beats, days), NaN where a window had no data or is not used for that stream;
    `observed`, `expected`, `dispersion` alike, never NaN; `least`: minimum over streams and windows, shape
    (beats, days), NaN also where too little is expected to tell. The last day is the one to come.
    """

    streams: tuple[str, ...]
    windows: tuple[int, ...]
    p: NDArray[np.float64]
    observed: NDArray[np.float64]
    expected: NDArray[np.float64]
    dispersion: NDArray[np.float64]
    least: NDArray[np.float64]

    @property
    def daily_dispersion(self) -> NDArray[np.float64]:
        """Return each beat's dispersion of all its incidents over the shortest window; shape (beats,)."""
        return self.dispersion[0, int(np.argmin(self.windows)), :, -1]


def surprise(
    counts: NDArray[Any], days: NDArray[Any], exposed: NDArray[np.bool_], streams: Sequence[str], watch: Watch
) -> Surprise:
    """Return the surprise of each window for the last `watch.calibration` days and the day to come.

    Every figure of a day rests on earlier days alone, so past p-values are what would have been said then.

    Args:
        counts: incidents, shape (streams, beats, T).
        days: datetime64[D], shape (T,).
        exposed: whether a day had data, shape (T,).
        streams: names, shape (streams,); the first holds all incidents.
        watch: windows and weights.

    Raises:
        ValueError: shapes do not fit together.

    """
    if (
        counts.ndim != 3
        or counts.shape[0] != len(streams)
        or not counts.shape[2] == len(days) == len(exposed)
    ):
        raise ValueError(f"counts: shape {counts.shape}, {len(streams)} streams and {len(days)} days")
    whole = days.astype("datetime64[D]")
    longer = np.append(whole, whole[-1] + np.timedelta64(1, "D"))
    kept = min(watch.calibration, max(len(days) - max(watch.windows) - watch.how.guard, 1)) + 1
    parts = [_one_stream(stream, longer, exposed, watch, kept) for stream in counts]
    p, observed, expected, dispersion = (np.stack([part[i] for part in parts]) for i in range(4))
    sparse = expected[0, int(np.argmax(watch.windows))] < MIN_EXPECTED
    least = np.where(sparse, np.nan, _nan_min(p))
    return Surprise(tuple(streams), watch.windows, p, observed, expected, dispersion, least)


def known_pulse(daily: NDArray[Any], longer: NDArray[Any], exposed: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return weekday × season of each day by what was known on the first of its 28 days; (T,).

    The first 28 days know neither and have 1.
    """
    found = np.ones(len(longer))
    for start in range(REFRESH_DAYS, len(longer), REFRESH_DAYS):
        until = start + REFRESH_DAYS
        found[start:until] = pulse(daily[:start], longer[:until], exposed[:start])[start:]
    return found


def _one_stream(
    counts: NDArray[Any], longer: NDArray[Any], exposed: NDArray[np.bool_], watch: Watch, kept: int
) -> tuple[NDArray[np.float64], ...]:
    """Return p, observed, expected, dispersion of one stream, each (windows, beats, kept)."""
    beat = known_pulse(counts.sum(axis=0), longer, exposed) * np.append(exposed, True)
    padded = np.pad(counts.astype(float), ((0, 0), (0, 1)))
    rate, _ = rates(padded, beat, watch.how)
    counted = np.concatenate((np.zeros((len(counts), 1)), np.cumsum(padded, axis=1)), axis=1)
    open_days = np.concatenate(([0.0], np.cumsum(beat)))
    old = past(np.append(exposed, True).astype(float), watch.how.half_life, watch.how.guard)
    parts = [_one_window(counted, open_days, rate, old, kept, size, watch) for size in watch.windows]
    return tuple(np.stack([part[i] for part in parts]) for i in range(4))


def _one_window(
    counted: NDArray[np.float64],
    open_days: NDArray[np.float64],
    rate: NDArray[np.float64],
    old: NDArray[np.float64],
    kept: int,
    window: int,
    watch: Watch,
) -> tuple[NDArray[np.float64], ...]:
    end = np.arange(rate.shape[1])
    start = np.maximum(end - window, 0)
    observed = counted[:, end] - counted[:, start]
    exposure = open_days[end] - open_days[start]
    expected = rate[:, start] * exposure
    known = (exposure > 0) & (old[start] >= MIN_EFFECTIVE_DAYS)
    spread = dispersions(observed, expected, known, window, kept)
    late = slice(len(end) - kept, None)
    observed, expected = observed[:, late], expected[:, late]
    used = (exposure[late] > 0) & (expected > 0)
    if window > watch.short:
        used &= rate[:, start[late]] < watch.busy
    p = np.full(expected.shape, np.nan)
    p[used] = upper_mid_p(observed[used], expected[used], spread[used])
    return p, observed, expected, spread


def _nan_min(p: NDArray[np.float64]) -> NDArray[np.float64]:
    least = np.where(np.isnan(p), np.inf, p).min(axis=(0, 1))
    return np.where(np.isinf(least), np.nan, least)
