"""Sums over subsets and supersets of sets of units, each set a bit mask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def over_subsets(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """g(S) = sum of f(T) over T within S along the last axis, of length 2^N (Yates 1937)."""
    out = values.copy()
    for view in _halves(out):
        view[..., 1, :] += view[..., 0, :]
    return out


def over_supersets(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """g(S) = sum of f(T) over T that hold all of S, along the last axis."""
    out = values.copy()
    for view in _halves(out):
        view[..., 0, :] += view[..., 1, :]
    return out


def _halves(out: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Views of the table split by one bit each: (…, rest above, bit, rest below)."""
    bits = out.shape[-1].bit_length() - 1
    return [out.reshape(*out.shape[:-1], -1, 2, 1 << bit) for bit in range(bits)]


def counts(bits: int) -> NDArray[np.int64]:
    """Number of units in each set, (2^N,)."""
    return np.bitwise_count(np.arange(1 << bits)).astype(np.int64)
