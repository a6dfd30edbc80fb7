"""Wilson's interval of a share (Wilson 1927, "Probable inference", JASA 22, 209-212)."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist


def wilson(hits: int, of: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the lower and upper bound of `hits / of`, without continuity correction.

    Written out because SciPy's costs every process of the site its whole statistics package at start.

    Raises:
        ValueError: not 0 <= hits <= of with of >= 1, or confidence not between 0 and 1.

    """
    if not 0 <= hits <= of or of < 1:
        raise ValueError(f"hits, of: {hits} of {of} is no share")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence: must lie between 0 and 1, not {confidence!r}")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share, spread = hits / of, z * z / of
    middle = share + spread / 2
    half = z * sqrt(share * (1 - share) / of + spread / of / 4)
    low, high = (middle - half) / (1 + spread), (middle + half) / (1 + spread)
    return (0.0 if hits == 0 else low), (1.0 if hits == of else high)
