"""A day's forecast by shift or type: shares from cell to group to county, each shrunk to the next.

Most cells have too few incidents to know their own rhythm, so a cell's shares are those of its group (beat)
unless its own counts say otherwise, and a group's those of the county.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

HALF_LIFE = 180.0
CELL_PRIOR, GROUP_PRIOR = 30.0, 30.0


def discounted(by_shift: NDArray[Any], half_life: float = HALF_LIFE) -> NDArray[np.float64]:
    """Return counts weighed by age, (C, S), of counts by cell, day and shift, (C, D, S).

    Raises:
        ValueError: `half_life` is not positive.

    """
    if not half_life > 0:
        raise ValueError(f"half_life: {half_life} is not positive")
    weight = 0.5 ** (np.arange(by_shift.shape[1])[::-1] / half_life)
    return np.asarray(np.einsum("cds,d->cs", by_shift, weight), np.float64)


def shrunken_shares(
    weighed: NDArray[np.float64],
    group: NDArray[np.int64] | None = None,
    *,
    cell_prior: float = CELL_PRIOR,
    group_prior: float = GROUP_PRIOR,
) -> NDArray[np.float64]:
    """Return each cell's shares of its shifts (or types), (C, S), every row with sum 1.

    Args:
        weighed: discounted counts, (C, S).
        group: number of each cell's group from 0, (C,); without, cells are shrunk to the county at once.
        cell_prior, group_prior: incidents' worth of belief in the level above.

    Raises:
        ValueError: a prior is not positive, or `group` has another length.

    """
    if not min(cell_prior, group_prior) > 0:
        raise ValueError(f"cell_prior, group_prior: {cell_prior}, {group_prior}; expected positive")
    if group is not None and len(group) != len(weighed):
        raise ValueError(f"group: {len(group)} entries, expected {len(weighed)}")
    total = weighed.sum(axis=0)
    county = total / total.sum() if total.sum() else np.full(len(total), 1 / len(total))
    if group is None:
        return _shrunk(weighed, county, cell_prior)
    sums = np.zeros((int(group.max(initial=0)) + 1, weighed.shape[1]))
    np.add.at(sums, group, weighed)
    return _shrunk(weighed, _shrunk(sums, county, group_prior)[group], cell_prior)


def split(expected: NDArray[np.float64], share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return expectations by cell, day and shift, (C, horizon, S), of (C, horizon) and shares (C, S)."""
    return np.asarray(expected[:, :, None] * share[:, None, :])


def _shrunk(counts: NDArray[np.float64], to: NDArray[np.float64], prior: float) -> NDArray[np.float64]:
    mixed = counts + prior * to
    return np.asarray(mixed / mixed.sum(axis=-1, keepdims=True), np.float64)
