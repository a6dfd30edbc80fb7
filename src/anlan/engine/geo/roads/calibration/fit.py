"""Factors from times spent: robust, regularised, non-negative least squares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import lsq_linear

if TYPE_CHECKING:
    from numpy.typing import NDArray

HUBER = 1.345  # Huber's constant: 95 % as good as least squares where errors are normal
SHORT_S = 15.0
STEPS = 40
LOWEST = 0.2


@dataclass(frozen=True)
class Belief:
    """How far a county's factors may lie from the ones it has, before any trip is seen (standard deviations).

    `factor` of each multiplier of the factors in force, `wait_s` at a light, `fixed_s` the time that no road
    explains (start, parking); it is 0 or more.

    Raises:
        ValueError: names the one that is not above 0.

    """

    factor: float = 0.5
    wait_s: float = 5.0
    fixed_s: float = 120.0

    def __post_init__(self) -> None:
        for name in ("factor", "wait_s", "fixed_s"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name}: must be above 0, not {getattr(self, name):g}")


@dataclass(frozen=True)
class Factor:
    """A multiplier found for an hour class and a group, with a 95 % interval and what it rests on.

    `trips` went over such roads, `hours` is the time that they should have spent there.
    """

    hour: str
    group: str
    multiplier: float
    low: float
    high: float
    trips: int
    hours: float


@dataclass(frozen=True, eq=False)
class Fitted:
    """Coefficients (columns,), their standard errors, and the spread of relative residuals."""

    value: NDArray[np.float64]
    error: NDArray[np.float64]
    spread: float


def fit(
    table: NDArray[np.float64],
    seconds: NDArray[np.float64],
    prior: NDArray[np.float64],
    prior_sd: NDArray[np.float64],
    least: NDArray[np.float64],
) -> Fitted:
    """Coefficients of `table` (n, columns) that give `seconds` (n,), none below `least`, near `prior`.

    Errors are those of log(seconds + 15), since times vary in proportion and more upwards than down; large
    ones count less (Huber 1964), by iteratively reweighted least squares (Gauss-Newton steps). The prior
    enters as one more row a column (ridge), so that what few trips speak of stays near it.
    """
    value, spread = prior.copy(), 0.3
    scaled = table
    for _ in range(STEPS):
        expected = table @ value + SHORT_S
        residual = np.log((seconds + SHORT_S) / expected)
        spread = max(float(np.median(np.abs(residual))) * 1.4826, 0.01)
        weight = np.minimum(1.0, HUBER * spread / np.maximum(np.abs(residual), 1e-12))
        root = np.sqrt(weight) / (spread * expected)
        scaled = table * root[:, None]
        rows = np.concatenate((scaled, np.diag(1 / prior_sd)))
        goal = np.concatenate(((table @ value + expected * residual) * root, prior / prior_sd))
        last, value = value, lsq_linear(rows, goal, bounds=(least, np.inf), method="bvls").x
        if np.abs(value - last).max() < 1e-5 * (1 + np.abs(value).max()):
            break
    precision = scaled.T @ scaled + np.diag(prior_sd**-2.0)
    return Fitted(value, np.sqrt(np.diag(np.linalg.inv(precision))), spread)
