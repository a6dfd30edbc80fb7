"""Quasi-Poisson regression by iterated least squares, step for step as R's `glm.fit` does it.

R stops when the deviance changes by less than 1e-8, so its weights (and all that follows from them:
leverages, standard errors, dispersion) are those of the last but one estimate. To agree to 1e-6 the same is
done here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from numpy.typing import NDArray

EPSILON, MOST_STEPS = 1e-8, 25


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted model: coefficients, fitted means, working weights, leverages, unscaled covariance.

    `dispersion`: Pearson's χ² over degrees of freedom, not below 1; `converged`: within 25 steps.
    """

    coefficients: NDArray[np.float64]
    mean: NDArray[np.float64]
    response: NDArray[np.float64]
    leverage: NDArray[np.float64]
    covariance: NDArray[np.float64]
    pearson: float
    degrees: int
    converged: bool

    @property
    def dispersion(self) -> float:
        """Return φ, at least 1: counts are not taken as steadier than Poisson."""
        return max(self.pearson, 1.0)

    def p_value(self, index: int, dispersion: float) -> float:
        """Return the two-sided p of a coefficient against 0 by Student's t."""
        error = np.sqrt(dispersion * self.covariance[index, index])
        return float(2 * special.stdtr(self.degrees, -abs(self.coefficients[index] / error)))

    def at(self, row: NDArray[np.float64], dispersion: float) -> tuple[float, float]:
        """Return the linear predictor at a design row and its standard error."""
        error = np.sqrt(dispersion * (row @ self.covariance @ row))
        return float(row @ self.coefficients), float(error)


def fit(design: NDArray[np.float64], response: NDArray[np.float64], prior: NDArray[np.float64]) -> Fit:
    """Fit log E[y] = Xβ with variance φμ and prior weights.

    Args:
        design: shape (n, k).
        response: counts, shape (n,).
        prior: weights, shape (n,).

    """
    eta = np.log(response + 0.1)
    mean, last = np.exp(eta), _deviance(response, np.exp(eta), prior)
    converged = False
    for _ in range(MOST_STEPS):
        root = np.sqrt(prior * mean)
        orthogonal, upper = np.linalg.qr(design * root[:, None])
        working = root * (eta + (response - mean) / mean)
        coefficients = np.linalg.solve(upper, orthogonal.T @ working)
        eta = design @ coefficients
        mean = np.exp(eta)
        deviance = _deviance(response, mean, prior)
        converged = bool(abs(deviance - last) / (abs(deviance) + 0.1) < EPSILON)
        if converged:
            break
        last = deviance
    inverse = np.linalg.inv(upper)
    degrees = len(response) - design.shape[1]
    pearson = float((root**2 * ((response - mean) / mean) ** 2).sum() / degrees)
    leverage = (orthogonal**2).sum(axis=1)
    return Fit(coefficients, mean, response, leverage, inverse @ inverse.T, pearson, degrees, converged)


def anscombe(of: Fit) -> NDArray[np.float64]:
    """Return standardised Anscombe residuals, 3/2 (y^⅔ μ^(−1/6) − μ^½) / √(φ(1 − h)); shape (n,)."""
    plain = 1.5 * (of.response ** (2 / 3) * of.mean ** (-1 / 6) - np.sqrt(of.mean))
    return np.asarray(plain / np.sqrt(of.dispersion * (1 - of.leverage)), np.float64)


def weights(residuals: NDArray[np.float64], above: float) -> NDArray[np.float64]:
    """Return weights that sum to n: γ, and γ/s² where a residual s passes `above` (past outbreaks)."""
    high = residuals > above
    inverse = np.ones_like(residuals)
    inverse[high] = residuals[high] ** -2
    return inverse * (len(residuals) / inverse.sum())


def _deviance(response: NDArray[np.float64], mean: NDArray[np.float64], prior: NDArray[np.float64]) -> float:
    return float(2 * (prior * (special.xlogy(response, response / mean) - (response - mean))).sum())
