"""The loops of the scan. Replicas lie innermost, so that one instruction compares several of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numba
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SLACK = 0.999  # single precision may err by far less; a doubtful cylinder is computed exactly


@numba.njit(cache=True, nogil=True, inline="always")
def _uniform(state: Any, at: int) -> float:
    """Step a splitmix64 generator (Steele, Lea, Flood 2014); return a number in [0, 1)."""
    state[at] += np.uint64(0x9E3779B97F4A7C15)
    bits = state[at]
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    bits ^= bits >> np.uint64(31)
    return np.float64(bits >> np.uint64(11)) * 1.1102230246251565e-16


@numba.njit(cache=True, nogil=True, inline="always")
def likelihood_ratio(seen: float, expected: float, total: float) -> float:
    """Kulldorff's log likelihood ratio of a cylinder, 0 where no more than expected were seen."""
    if seen <= expected or expected <= 0.0:
        return 0.0
    inside = seen * np.log(seen / expected)
    if seen >= total:
        return float(inside)
    return float(inside + (total - seen) * np.log((total - seen) / (total - expected)))


@numba.njit(cache=True, nogil=True)
def multinomial(
    cumulated: NDArray[np.float64], events: NDArray[np.int64], state: NDArray[np.uint64], out: Any
) -> None:
    """Scatter `events[r]` incidents by `cumulated` chances of cell and day into out (cells, days + 1, r)."""
    days = out.shape[1] - 1
    for r in range(len(events)):
        for _ in range(events[r]):
            spot = np.searchsorted(cumulated, _uniform(state, r) * cumulated[-1], side="right")
            spot = min(spot, len(cumulated) - 1)
            out[spot // days, spot % days + 1, r] += 1.0


@numba.njit(cache=True, nogil=True)
def permuted(cell: NDArray[np.int32], day: NDArray[np.int32], state: NDArray[np.uint64], out: Any) -> None:
    """Give each of `day` to an incident drawn without repeat from `cell` (Fisher and Yates), for each r."""
    for r in range(out.shape[2]):
        left = cell.copy()
        for i in range(len(day)):
            j = i + int(_uniform(state, r) * (len(left) - i))
            left[i], left[j] = left[j], left[i]
            out[left[i], day[i] + 1, r] += 1.0


@numba.njit(cache=True, nogil=True)
def accumulate(counts: NDArray[np.float32]) -> None:
    """Turn the counts of days (cells, days + 1, r) into counts before each day, in place."""
    cells, days, replicas = counts.shape
    for n in range(cells):
        for d in range(1, days):
            for r in range(replicas):
                counts[n, d, r] += counts[n, d - 1, r]


@numba.njit(cache=True, nogil=True)
def highest(  # noqa: C901  one loop nest
    circles: tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.bool_]],
    before: NDArray[np.float32],
    expected: NDArray[np.float64],
    limits: tuple[float, int, int, int],
) -> NDArray[np.float64]:
    """Return each replica's highest log likelihood ratio over all cylinders.

    `circles`: `Circles.rows`; `before`: (cells, days + 1, replicas), `expected`: (cells, days + 1), both
    summed over the days before; `limits`: `Scanned.limits`.
    A cylinder is skipped where Pearson's X² of its excess, an upper bound of the ratio (the Kullback–Leibler
    divergence is at most χ²), stays below the best so far.
    """
    start, cell, closes = circles
    total, first_end, longest, least = limits
    cells, edges, replicas = before.shape
    rows = before.reshape(cells, edges * replicas)
    inside = np.zeros(edges * replicas, np.float32)
    due = np.zeros(edges)
    best = np.zeros(replicas)
    bound = np.zeros(replicas, np.float32)
    for centre in range(len(start) - 1):
        inside[:] = 0.0
        due[:] = 0.0
        for k in range(start[centre], start[centre + 1]):
            due += expected[cell[k]]
            row = rows[cell[k]]
            for i in range(edges * replicas):
                inside[i] += row[i]
            if not closes[k]:
                continue
            for end in range(first_end, edges):
                upto = inside[end * replicas : (end + 1) * replicas]
                for begin in range(max(0, end - longest), end):
                    e = due[end] - due[begin]
                    if e <= 0.0:
                        continue
                    since = inside[begin * replicas : (begin + 1) * replicas]
                    spread = np.float32(SLACK * e * (total - e) / total)
                    rounded = np.float32(e)
                    hits = np.int32(0)
                    for r in range(replicas):
                        excess = max(upto[r] - since[r] - rounded, np.float32(0.0))
                        hits += np.int32(excess * excess > spread * bound[r])
                    if hits == 0:
                        continue
                    for r in range(replicas):
                        seen = np.float64(upto[r] - since[r])
                        if seen >= least and seen > e:
                            ratio = likelihood_ratio(seen, e, total)
                            if ratio > best[r]:
                                best[r] = ratio
                                bound[r] = np.float32(ratio)
    return best


@numba.njit(cache=True, nogil=True)
def strongest(
    circles: tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.bool_]],
    before: NDArray[np.float32],
    expected: NDArray[np.float64],
    limits: tuple[float, int, int, int],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return each centre's highest ratio, and its cylinder: cells in the circle, first and past day.

    `before`: (cells, days + 1); all else as in `highest`.
    """
    start, cell, closes = circles
    total, first_end, longest, least = limits
    edges = before.shape[1]
    best = np.zeros(len(start) - 1)
    found = np.zeros((len(start) - 1, 3), np.int64)
    inside = np.zeros(edges)
    due = np.zeros(edges)
    for centre in range(len(start) - 1):
        inside[:] = 0.0
        due[:] = 0.0
        for k in range(start[centre], start[centre + 1]):
            due += expected[cell[k]]
            inside += before[cell[k]]
            if not closes[k]:
                continue
            for end in range(first_end, edges):
                for begin in range(max(0, end - longest), end):
                    seen, e = inside[end] - inside[begin], due[end] - due[begin]
                    if seen < least or seen <= e:
                        continue
                    ratio = likelihood_ratio(seen, e, total)
                    if ratio > best[centre]:
                        best[centre] = ratio
                        found[centre] = (k + 1 - start[centre], begin, end)
    return best, found
