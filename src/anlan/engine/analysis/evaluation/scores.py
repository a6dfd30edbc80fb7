"""How good a forecast of places was: hit rate, PAI, PEI, capture curve, bits per event, totals.

All take one forecast window: `expected` and `observed` per cell, (C,), cells of equal size. Equal
expectations are broken neutrally: the score is the mean over all orders of tied cells, so no figure depends
on how cells happen to be listed.

Sources: Bowers, Johnson & Pease 2004, *British Journal of Criminology* 44 (hit rate); Chainey, Tompson &
Uhlig 2008, *Security Journal* 21 (PAI); Hunt 2016 and the 2017 challenge of the US National Institute of
Justice (PEI).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

TIE = 1e-10  # expectations closer than this part of the largest are one tie: rounding must not order cells


def hits(expected: ArrayLike, observed: ArrayLike, area_shares: ArrayLike) -> NDArray[np.float64]:
    """Return the incidents in the highest cells, for each share of the area, (S,).

    A share that ends inside a tie, or inside a cell, counts that part of the tied cells' incidents.

    Args:
        expected: any score that orders the cells, (C,).
        observed: incidents that came, (C,).
        area_shares: parts of the study area, each in (0, 1], (S,).

    Raises:
        ValueError: lengths differ, no cell, a score is not finite, or a share is outside (0, 1].

    """
    score, count = _checked(expected, observed)
    parts = np.atleast_1d(np.asarray(area_shares, float))
    if not ((parts > 0) & (parts <= 1)).all():
        raise ValueError(f"area_shares: {parts.tolist()}, expected values in (0, 1]")
    cells, found = _captured(score, count)
    return np.asarray(np.interp(parts * len(score), cells, found), np.float64)


def hit_rate(expected: ArrayLike, observed: ArrayLike, area_share: float) -> float:
    """Return the part of incidents in the highest `area_share` of the cells; NaN where none came."""
    total = _total(observed)
    return float(hits(expected, observed, area_share)[0]) / total if total > 0 else float("nan")


def pai(expected: ArrayLike, observed: ArrayLike, area_share: float) -> float:
    """Return the prediction accuracy index, hit rate over share of area: 1 is no better than chance."""
    return hit_rate(expected, observed, area_share) / area_share


def pei(expected: ArrayLike, observed: ArrayLike, area_share: float) -> float:
    """Return the prediction efficiency index: hits over the most that an equal area could have held."""
    best = float(hits(observed, observed, area_share)[0])
    return float(hits(expected, observed, area_share)[0]) / best if best > 0 else float("nan")


def capture_curve(
    expected: ArrayLike, observed: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return share of area and share of incidents within it, both from 0 to 1, one point a tie, (N,)."""
    score, count = _checked(expected, observed)
    cells, found = _captured(score, count)
    return cells / len(score), found / max(float(count.sum()), 1e-300)


def gain_bits(expected: ArrayLike, observed: ArrayLike) -> float:
    """Return the Poisson log-likelihood gain, in bits, over the even rate that fits best in hindsight.

    Σ o log₂(e / u) − (Σ e − Σ u) / ln 2 with u = Σ o / C. The reference knows how many came, the forecast
    does not: a wrong total costs bits. One reference for all makes differences pure likelihood ratios.

    Raises:
        ValueError: as `hits`, or an expectation is negative.

    """
    score, count = _checked(expected, observed)
    if (score < 0).any():
        raise ValueError("expected: negative")
    total = float(count.sum())
    some = count > 0
    with np.errstate(divide="ignore"):
        places = float((count[some] * np.log2(score[some] * len(score) / total)).sum()) if total else 0.0
    return places - (float(score.sum()) - total) / float(np.log(2))


def bits_per_event(expected: ArrayLike, observed: ArrayLike) -> float:
    """Return `gain_bits` per incident; NaN where none came, −∞ where one came to a cell held impossible."""
    total = _total(observed)
    return gain_bits(expected, observed) / total if total > 0 else float("nan")


def totals_ratio(expected: ArrayLike, observed: ArrayLike) -> float:
    """Return incidents forecast over incidents that came; NaN where none came."""
    total = _total(observed)
    return _total(expected) / total if total > 0 else float("nan")


def _total(values: ArrayLike) -> float:
    return float(np.asarray(values, float).sum())


def _captured(
    score: NDArray[np.float64], count: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return cells and incidents passed, from 0, after each group of tied cells, best group first."""
    order = np.argsort(-score, kind="stable")
    ranked = score[order]
    last = np.append(np.diff(ranked) < -TIE * max(float(np.abs(ranked).max()), 1e-300), True)
    cells = np.append(0.0, np.flatnonzero(last) + 1.0)
    return cells, np.append(0.0, np.cumsum(count[order])[last])


def _checked(expected: ArrayLike, observed: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    score, count = np.asarray(expected, float).ravel(), np.asarray(observed, float).ravel()
    if len(score) != len(count) or not len(score):
        raise ValueError(f"expected, observed: {len(score)} and {len(count)} cells")
    if not np.isfinite(score).all():
        raise ValueError("expected: not finite")
    return score, count
