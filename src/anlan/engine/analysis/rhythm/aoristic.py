"""Incidents of which only an interval is known, shared out over the hours in which they may have happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

WEEK_H = 168
MONDAY = np.datetime64("1970-01-05", "s")


@dataclass(frozen=True, eq=False)
class Aoristic:
    """Weights by weekday (0 = Monday) and hour.

    Attributes:
        weights: incidents, shape (7, 24); they sum to `events`.
        events: incidents counted.
        exact: those of them with one moment, or no end.
        beyond_a_week: those whose interval is a week or longer; they say next to nothing of the hour.
        left_out: those without a beginning, with the end before the beginning, or longer than was allowed.

    """

    weights: NDArray[np.float64]
    events: int
    exact: int
    beyond_a_week: int
    left_out: int


def aoristic(start: ArrayLike, end: ArrayLike, *, longest_h: float | None = None) -> Aoristic:
    """Return the aoristic weights of incidents (Ratcliffe 2000).

    An incident that happened between s and e adds to each hour the share of (s, e) that falls into it, to the
    second; one with a single moment adds 1 to its hour. Whole weeks add evenly.

    Args:
        start: local beginnings, datetime64, shape (N,).
        end: local ends, datetime64, shape (N,); NaT where there is only one moment.
        longest_h: leave out intervals longer than this many hours; by default none.

    Raises:
        ValueError: shapes differ or `longest_h` is negative.

    """
    begin, until = np.asarray(start, "datetime64[s]"), np.asarray(end, "datetime64[s]")
    if begin.shape != until.shape:
        raise ValueError(f"end: shape {until.shape}, start {begin.shape}")
    if longest_h is not None and longest_h < 0:
        raise ValueError(f"longest_h: {longest_h} is negative")
    until = np.where(np.isnat(until), begin, until)
    hours = (until - begin).astype("timedelta64[s]").astype(np.int64) / 3600
    counted = ~np.isnat(begin) & (until >= begin)
    if longest_h is not None:
        counted &= hours <= longest_h
    hours = hours[counted]
    at = (begin[counted] - MONDAY).astype(np.int64) / 3600 % WEEK_H
    moment = hours == 0
    weights = np.bincount(at[moment].astype(np.int64), minlength=WEEK_H) + _shares(
        at[~moment], hours[~moment]
    )
    return Aoristic(
        weights.reshape(7, 24),
        len(hours),
        int(moment.sum()),
        int((hours >= WEEK_H).sum()),
        len(begin) - len(hours),
    )


def _shares(at: NDArray[np.float64], hours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weights (168,) of intervals from hour `at` of the week that last `hours`, each summing to 1.

    Time since a moment a, counted by hour, is a ramp: part of a's own hour, then one hour each. An interval
    is the ramp of its start less that of its end; adding up two differences a ramp does all intervals at
    once.
    """
    weeks = np.floor(hours / WEEK_H)
    each = 1 / hours
    change = np.zeros(2 * WEEK_H + 2)
    for moment, sign in ((at, 1.0), (at + hours - weeks * WEEK_H, -1.0)):
        hour = np.floor(moment).astype(np.int64)
        part = moment - hour
        change += np.bincount(hour, sign * each * (1 - part), len(change))
        change += np.bincount(hour + 1, sign * each * part, len(change))
    twice = np.cumsum(change)[: 2 * WEEK_H].reshape(2, WEEK_H).sum(axis=0)
    return np.asarray(np.maximum(twice, 0) + (weeks * each).sum())
