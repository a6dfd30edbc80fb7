"""Which days could have been recorded: a day without data is missing, not quiet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def exposed_days(daily: ArrayLike, *, chance: float = 1e-9) -> NDArray[np.bool_]:
    """Tell for each day whether the county's record was open.

    A run of L days with no incident in the whole county is missing when a Poisson process of the county's
    mean λ on exposed days would be silent that long with a probability exp(−λL) below `chance`. Days before
    the first incident are missing: the record had not begun.

    Args:
        daily: incidents of the whole county per day, shape (T,).
        chance: how improbable a silence must be to count as missing, in (0, 1).

    Raises:
        ValueError: `chance` is outside (0, 1).

    """
    if not 0 < chance < 1:
        raise ValueError(f"chance: {chance} is not between 0 and 1")
    counts = np.asarray(daily)
    some = np.flatnonzero(counts)
    if not len(some):
        return np.zeros(len(counts), bool)
    exposed = counts > 0
    runs = _silent_runs(counts)
    for _ in range(3):
        rate = counts.sum() / exposed.sum()
        exposed = np.ones(len(counts), bool)
        exposed[: some[0]] = False
        for first, last in runs:
            if rate * (last - first) > -np.log(chance):
                exposed[first:last] = False
    return exposed


def _silent_runs(counts: NDArray[Any]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], (counts == 0).astype(np.int8), [0]))))
    return [(int(first), int(last)) for first, last in edges.reshape(-1, 2)]
