"""Numba kernel for rows of sites as bits: which of them contain no other."""

import numba
import numpy as np
from numpy.typing import NDArray


@numba.njit(cache=True, nogil=True)
def narrowest(words: NDArray, order: NDArray) -> NDArray:
    """Whether each row of `words` (R, W) uint64 is kept, (R,); `order` are the rows by number of bits."""
    kept = np.ones(len(words), np.bool_)
    for place in range(len(order)):
        row = order[place]
        if not kept[row]:
            continue
        for later in range(place + 1, len(order)):
            other = order[later]
            if kept[other]:
                inside = True
                for word in range(words.shape[1]):
                    if words[row, word] & ~words[other, word]:
                        inside = False
                        break
                if inside:
                    kept[other] = False
    return kept
