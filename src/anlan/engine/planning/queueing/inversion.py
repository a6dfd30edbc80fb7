"""Numerical inversion of a Laplace transform by Euler summation.

Abate & Whitt, "Numerical inversion of Laplace transforms of probability distributions", ORSA Journal on
Computing 7 (1995), 36-43: a Fourier series whose error is exp(-A), summed with binomial weights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import comb

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

A = 18.4  # error bound exp(-18.4) = 1e-8
DIRECT, AVERAGED = 25, 11


def euler(
    transform: Callable[[NDArray[np.complex128]], NDArray[np.complex128]], times: ArrayLike
) -> NDArray[np.float64]:
    """Values at `times` (above 0), same shape, of a function between 0 and 1 by its Laplace transform."""
    at = np.asarray(times, np.float64)[..., None]
    number = np.arange(DIRECT + AVERAGED + 1)
    point = np.asarray((A + 2j * np.pi * number) / (2 * at), np.complex128)
    terms = (-1.0) ** number * transform(point).real
    terms[..., 0] /= 2
    sums = np.cumsum(terms, axis=-1)[..., DIRECT:]
    weights = comb(AVERAGED, np.arange(AVERAGED + 1)) / 2.0**AVERAGED
    value: NDArray[np.float64] = np.exp(A / 2) / at[..., 0] * (sums @ weights)
    return value
