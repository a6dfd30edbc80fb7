"""How much more counts vary than Poisson's: each beat's own, shrunk to what all beats of its volume show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.analysis.decay import YEAR, past

if TYPE_CHECKING:
    from numpy.typing import NDArray

DOUBT = 0.5
FAR_SIGMA, FAR_COUNT = 3.0, 2.0
ALIKE = 1e-6
TINY = 1e-9


def dispersions(
    observed: NDArray[np.float64],
    expected: NDArray[np.float64],
    known: NDArray[np.bool_],
    window: int,
    late: int,
) -> NDArray[np.float64]:
    """Return φ of variance m + φm² before each window, from windows that ended before it began.

    With the sums over past windows E = Σ(y − m)² − m, S₁ = Σm, S₂ = Σm² (half-life a year), a beat's own
    estimate is E / S₂ and all beats' is θ S₁/S₂ + φ₀ with θ, φ₀ ≥ 0 by weighted least squares of E on S₁ and
    S₂: θ stands for incidents recorded in twos and threes, φ₀ for levels that change. Own and all are
    averaged with precisions, the common one being trusted to within half of itself. A second pass caps
    |y − m| at three of the first's standard deviations and two incidents: a New Year's night must not widen
    all of the year.

    Args:
        observed: counts y of each window, shape (beats, T).
        expected: means m, shape (beats, T).
        known: whether a window had data and its mean a history, shape (T,).
        window: its length in days.
        late: for how many of the last days φ is wanted; the result is (beats, late).

    """
    kept = np.where(known, expected, 0.0)
    first, second = past(kept, YEAR, window - 1), past(kept**2, YEAR, window - 1)
    squared = (observed - expected) ** 2
    excess = past(np.where(known, squared - expected, 0.0), YEAR, window - 1)
    rough = _shrunken(excess, second, first, _common(excess, first, second))
    most = FAR_SIGMA * np.sqrt(expected + rough * expected**2) + FAR_COUNT
    capped = np.where(known, np.minimum(squared, most**2) - expected, 0.0)
    excess, first, second = (part[:, -late:] for part in (past(capped, YEAR, window - 1), first, second))
    return _shrunken(excess, second, first, _common(excess, first, second))


def _common(
    excess: NDArray[np.float64], first: NDArray[np.float64], second: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return θ S₁/S₂ + φ₀, the dispersion that all beats' sums let expect; shape (beats, T)."""
    weight = 1 / (first + second + TINY)
    aa, bb = (weight * first**2).sum(axis=0), (weight * second**2).sum(axis=0)
    ab = (weight * first * second).sum(axis=0)
    ay, by = (weight * first * excess).sum(axis=0), (weight * second * excess).sum(axis=0)
    determinant = aa * bb - ab**2
    told_apart = determinant > ALIKE * aa * bb
    determinant = np.where(told_apart, determinant, 1.0)
    theta, phi = (ay * bb - by * ab) / determinant, (by * aa - ay * ab) / determinant
    alone = np.maximum(ay, 0) / (aa + TINY), np.maximum(by, 0) / (bb + TINY)
    inside, better = told_apart & (theta > 0) & (phi > 0), alone[0] ** 2 * aa >= alone[1] ** 2 * bb
    theta = np.where(inside, theta, np.where(better, alone[0], 0.0))
    phi = np.where(inside, phi, np.where(better, 0.0, alone[1]))
    return np.asarray(theta * first / np.maximum(second, TINY) + phi, np.float64)


def _shrunken(
    excess: NDArray[np.float64],
    second: NDArray[np.float64],
    first: NDArray[np.float64],
    common: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the average of own and common by precision; shape (beats, T).

    Of one window, (y − m)² − m has a variance of about 2v² + v with v = m + φm²; summed over windows with
    S₁ and S₂ that is 2(1 + φ S₂/S₁)² S₂ + S₁ + φS₂.
    """
    share = common * second / np.maximum(first, TINY)
    noise = 2 * (1 + share) ** 2 * second + first + common * second
    own_variance = noise / np.maximum(second, TINY) ** 2
    common_variance = (DOUBT * common) ** 2 + TINY
    trust = common_variance / (common_variance + own_variance)
    own = excess / np.maximum(second, TINY)
    return np.asarray(np.maximum(trust * own + (1 - trust) * common, 0), np.float64)
