"""Conditional permutation with one null shared by all cells of a degree, and the false-discovery rate.

With binary weights and its own value held, a cell's local statistic depends on the permutation through one
number: the sum of k values drawn without replacement from the other n − 1 cells. One sample of k cells from
all n gives that sum to every cell with k neighbours; the few cells that are in the sample themselves take a
spare instead. So each cell's null is exactly a conditional permutation's, at the cost of one per degree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from anlan.engine.analysis.local import _kernels

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from anlan.engine.analysis.local.weights import Neighbours

Alternative = Literal["two-sided", "greater", "less"]
SUM_BITS = 60  # of 63
VALUE_BITS = 44  # coarser than a double's 53, so that its own rounding is far below one step


def whole(values: NDArray[Any]) -> tuple[NDArray[np.int64], int]:
    """Return the values as integers whose sums are exact, and by how many steps each may be off.

    Floating sums depend on their order, so that equal neighbourhoods need not tie; integer sums do. Counts
    stay as they are (off by 0). Rates become multiples of a step, at most 2⁻⁴³ of the largest unless cells
    are so many that the sum would not fit; two sums of k then tie if they differ by at most k steps.

    Raises:
        ValueError: a value is missing or infinite, or the values' sum overflows.

    """
    if not np.isfinite(values).all():
        raise ValueError("values: missing or infinite; leave such cells out")
    largest = float(np.abs(values).max(initial=0))
    if (values != np.round(values)).any():
        bits = min(VALUE_BITS, SUM_BITS - int(np.ceil(np.log2(len(values)))))
        scale = bits - int(np.ceil(np.log2(largest)))
        return np.asarray(np.round(np.ldexp(values, scale)), np.int64), 1
    if largest * len(values) > 2.0**SUM_BITS:
        raise ValueError(f"values: {largest:g} is too large to add up exactly")
    return values.astype(np.int64), 0


def tails(
    values: NDArray[np.int64], neighbours: Neighbours, permutations: int, seed: int, off: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return pseudo p-values (c + 1)/(R + 1) of a sum as high, and as low, as the observed; each (n,).

    `values` and `off` are those of `whole`; c counts draws at least (at most) as large; R is `permutations`.

    Raises:
        ValueError: fewer than one permutation, or values and neighbours differ in length.

    """
    check(values, neighbours, permutations)
    if not len(values):
        return np.ones(0), np.ones(0)
    degree = neighbours.degree
    observed, slack = neighbours.sums(values), off * degree
    least, most, degrees = observed - slack, observed + slack, np.unique(degree)
    null, above, below = _kernels.shared_null(values, degree, least, most, degrees, permutations, seed)
    null.sort(axis=1)
    for row, k in enumerate(degrees):
        mine = degree == k
        above[mine] += permutations - np.searchsorted(null[row], least[mine], side="left")
        below[mine] += np.searchsorted(null[row], most[mine], side="right")
    return (above + 1) / (permutations + 1), (below + 1) / (permutations + 1)


def check(values: NDArray[Any], neighbours: Neighbours, permutations: int) -> None:
    """Raise a ValueError where values, neighbours or permutations cannot go together."""
    if permutations < 1:
        raise ValueError(f"permutations: {permutations} is less than one")
    if values.shape != (len(neighbours),):
        raise ValueError(f"values: shape {values.shape}, but there are {len(neighbours)} cells")


def sided(
    high: NDArray[np.float64], low: NDArray[np.float64], alternative: Alternative
) -> NDArray[np.float64]:
    """Return the p-value of the alternative; two-sided is twice the smaller tail, at most 1.

    Raises:
        ValueError: the alternative is none of the three.

    """
    if alternative not in get_args(Alternative):
        raise ValueError(f"alternative: {alternative!r} is not one of {', '.join(get_args(Alternative))}")
    if alternative == "two-sided":
        return np.asarray(np.minimum(1.0, 2 * np.minimum(high, low)), np.float64)
    return high if alternative == "greater" else low


def false_discovery(p: ArrayLike) -> NDArray[np.float64]:
    """Return q-values: the least share of false discoveries at which each p-value counts as one; shape of p.

    q₍ᵢ₎ = min over j ≥ i of p₍ⱼ₎·m/j (Benjamini & Hochberg 1995). Valid for independent or positively
    dependent tests, which overlapping neighbourhoods are.
    """
    chances = np.asarray(p, np.float64)
    flat = chances.ravel()
    order = np.argsort(flat, kind="stable")
    scaled = flat[order] * len(flat) / np.arange(1, len(flat) + 1)
    found = np.empty(len(flat))
    found[order] = np.minimum.accumulate(scaled[::-1])[::-1]
    return np.asarray(np.minimum(found, 1.0).reshape(chances.shape), np.float64)
