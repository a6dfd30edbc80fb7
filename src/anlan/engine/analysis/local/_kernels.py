"""The Numba kernels of the local statistics; integers in, integers out, repeatable by their seed."""

import numba
import numpy as np
from numpy.typing import NDArray


@numba.njit(cache=True, nogil=True)
def shared_null(
    values: NDArray,
    degree: NDArray,
    least: NDArray,
    most: NDArray,
    degrees: NDArray,
    draws: int,
    seed: int,
) -> tuple[NDArray, NDArray, NDArray]:
    """Return the neighbour sums of each degree and draw, and what a cell's own counts differ from them.

    The second and third array are per cell: how many more draws are at least `least`, and at most `most`, for
    that cell than among the sums of its degree.

    Each draw is one random order of the cells, cut off after `degrees[-1]` and a spare. Its first k
    cells are a uniform set of k, so their sum serves every cell with k neighbours at once; where a cell finds
    itself among them, the next one (the spare) takes its place: the k are then uniform among the others.
    Sums are int64 and exact, so that ties are ties.
    """
    np.random.seed(seed)  # noqa: NPY002 Numba's own generator
    cells, longest = len(values), degrees[-1]
    sums = np.empty((len(degrees), draws), np.int64)
    above, below = np.zeros(cells, np.int64), np.zeros(cells, np.int64)
    order, running = np.arange(cells), np.zeros(longest + 1, np.int64)
    for draw in range(draws):
        for place in range(min(longest + 1, cells)):
            other = np.random.randint(place, cells)  # noqa: NPY002
            order[place], order[other] = order[other], order[place]
        for place in range(longest):
            running[place + 1] = running[place] + values[order[place]]
        for row in range(len(degrees)):
            sums[row, draw] = running[degrees[row]]
        for place in range(longest):
            cell = order[place]
            k = degree[cell]
            if place < k:
                shared = running[k]
                own = shared - values[cell] + values[order[k]]
                above[cell] += int(own >= least[cell]) - int(shared >= least[cell])
                below[cell] += int(own <= most[cell]) - int(shared <= most[cell])
    return sums, above, below


@numba.njit(cache=True, nogil=True)
def permuted_moran(values: NDArray, indptr: NDArray, indices: NDArray, draws: int, seed: int) -> NDArray:
    """Return Σᵢ vᵢ · mean of v over i's neighbours, with the values dealt out anew in each draw."""
    np.random.seed(seed)  # noqa: NPY002
    dealt, found = values.copy(), np.zeros(draws)
    for draw in range(draws):
        for place in range(len(dealt) - 1, 0, -1):
            other = np.random.randint(0, place + 1)  # noqa: NPY002
            dealt[place], dealt[other] = dealt[other], dealt[place]
        for cell in range(len(dealt)):
            first, last = indptr[cell], indptr[cell + 1]
            lag = 0.0
            for at in range(first, last):
                lag += dealt[indices[at]]
            if last > first:
                found[draw] += dealt[cell] * lag / (last - first)
    return found


@numba.njit(cache=True, nogil=True)
def kendall(series: NDArray, ordered: NDArray) -> tuple[NDArray, NDArray]:
    """Return S = Σ sign(later − earlier) and its variance, corrected for ties, per row; NaN is left out.

    `ordered` is the series with each row sorted, NaN last.
    """
    score, variance = np.zeros(len(series)), np.zeros(len(series))
    kept = np.empty(series.shape[1])
    for row in range(len(series)):
        n = 0
        for value in series[row]:
            if not np.isnan(value):
                kept[n] = value
                n += 1
        rise = 0
        for late in range(1, n):
            last = kept[late]
            for early in range(late):
                rise += int(last > kept[early]) - int(last < kept[early])
        score[row] = rise
        spread, run = n * (n - 1) * (2 * n + 5), 1
        for place in range(1, n + 1):
            if place < n and ordered[row, place] == ordered[row, place - 1]:
                run += 1
            else:
                spread -= run * (run - 1) * (2 * run + 5)
                run = 1
        variance[row] = spread / 18
    return score, variance


@numba.njit(cache=True, nogil=True)
def _smallest(values: NDArray, size: int, rank: int) -> float:
    """Return the value of a rank from 0 among the first `size`, which it reorders (Hoare 1961)."""
    first, last = 0, size - 1
    while first < last:
        pivot, low, high = values[(first + last) // 2], first, last
        while low <= high:
            while values[low] < pivot:
                low += 1
            while values[high] > pivot:
                high -= 1
            if low <= high:
                values[low], values[high] = values[high], values[low]
                low += 1
                high -= 1
        if rank <= high:
            last = high
        elif rank >= low:
            first = low
        else:
            break
    return float(values[rank])


@numba.njit(cache=True, nogil=True)
def median_slopes(series: NDArray) -> NDArray:
    """Return the median of (later − earlier) / slices between, per row; NaN values are left out."""
    rows, slices = series.shape
    slopes, found = np.empty(slices * (slices - 1) // 2), np.full(rows, np.nan)
    for row in range(rows):
        n = 0
        for late in range(1, slices):
            for early in range(late):
                slope = (series[row, late] - series[row, early]) / (late - early)
                if not np.isnan(slope):
                    slopes[n] = slope
                    n += 1
        if n:
            lower = _smallest(slopes, n, (n - 1) // 2)
            found[row] = (lower + _smallest(slopes, n, n // 2)) / 2
    return found


@numba.njit(cache=True, nogil=True)
def ways(distinct: NDArray, times: NDArray, longest: int, most: int) -> NDArray:
    """Return how many sets of k values add up to s, divided by (n/k̂)ᵏ; shape (longest + 1, most + 1).

    Coefficients of Π (1 + y·zᵛ)ⁿᵛ over the distinct values v, each occurring nᵛ times, k̂ being `longest`.
    """
    found = np.zeros((longest + 1, most + 1))
    found[0, 0] = 1.0
    unit = longest / times.sum()
    for at in range(len(distinct)):
        value = distinct[at]
        for k in range(longest, 0, -1):
            chosen = 1.0
            for j in range(1, min(k, times[at]) + 1):
                chosen *= (times[at] - j + 1) / j * unit
                if j * value > most:
                    break
                for total in range(j * value, most + 1):
                    found[k, total] += chosen * found[k - j, total - j * value]
    return found
