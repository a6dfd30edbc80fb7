"""What is wrong with a record of incidents before anybody analyses it: each trap by name, with its share.

Every trap here has made a hot spot, a peak hour or a rise that was not there: default addresses, points
snapped to shared places, weeks that were never recorded, midnights that mean "unknown". The words are made
elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from anlan.engine.analysis.exposure import exposed_days

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

# The share of the rows (of the days for days) from which a trap is told.
TOLD = {
    "no_location": 0.001,
    "default_address": 0.0,
    "shared_places": 0.2,
    "alternate_weeks": 0.0,
    "missing_days": 0.0,
    "midnight": 0.005,
    "day_only": 0.0,
    "duplicates": 0.001,
    "intervals": 0.01,
    "ends_before_start": 0.0,
}
DEFAULT_SHARE = 0.01  # of all located rows on one place makes it a default address
LEAST_ROWS = 100  # below, one place may hold 1 % by chance
MANY = 10  # rows at one place
LONGEST_PERIOD = 35  # days of a pattern of missing days that is looked for
SAME = 0.98  # share of days that must repeat for a pattern
MINUTES = 1440


@dataclass(frozen=True)
class Trap:
    """One trap: its code, the rows in it (or days) and their share, and figures for the words."""

    code: str
    count: int
    share: float
    figures: dict[str, Any]

    @property
    def told(self) -> bool:
        """Whether the share is large enough to tell of it."""
        return self.count > 0 and self.share >= TOLD[self.code]


@dataclass(frozen=True)
class Quality:
    """All traps of a record of `rows` incidents, also those that are not there."""

    rows: int
    traps: tuple[Trap, ...]

    @property
    def told(self) -> list[Trap]:
        """The traps worth telling, the largest share first."""
        return sorted((trap for trap in self.traps if trap.told), key=lambda trap: -trap.share)

    def trap(self, code: str) -> Trap:
        """Return a trap by its code.

        Raises:
            KeyError: there is none of that code.

        """
        found = {trap.code: trap for trap in self.traps}
        return found[code]


def quality(
    start: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    *,
    end: ArrayLike | None = None,
    day_only: ArrayLike | None = None,
    types: ArrayLike | None = None,
) -> Quality:
    """Look for every trap in a record.

    Args:
        start: local time of each incident, datetime64, shape (N,).
        x: eastings, metres, NaN without location, shape (N,).
        y: northings, metres, NaN without location, shape (N,).
        end: where the record gives an interval, its end, NaT otherwise, shape (N,).
        day_only: rows of which only the day is known, shape (N,); their times are not looked at.
        types: type of each incident, to tell a duplicate from two incidents at one place and time, shape
            (N,).

    Raises:
        ValueError: shapes differ, or a row has no time.

    """
    moment = np.asarray(start, "datetime64[s]")
    east, north = np.asarray(x, float), np.asarray(y, float)
    nothing = np.full(len(moment), np.datetime64("NaT", "s"))
    until = nothing if end is None else np.asarray(end, "datetime64[s]")
    by_day = np.zeros(len(moment), bool) if day_only is None else np.asarray(day_only, bool)
    kind = np.zeros(len(moment), int) if types is None else np.asarray(types)
    for name, value in (("x", east), ("y", north), ("end", until), ("day_only", by_day), ("types", kind)):
        if value.shape != moment.shape:
            raise ValueError(f"{name}: shape {value.shape}, start {moment.shape}")
    if np.isnat(moment).any():
        raise ValueError(f"start: {int(np.isnat(moment).sum())} rows have no time")
    located = np.isfinite(east) & np.isfinite(north)
    traps = (
        _of_rows("no_location", ~located),
        *_places(east[located], north[located], len(moment)),
        _missing_days(moment),
        _midnight(moment[~by_day], len(moment)),
        _of_rows("day_only", by_day),
        _duplicates(moment, east, north, kind),
        *_intervals(moment, until),
    )
    return Quality(len(moment), traps)


def _of_rows(code: str, rows: NDArray[np.bool_], **figures: Any) -> Trap:
    return Trap(code, int(rows.sum()), float(rows.mean()) if len(rows) else 0.0, figures)


def _places(x: NDArray[np.float64], y: NDArray[np.float64], rows: int) -> tuple[Trap, Trap]:
    """Return default addresses (over 1 % of the located rows on 1 m) and rows at places shared by many."""
    spots = pl.DataFrame({"x": np.rint(x), "y": np.rint(y)}).group_by("x", "y").len()
    spots = spots.sort("len", "x", "y", descending=True)
    counts = spots["len"].to_numpy()
    default = counts > DEFAULT_SHARE * len(x) if len(x) >= LEAST_ROWS else np.zeros(len(counts), bool)
    on_default = int(counts[default].sum())
    figures: dict[str, Any] = {"places": int(default.sum())}
    if default.any():
        figures |= {
            "x": spots["x"][0],
            "y": spots["y"][0],
            "largest_share": float(counts[0] / len(x)),
        }
    shared = int(counts[counts >= MANY].sum())
    all_rows = max(rows, 1)
    return (
        Trap("default_address", on_default, on_default / all_rows, figures),
        Trap("shared_places", shared, shared / all_rows, {"places": len(spots), "at_least": MANY}),
    )


def _missing_days(moment: NDArray[Any]) -> Trap:
    """Return the days without data between the first and the last, and the pattern in which they come."""
    if not len(moment):
        return Trap("missing_days", 0, 0.0, {})
    day = moment.astype("datetime64[D]")
    days = np.arange(day.min(), day.max() + np.timedelta64(1, "D"))
    exposed = exposed_days(np.bincount((day - day.min()).astype(np.int64)))
    missing = ~exposed
    figures: dict[str, Any] = {"days": len(days), "longest": _longest_run(missing)}
    period = _period(exposed)
    if period:
        figures["period_days"] = period
    week = iso_week(days)
    even = float((week[exposed] % 2 == 0).mean())
    alternate = period == 14 and max(even, 1 - even) >= SAME
    if alternate:
        figures["iso_weeks"] = "even" if even > 0.5 else "odd"
    code = "alternate_weeks" if alternate else "missing_days"
    return Trap(code, int(missing.sum()), float(missing.mean()), figures)


def _period(exposed: NDArray[np.bool_]) -> int | None:
    """Return after how many days the pattern of open and missing days repeats; None where it does not."""
    # Rare gaps repeat with any period: a pattern must explain most of the missing days too.
    for period in range(2, min(LONGEST_PERIOD, len(exposed) // 3) + 1):
        now, before = exposed[period:], exposed[:-period]
        gone = ~now
        if gone.any() and (now == before).mean() >= SAME and (~before[gone]).mean() >= 1 - 2 * (1 - SAME):
            return None if not (exposed[:-1] != exposed[1:]).sum() > 2 else period
    return None


def _longest_run(missing: NDArray[np.bool_]) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], missing.astype(np.int8), [0])))).reshape(-1, 2)
    return int((edges[:, 1] - edges[:, 0]).max(initial=0))


def _midnight(moment: NDArray[Any], rows: int) -> Trap:
    """Return how many rows more than expected have a time of 00:00 or 00:01.

    Expected is what the same minutes of the hours around (22, 23, 1, 2) have, their median: full hours are
    preferred all day, and that preference is not counted.
    """
    second = (moment - moment.astype("datetime64[D]")).astype(np.int64)
    minute = np.bincount(second // 60, minlength=MINUTES).reshape(24, 60)
    seen = int(minute[0, :2].sum())
    expected = float(np.median(minute[[22, 23, 1, 2], :2], axis=0).sum())
    more = max(round(seen - expected), 0)
    return Trap("midnight", more, more / max(rows, 1), {"seen": seen, "expected": round(expected, 1)})


def _duplicates(
    moment: NDArray[Any], x: NDArray[np.float64], y: NDArray[np.float64], kind: NDArray[Any]
) -> Trap:
    """Return the rows that repeat an earlier one in time, place and type."""
    table = pl.DataFrame({"start": moment.astype(np.int64), "x": x, "y": y, "type": kind})
    repeated = len(table) - (table.n_unique() if len(table) else 0)
    return Trap("duplicates", repeated, repeated / max(len(table), 1), {})


def _intervals(start: NDArray[Any], end: NDArray[Any]) -> tuple[Trap, Trap]:
    """Return the rows known only as an interval of over an hour, and those that end before they begin."""
    given = ~np.isnat(end)
    hours = np.where(given, (end - start).astype(np.int64) / 3600, 0.0)
    long = hours > 1
    middle = float(np.median(hours[long])) if long.any() else 0.0
    return (
        _of_rows("intervals", long, median_h=round(middle, 1), over_a_day=int((hours > 24).sum())),
        _of_rows("ends_before_start", given & (end < start)),
    )


def iso_week(days: NDArray[Any]) -> NDArray[np.int64]:
    """Return the ISO 8601 week number, 1 to 53, of datetime64 days."""
    date = days.astype("datetime64[D]")
    number = date.astype(np.int64)
    thursday = (number - (number + 3) % 7 + 3).astype("datetime64[D]")
    year = thursday.astype("datetime64[Y]").astype("datetime64[D]")
    return np.asarray((thursday - year).astype(np.int64) // 7 + 1)
