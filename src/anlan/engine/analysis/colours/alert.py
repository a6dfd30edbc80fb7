"""The colour of each beat for the day to come, with all that made it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.engine.analysis.colours.calibration import Pool, steps
from anlan.engine.analysis.colours.settle import settled
from anlan.engine.analysis.colours.surprise import MIN_EFFECTIVE_DAYS, MIN_EXPECTED, Surprise
from anlan.engine.analysis.colours.watch import COLOURS, METHOD, Hold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from anlan.engine.analysis.colours.watch import Budget

MIN_POOL = 100
REPLAYED_DAYS = 28


@dataclass(frozen=True)
class Alert:
    """One beat's colour for the day to come, with what made it.

    `p` is calibrated (share of like past beat-days as surprising), None when unknown; `stream` "" is all of
    them; `why` is "" or why the colour is unknown: "history" (too short), "silent" (no data of late),
    "sparse". `own` is the colour of today's p alone, `held` whether `colour` is higher only because colours
    fall slowly, `days` for how many mornings in a row it has been at least this high (1: new today).
    `dispersion`, the exposed days behind the mean (`effective_days`) and `method` are kept so that a colour
    can be made again.
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
    dispersion: float = 0.0
    effective_days: float = 0.0
    own: str = "unknown"
    held: bool = False
    days: int = 0
    method: str = METHOD


def mornings(
    of: Surprise, budget: Budget, hold: Hold | None = None, *, days: int = REPLAYED_DAYS
) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Return calibrated p and the colours shown on the last mornings, as told today; (beats, days) each.

    The last column is the day to come; colours count 0 green to 3 red, −1 unknown. Four weeks more are
    replayed first, so that what is shown follows from counts alone and not from which briefings were made.
    """
    pool = Pool.of(of.least[:, :-1], of.expected[0, int(np.argmax(of.windows)), :, -1])
    p = pool.calibrated(of.least[:, -days - REPLAYED_DAYS :])
    if len(pool.everyone) < MIN_POOL:
        p = np.full_like(p, np.nan)
    return p[:, -days:], settled(p, budget, hold or Hold())[:, -days:]


def alerts(
    of: Surprise, beats: Sequence[str], effective_days: float, budget: Budget, hold: Hold | None = None
) -> list[Alert]:
    """Return the colour of each beat for the day to come.

    Args:
        of: surprise of past days and of the day to come.
        beats: codes, shape (beats,).
        effective_days: discounted exposed days behind the means.
        budget: shares of false alarms.
        hold: how colours fall.

    """
    p, shown = mornings(of, budget, hold)
    own = steps(p[:, -1], budget)
    known = int(np.isfinite(of.least[:, :-1]).sum())
    rows = []
    for i, code in enumerate(beats):
        why = _why_unknown(of, i, effective_days, known)
        rows.append(
            Alert(str(code), "unknown", None, "", 0, 0, 0.0, None, why, effective_days=effective_days)
            if why
            else _alert(of, i, str(code), effective_days, float(p[i, -1]), int(own[i]), shown[i])
        )
    return rows


def _alert(
    of: Surprise, index: int, code: str, effective: float, p: float, own: int, shown: NDArray[np.int8]
) -> Alert:
    now = of.p[:, :, index, -1]
    stream, window = np.unravel_index(np.nanargmin(now), now.shape)
    at: Any = (stream, window, index, -1)
    colour = int(shown[-1])
    lower = np.flatnonzero(shown < colour)
    return Alert(
        code, COLOURS[colour], p, of.streams[stream], of.windows[window],
        int(of.observed[at]), float(of.expected[at]), float(now[stream, window]),
        dispersion=float(of.dispersion[at]), effective_days=effective, own=COLOURS[own],
        held=colour > own, days=len(shown) - (int(lower[-1]) + 1 if len(lower) else 0),
    )  # fmt: skip


def _why_unknown(of: Surprise, index: int, effective_days: float, pool: int) -> str:
    if effective_days < MIN_EFFECTIVE_DAYS or pool < MIN_POOL:
        return "history"
    if np.isnan(of.p[:, :, index, -1]).all():
        return "silent"
    longest = of.expected[0, int(np.argmax(of.windows)), index, -1]
    return "sparse" if longest < MIN_EXPECTED else ""
