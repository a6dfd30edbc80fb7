"""Which places of a route a ruin takes: a string about one, some in its middle kept.

Slack induction by string removals (Christiaens & Vanden Berghe, Transportation Science 54, 2020, 417-433).
"""

import numba
import numpy as np

MEAN_REMOVED = 10.0
LONGEST_STRING = 10.0
SPLIT = 0.5  # chance that a string keeps some of its middle
KEEP = 0.5  # chance that it keeps one more


@numba.njit(cache=True, nogil=True)
def string_about(
    at: int, size: int, longest: float, chance: np.random.Generator
) -> tuple[int, int, int, int]:
    """Begin and end of a string about place `at` of a route of `size`, and of what is kept inside it."""
    length = min(size, int(chance.random() * min(size, longest) + 1))
    kept = 0
    if 1 < length < size and chance.random() < SPLIT:
        while length + kept < size and chance.random() < KEEP:
            kept += 1
    span = length + kept
    low = max(0, at - span + 1)
    begin = low + int(chance.random() * (min(at, size - span) - low + 1))
    spare = begin + (int(chance.random() * (length + 1)) if kept else 0)
    return begin, begin + span, spare, spare + kept
