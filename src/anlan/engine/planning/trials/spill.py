"""Displacement and diffusion: what the rings around treated places did, measured by what the places did.

The weighted displacement quotient of Bowers & Johnson (2003, Journal of Quantitative Criminology 19):

    WDQ = (B1/C1 - B0/C0) / (A1/C1 - A0/C0)

with incidents in the treated places A, the rings around them B and the control places C, before (0) and
during (1). Below 0: displaced; -1: as much as was gained; above 0: the benefit spread. It has no standard
error of its own; the interval is Fieller's, from the pairs' contributions. Where the gain A1/C1 - A0/C0 is
itself not clear of 0 the interval is unbounded: the quotient cannot be told.

The weighted displacement difference of Wheeler & Ratcliffe (2018, Crime Science 7) compares rings with the
rings of controls too, and has a standard error for Poisson counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from anlan.engine.planning.trials.units import Units


@dataclass(frozen=True)
class Wdd:
    """Weighted displacement difference in incidents: places, rings, both; Poisson interval of both."""

    places: float
    rings: float
    total: float
    error: float
    z: float
    low: float
    high: float


@dataclass(frozen=True)
class Spill:
    """Displacement of one ring.

    Attributes:
        wdq: the quotient; None where it cannot be formed.
        low: lower limit, None: unbounded.
        high: upper limit, None: unbounded.
        success: A1/C1 - A0/C0, below 0: the treated places did better than the controls.
        buffer: B1/C1 - B0/C0, below 0: so did their rings.
        wdd: the difference, the past brought to the trial's length.

    """

    wdq: float | None
    low: float | None
    high: float | None
    success: float | None
    buffer: float | None
    wdd: Wdd


def wdq(
    treated: Sequence[float], ring: Sequence[float], control: Sequence[float]
) -> tuple[float | None, float | None, float | None]:
    """Return quotient, success and buffer measure from (before, during) counts; None where undefined."""
    (a0, a1), (b0, b1), (c0, c1) = treated, ring, control
    if c0 <= 0 or c1 <= 0:
        return None, None, None
    success, buffer = a1 / c1 - a0 / c0, b1 / c1 - b0 / c0
    return (buffer / success if success else None), success, buffer


def wdd(
    treated: Sequence[float],
    control: Sequence[float],
    ring: Sequence[float] = (0, 0),
    ring_control: Sequence[float] = (0, 0),
    *,
    scale: float = 1.0,
    alpha: float = 0.05,
) -> Wdd:
    """Return the difference from (before, during) counts, with the Poisson interval at 1 - alpha.

    `scale`: length of the trial over that of the past; counts before are multiplied by it.
    """
    places = (treated[1] - scale * treated[0]) - (control[1] - scale * control[0])
    rings = (ring[1] - scale * ring[0]) - (ring_control[1] - scale * ring_control[0])
    counts = (treated, control, ring, ring_control)
    error = float(np.sqrt(sum(during + scale**2 * before for before, during in counts)))
    total = places + rings
    reach = float(stats.norm.isf(alpha / 2)) * error
    z = total / error if error else 0.0
    return Wdd(float(places), float(rings), float(total), error, float(z), total - reach, total + reach)


def spill(places: Units, ring: Units, past: int, alpha: float = 0.05) -> Spill:
    """Return what one ring shows; `past`: periods of it that the expectation comes from.

    "Before" is what each place's own past, unshrunk, lets expect in the periods that were counted.
    """
    scale = float(places.periods.sum()) / (past * len(set(places.pair.tolist())))
    sums = [
        (float(before.sum()), float(during.sum()))
        for before, during in (
            (places.expected_treated, places.treated),
            (ring.expected_treated, ring.treated),
            (places.expected_control, places.control),
            (ring.expected_control, ring.control),
        )
    ]
    quotient, success, buffer = wdq(*sums[:3])
    limits = _fieller(places, ring, alpha) if quotient is not None else (None, None)
    raw = [(before / scale, during) for before, during in sums]
    apart = wdd(raw[0], raw[2], raw[1], raw[3], scale=scale, alpha=alpha)
    return Spill(quotient, *limits, success, buffer, apart)


def _fieller(places: Units, ring: Units, alpha: float) -> tuple[float | None, float | None]:
    """Return Fieller's limits of buffer/success, pairs being the independent contributions (linearised)."""
    control = _by_pair(places, places.expected_control), _by_pair(places, places.control)
    inner = _by_pair(places, places.expected_treated), _by_pair(places, places.treated)
    outer = _by_pair(ring, ring.expected_treated), _by_pair(ring, ring.treated)
    pairs = len(control[0])
    if pairs < 3:
        return None, None
    parts = np.stack([_linear(outer, control), _linear(inner, control)])
    spread = parts @ parts.T * pairs / (pairs - 1)
    value = [one[1].sum() / control[1].sum() - one[0].sum() / control[0].sum() for one in (outer, inner)]
    t2 = float(stats.t.ppf(1 - alpha / 2, pairs - 1)) ** 2
    a = value[1] ** 2 - t2 * spread[1, 1]
    b = -2 * (value[0] * value[1] - t2 * spread[0, 1])
    c = value[0] ** 2 - t2 * spread[0, 0]
    inside = b * b - 4 * a * c
    if a <= 0 or inside < 0:
        return None, None
    root = float(np.sqrt(inside))
    return float((-b - root) / (2 * a)), float((-b + root) / (2 * a))


def _by_pair(of: Units, values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.bincount(of.pair, values).astype(np.float64)


def _linear(
    of: tuple[NDArray[np.float64], NDArray[np.float64]],
    control: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> NDArray[np.float64]:
    """Return each pair's contribution to the error of Σof1/Σc1 - Σof0/Σc0, (pairs,); they add up to 0."""
    part = np.zeros(len(of[0]))
    for sign, above, below in ((1, of[1], control[1]), (-1, of[0], control[0])):
        total = below.sum()
        part += sign * (above / total - above.sum() * below / total**2)
    return part
