"""The loop of the Knox table: pairs near in space, told apart by days for many orders of days at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FULL = 32_000  # pairs before a 16-bit counter could run over


@numba.njit(cache=True, nogil=True)
def near_pairs(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    reach: NDArray[np.int64],
    day: NDArray[np.int16],
    metres2: NDArray[np.float64],
    days: NDArray[np.int16],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count pairs by distance band, and by days apart in each column of `day`.

    `reach`: (n, 3), for each incident the end of those to try after it in its own strip, begin and end in the
    next. `day`: (n, orders). `metres2`, `days`: upper edges, metres squared. Returns pairs (bands,), and
    cumulative counts (bands, day edges, orders): pairs no more days apart than each edge. Pairs are found
    anew in each call, so that memory does not grow with them.
    """
    bands, edges, orders = len(metres2), len(days), day.shape[1]
    pairs = np.zeros(bands, np.int64)
    total = np.zeros((bands, edges, orders), np.int64)
    part = np.zeros((bands, edges, orders), np.int16)
    apart = np.zeros(orders, np.int16)
    waiting = 0
    for i in range(len(x)):
        for side in range(2):
            begin, end = (i + 1, reach[i, 0]) if side == 0 else (reach[i, 1], reach[i, 2])
            for j in range(begin, end):
                far2 = (x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2
                if far2 > metres2[bands - 1]:
                    continue
                band = 0
                while far2 > metres2[band]:
                    band += 1
                pairs[band] += 1
                for r in range(orders):
                    apart[r] = abs(day[i, r] - day[j, r])
                for k in range(edges):
                    row, edge = part[band, k], days[k]
                    for r in range(orders):
                        row[r] += np.int16(apart[r] <= edge)
                waiting += 1
                if waiting == FULL:
                    total += part
                    part[:] = 0
                    waiting = 0
    total += part
    return pairs, total
