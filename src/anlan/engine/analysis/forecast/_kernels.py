"""Numba kernels of the kernel bank: decayed states, blur of many planes, expectation–maximisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numba
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@numba.njit(cache=True)
def decayed_states(
    cell: NDArray[np.int64],
    day: NDArray[np.int64],
    count: NDArray[np.float32],
    ends: NDArray[np.int64],
    keep: NDArray[np.float64],
    cells: int,
) -> NDArray[np.float32]:
    """Return Σ keep^(end − 1 − day) × count over days before each end, (ends, kernels, cells).

    `day` and `ends` rise; one pass over the events, one multiplication per cell and end.
    """
    states = np.zeros((len(ends), len(keep), cells), np.float32)
    at = 0
    for b in range(len(ends)):
        if b > 0:
            gap = ends[b] - ends[b - 1]
            for k in range(len(keep)):
                states[b, k] = states[b - 1, k] * np.float32(keep[k] ** gap)
        while at < len(day) and day[at] < ends[b]:
            for k in range(len(keep)):
                weight = keep[k] ** (ends[b] - 1 - day[at])
                states[b, k, cell[at]] += np.float32(weight * count[at])
            at += 1
    return states


@numba.njit(cache=True, fastmath=True)
def _down(plane: NDArray[np.float32], taps: NDArray[np.float32], out: NDArray[np.float32]) -> None:
    height, width = plane.shape
    for r in range(height):
        line = out[r]
        for c in range(width):
            line[c] = taps[0] * plane[r, c]
        for t in range(1, len(taps)):
            for other in (r - t, r + t):
                if 0 <= other < height:
                    source = plane[other]
                    for c in range(width):
                        line[c] += taps[t] * source[c]


@numba.njit(cache=True, fastmath=True)
def _across(plane: NDArray[np.float32], taps: NDArray[np.float32], out: NDArray[np.float32]) -> None:
    height, width = plane.shape
    for r in range(height):
        line, source = out[r], plane[r]
        for c in range(width):
            line[c] = taps[0] * source[c]
        for t in range(1, min(len(taps), width)):
            for c in range(width - t):
                line[c] += taps[t] * source[c + t]
            for c in range(t, width):
                line[c] += taps[t] * source[c - t]


@numba.njit(cache=True)
def blurred(planes: NDArray[np.float32], taps: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return planes (P, H, W) convolved with symmetric `taps` (centre first) on both axes, zero outside."""
    out = np.empty_like(planes)
    half = np.empty(planes.shape[1:], np.float32)
    for p in range(len(planes)):
        _down(planes[p], taps, half)
        _across(half, taps, out[p])
    return out


@numba.njit(cache=True, fastmath=True)
def em(
    features: NDArray[np.float32],
    count: NDArray[np.float32],
    mass: NDArray[np.float64],
    start: NDArray[np.float64],
    prior: NDArray[np.float64],
    iterations: int,
) -> NDArray[np.float64]:
    """Return non-negative weights after EM for counts ~ Poisson(Σ w φ) (Richardson–Lucy with a gamma prior).

    features: φ at the entries with events, (N, K); mass: Σ φ over all entries, (K,);
    prior: pseudo-events per kernel, added above and below so that a kernel without evidence keeps `start`.
    """
    weight = start.copy()
    number, kernels = features.shape
    row = np.empty(kernels, np.float32)
    for _ in range(iterations):
        credit = np.zeros(kernels, np.float64)
        now = weight.astype(np.float32)
        block = np.zeros(kernels, np.float32)
        for i in range(number):
            total = np.float32(1e-20)
            for k in range(kernels):
                row[k] = features[i, k] * now[k]
            for k in range(kernels):
                total += row[k]
            scale = count[i] / total
            for k in range(kernels):
                block[k] += row[k] * scale
            if i % 1024 == 1023:
                for k in range(kernels):
                    credit[k] += block[k]
                    block[k] = np.float32(0)
        for k in range(kernels):
            credit[k] += block[k]
            weight[k] = (credit[k] + prior[k] * start[k]) / (mass[k] + prior[k])
    return weight


def taps(sigma: float, truncate: float) -> Any:
    """Return half of a Gaussian's taps, centre first, scaled so that the whole sums to 1."""
    offsets = np.arange(int(truncate * sigma + 0.5) + 1)
    half = np.exp(-0.5 * (offsets / sigma) ** 2)
    return (half / (2 * half.sum() - half[0])).astype(np.float32)
