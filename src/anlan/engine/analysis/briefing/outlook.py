"""What to expect in the coming period, with an interval, and how right the last forecast was.

The mean is the discounted rate before the first coming day times weekday and season of each (`decay`). The
interval is the negative binomial's whose dispersion fits the county's own misses: forecasts of the same
length made at the starts of the periods of the past year, against what came, by moments; half a beat's own,
half all beats'.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from anlan.engine.analysis import forecast
from anlan.engine.analysis.briefing.model import BeatDay, Verdict
from anlan.engine.analysis.decay import YEAR, Decay, pulse, rates
from anlan.engine.analysis.reasons import TypeShare

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.analysis.briefing.model import Evidence
    from anlan.engine.analysis.briefing.periods import Span

TAIL = 0.1
TYPES_SHOWN = 5


@dataclass(frozen=True, eq=False)
class Ahead:
    """Expected counts of the days to come: mean, 80 % limits; (beats + 1,), the last the total."""

    expected: NDArray[np.float64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]


def ahead(
    counts: NDArray[Any], days: NDArray[Any], exposed: NDArray[np.bool_], coming: NDArray[np.bool_]
) -> Ahead:
    """Forecast the days after the last.

    Args:
        counts: incidents, shape (beats, T).
        days: datetime64[D], shape (T,).
        exposed: whether a day had data, shape (T,).
        coming: whether each day to come will have data, shape (horizon,).

    Raises:
        ValueError: no day is to come.

    """
    size, horizon = len(days), len(coming)
    if not horizon:
        raise ValueError("coming: no day to forecast")
    days = days.astype("datetime64[D]")
    longer = np.concatenate((days, days[-1] + np.arange(1, horizon + 1).astype("timedelta64[D]")))
    beat = pulse(counts.sum(axis=0), longer, exposed) * np.append(exposed, coming)
    rate, _ = rates(np.pad(counts, ((0, 0), (0, 1))), beat[: size + 1], Decay())
    expected = with_total(rate[:, size] * beat[size:].sum())
    past = _past(counts, beat, rate, horizon)
    low, high = limits(expected, _dispersion(*past))
    return Ahead(expected, low, high)


def limits(
    mean: NDArray[np.float64], dispersion: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the 10 % and 90 % points of negative binomials with variance mean + dispersion · mean²."""
    size = 1 / np.maximum(dispersion, 1e-6)
    chance = size / (size + mean)
    low, high = (stats.nbinom.ppf(tail, size, chance) for tail in (TAIL, 1 - TAIL))
    return np.maximum(low, 0).astype(np.int64), np.maximum(high, 0).astype(np.int64)


def with_total(rows: NDArray[Any]) -> NDArray[Any]:
    """Return the rows with their sum as one more."""
    return np.concatenate((rows, rows.sum(axis=0, keepdims=True)))


def _past(
    counts: NDArray[Any], beat: NDArray[np.float64], rate: NDArray[np.float64], horizon: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return observed and expected of the past year's periods of this length, (beats + 1, periods)."""
    size = counts.shape[1]
    starts = np.arange(size - horizon, max(size - YEAR, horizon) - 1, -horizon)
    counted = np.concatenate((np.zeros((len(counts), 1)), np.cumsum(counts, axis=1)), axis=1)
    open_days = np.concatenate(([0.0], np.cumsum(beat)))
    observed = counted[:, starts + horizon] - counted[:, starts]
    expected = rate[:, starts] * (open_days[starts + horizon] - open_days[starts])
    return with_total(observed), with_total(expected)


def _dispersion(observed: NDArray[Any], expected: NDArray[Any]) -> NDArray[np.float64]:
    excess = ((observed - expected) ** 2 - expected).sum(axis=1)
    scale = (expected**2).sum(axis=1)
    own = excess[:-1] + excess[:-1].mean(), scale[:-1] + scale[:-1].mean()
    parts = np.append(own[0], excess[-1]), np.append(own[1], scale[-1])
    return np.asarray(np.maximum(parts[0] / np.maximum(parts[1], 1e-9), 0.0))


def expected_of(evidence: Evidence, exposed: NDArray[np.bool_], found: Ahead) -> list[BeatDay]:
    """Return each beat's outlook, split over shifts and types by their discounted shares."""
    days = evidence.days
    shifts = None if evidence.hours is None else evidence.hours.coarsen("shift")
    next_day = forecast.next_day(days, exposed, shifts)
    rows = []
    for i, code in enumerate(days.cells.tolist()):
        mean = float(found.expected[i])
        scale = mean / max(float(next_day.by_beat[i]), 1e-12)
        order = np.argsort(-next_day.by_type[i], kind="stable")[:TYPES_SHOWN]
        types = [TypeShare(str(days.types[j]), 0, float(next_day.by_type[i, j] * scale)) for j in order]
        by_shift = [] if next_day.by_shift is None else (next_day.by_shift[i] * scale).tolist()
        rows.append(BeatDay(code, mean, int(found.low[i]), int(found.high[i]), by_shift, types))
    return rows


def verdict(evidence: Evidence, exposed: NDArray[np.bool_], told: Span) -> Verdict | None:
    """Forecast the last period from the days before it and compare; None where it or they have no data."""
    days, size = evidence.days, told.days
    if len(days.periods) <= size or not exposed[-size:].any() or not exposed[:-size].any():
        return None
    counts = days.dense()
    made = ahead(counts[:, :-size], days.periods[:-size], exposed[:-size], exposed[-size:])
    came = with_total(counts[:, -size:].sum(axis=1))
    inside = (came >= made.low) & (came <= made.high)
    rows = [
        TypeShare(code, int(came[i]), float(made.expected[i])) for i, code in enumerate(days.cells.tolist())
    ]
    return Verdict(
        told.first.isoformat(), told.last.isoformat(), float(made.expected[-1]), int(made.low[-1]),
        int(made.high[-1]), int(came[-1]), int(inside[:-1].sum()), len(rows), rows,
    )  # fmt: skip
