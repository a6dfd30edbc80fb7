"""Does the analysis feed on itself, and is patrol spread fairly? Four questions to a county's record.

What share of the input did officers find (it must not be learned from), how much patrol time explores beyond
what the model points to, does patrol time stand in proportion to the harm that residents report, and does
yesterday's patrol raise today's count? After Lum & Isaac 2016, *Significance* 13, and Ensign et al. 2018,
*Proc. Machine Learning Research* 81. Places and hours only: nothing here concerns a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

WEEK = 7
ROUNDS, PRECISION = 2_000, 1e-9


@dataclass(frozen=True)
class OfficerShare:
    """Of `total` incidents in `group`, `found` by officers; share with its 95 % interval (exact)."""

    group: str
    found: int
    total: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Exploration:
    """Where patrol time went: share outside the chosen cells; cells visited at all, of all; never visited."""

    share: float
    visited: int
    cells: int
    never: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Disparity:
    """Patrol time against reported harm, per beat and as a whole, with 95 % block-bootstrap intervals.

    Attributes:
        patrol, harm: each beat's share of patrol time and of harm, (beats,).
        ratio: share of patrol over share of harm; above 1 a beat has more than its harm; NaN without harm.
        ratio_low, ratio_high: its interval, (beats,); NaN where some draw has no harm.
        moved: share of patrol time that would have to move for both shares to be equal (dissimilarity), 0–1.
        moved_interval: its interval; it stays above 0 by chance even where patrol follows harm.

    """

    patrol: NDArray[np.float64]
    harm: NDArray[np.float64]
    ratio: NDArray[np.float64]
    ratio_low: NDArray[np.float64]
    ratio_high: NDArray[np.float64]
    moved: float
    moved_interval: tuple[float, float]


@dataclass(frozen=True)
class Feedback:
    """Today's count after a patrol yesterday over that after none: the ratio, its 95 % interval, a p-value.

    `cells` and `incidents` are those the estimate rests on: cells both patrolled and not, with incidents.
    """

    ratio: float
    low: float
    high: float
    p: float
    cells: int
    incidents: int


def officer_share(officer: ArrayLike, group: ArrayLike) -> list[OfficerShare]:
    """Return how much of each group's record officers found, largest share first, and of all ("").

    Args:
        officer: whether an officer found the incident, shape (N,).
        group: type or beat of each incident, shape (N,).

    Raises:
        ValueError: the lengths differ.

    """
    found, groups = np.asarray(officer, bool), np.asarray(group, str)
    if found.shape != groups.shape:
        raise ValueError(f"group: {len(groups)} entries, but officer has {len(found)}")
    names, index = np.unique(groups, return_inverse=True)
    by = np.bincount(index, found, len(names)).astype(int)
    of = np.bincount(index, minlength=len(names))
    rows = [_share(str(name), int(k), int(n)) for name, k, n in zip(names, by, of, strict=True)]
    return [_share("", int(found.sum()), len(found)), *sorted(rows, key=lambda row: (-row.share, row.group))]


def exploration(minutes: ArrayLike, chosen: ArrayLike) -> Exploration:
    """Return how much patrol time went beyond the cells that the model had chosen.

    Args:
        minutes: patrol time, shape (cells, days), not negative.
        chosen: whether the plan of that day pointed to the cell, shape (cells, days).

    Raises:
        ValueError: shapes differ, or a time is negative or missing.

    """
    time = _times("minutes", minutes)
    planned = np.asarray(chosen, bool)
    if planned.shape != time.shape:
        raise ValueError(f"chosen: shape {planned.shape}, but minutes has {time.shape}")
    total, visited = float(time.sum()), time.sum(axis=1) > 0
    share = float(time[~planned].sum()) / total if total else 0.0
    never = tuple(int(cell) for cell in np.flatnonzero(~visited))
    return Exploration(share, int(visited.sum()), len(time), never)


def disparity(
    minutes: ArrayLike, harm: ArrayLike, *, draws: int = 2_000, block: int = WEEK, seed: int = 0
) -> Disparity:
    """Compare each beat's share of patrol time with its share of the harm that residents report.

    Args:
        minutes: patrol time, shape (beats, days).
        harm: resident-reported incidents, or their weights of harm, shape (beats, days).
        draws: bootstrap draws, blocks of `block` whole days in a row, with replacement.
        block: days in a block; a week keeps the rhythm of shifts.
        seed: the draws repeat with it.

    Raises:
        ValueError: shapes differ, a value is negative or missing, there is no time or no harm, or fewer days
            than a block.

    """
    time, load = _times("minutes", minutes), _times("harm", harm)
    if time.shape != load.shape:
        raise ValueError(f"harm: shape {load.shape}, but minutes has {time.shape}")
    if not time.sum() or not load.sum():
        raise ValueError("minutes, harm: nothing to compare, one of them is all 0")
    if not 0 < block <= time.shape[1]:
        raise ValueError(f"block: {block} days, but the record has {time.shape[1]}")
    if draws < 1:
        raise ValueError(f"draws: {draws} is less than one")
    again = _resampled_days(time.shape[1], block, draws, seed)
    patrol, needed = _shares(time.sum(axis=1)), _shares(load.sum(axis=1))
    patrols, needs = _shares(again @ time.T), _shares(again @ load.T)
    low, high = np.quantile(_ratio(patrols, needs), (0.025, 0.975), axis=0)
    moved = np.quantile(np.abs(patrols - needs).sum(axis=1) / 2, (0.025, 0.975))
    return Disparity(
        patrol=patrol,
        harm=needed,
        ratio=_ratio(patrol, needed),
        ratio_low=low,
        ratio_high=high,
        moved=float(np.abs(patrol - needed).sum() / 2),
        moved_interval=(float(moved[0]), float(moved[1])),
    )


def feedback_test(
    counts: ArrayLike,
    patrolled: ArrayLike,
    *,
    expected: ArrayLike | None = None,
    permutations: int = 999,
    seed: int = 0,
) -> Feedback:
    """Test whether a patrol yesterday raises today's count in the same cell.

    A Poisson regression with an effect per cell and per day,
    E y(c, t) = expected · exp(a(c) + b(t) + β·x(c, t − 1)), x being 1 where the cell was patrolled: cells
    that always have more, and days that have more everywhere, do not count. The interval of e^β is robust to
    dependence within a cell (clustered by cell). The p-value, two-sided, shifts each cell's patrols by a
    random whole number of weeks, which keeps their own rhythm.

    Run it twice: on what officers found and on what residents reported. A rise of the first alone is
    discovery, the reason why it is not learned from; a rise of both is more trouble, or patrols sent where
    trouble was already rising. Give `expected` (what the plan's forecast held) to take that last reason out.

    Args:
        counts: incidents per cell and day, shape (cells, days).
        patrolled: whether the cell was patrolled that day, shape (cells, days).
        expected: what was expected without regard to patrol, positive, shape (cells, days).
        permutations: draws of the null.
        seed: the draws repeat with it.

    Raises:
        ValueError: shapes differ, a count is negative, `expected` is not positive, fewer than 15 days, no
            cell has incidents on days after a patrol and on others, or all cells are patrolled alike.

    """
    count = _times("counts", counts)
    visit = np.asarray(patrolled, bool)
    base = np.ones(count.shape) if expected is None else np.asarray(expected, np.float64)
    _check_days(count, visit, base, permutations)
    y, x, offset = count[:, 1:], visit[:, :-1], base[:, 1:]
    used = (y.sum(axis=1) > 0) & x.any(axis=1) & ~x.all(axis=1)
    open_days = y[used].sum(axis=0) > 0
    y, x, offset = (part[used][:, open_days] for part in (y, x.astype(float), offset))
    if not (y * x).sum() or not (y * (1 - x)).sum():
        raise ValueError("counts, patrolled: no cell has incidents both after a patrol and after none")
    ratio, mean = _fitted(y, x, offset)
    error = _clustered_error(y, x, mean)
    low, high = (float(ratio * np.exp(side * 1.959964 * error)) for side in (-1, 1))
    p = _shifted_p(count[used][:, 1:], visit[used][:, :-1], base[used][:, 1:], permutations, seed)
    return Feedback(ratio, low, high, p, int(used.sum()), int(y.sum()))


def _times(name: str, values: ArrayLike) -> NDArray[np.float64]:
    table = np.asarray(values, np.float64)
    if table.ndim != 2 or not table.size:
        raise ValueError(f"{name}: shape {table.shape}, expected places and days")
    if not (table >= 0).all() or not np.isfinite(table).all():
        raise ValueError(f"{name}: negative or missing")
    return table


def _check_days(count: NDArray[Any], visit: NDArray[Any], base: NDArray[Any], permutations: int) -> None:
    for name, part in (("patrolled", visit), ("expected", base)):
        if part.shape != count.shape:
            raise ValueError(f"{name}: shape {part.shape}, but counts has {count.shape}")
    if not (base > 0).all():
        raise ValueError("expected: not positive")
    if count.shape[1] < 2 * WEEK + 1:
        raise ValueError(f"counts: {count.shape[1]} days, at least {2 * WEEK + 1} are needed")
    if permutations < 1:
        raise ValueError(f"permutations: {permutations} is less than one")


def _share(group: str, found: int, total: int) -> OfficerShare:
    """Return the share with Clopper and Pearson's interval."""
    low = float(stats.beta.ppf(0.025, found, total - found + 1)) if found else 0.0
    high = float(stats.beta.ppf(0.975, found + 1, total - found)) if found < total else 1.0
    return OfficerShare(group, found, total, found / total if total else 0.0, low, high)


def _shares(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(sums / np.maximum(sums.sum(axis=-1, keepdims=True), 1e-300), np.float64)


def _ratio(patrol: NDArray[np.float64], harm: NDArray[np.float64]) -> NDArray[np.float64]:
    ratio = np.divide(patrol, harm, out=np.full(patrol.shape, np.nan), where=harm > 0)
    return np.asarray(ratio, np.float64)


def _resampled_days(days: int, block: int, draws: int, seed: int) -> NDArray[np.float64]:
    """Return how often each day is drawn, (draws, days), in circular blocks so that each counts alike."""
    rng = np.random.default_rng(seed)
    starts = rng.integers(0, days, (draws, -(-days // block)))
    drawn = (starts[..., None] + np.arange(block)) % days
    drawn = drawn.reshape(draws, -1)[:, :days] + np.arange(draws)[:, None] * days
    return np.bincount(drawn.ravel(), minlength=draws * days).reshape(draws, days).astype(np.float64)


def _fitted(
    y: NDArray[np.float64], x: NDArray[np.float64], mean: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64]]:
    """Return e^β and the fitted means, by proportional fitting of sums per cell, day, and after a patrol.

    With x 0 or 1 the likelihood's equations are these sums, so that fitting each in turn climbs to its top
    (Darroch & Ratcliff 1972).
    """
    ratio, after = 1.0, float((y * x).sum())
    for _ in range(ROUNDS):
        mean = _balanced(y, mean)
        step = after / float((mean * x).sum())
        mean = mean * np.where(x > 0, step, 1.0)
        ratio *= step
        if abs(step - 1) < PRECISION:
            break
    return ratio, mean


def _balanced(y: NDArray[np.float64], mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the means fitted to the sums of y per cell, then per day; a day of none gets 0."""
    mean = mean * (y.sum(axis=1) / mean.sum(axis=1))[:, None]
    return np.asarray(mean * (y.sum(axis=0) / np.maximum(mean.sum(axis=0), 1e-300)))


def _clustered_error(y: NDArray[np.float64], x: NDArray[np.float64], mean: NDArray[np.float64]) -> float:
    """Return the standard error of β, clustered by cell (Liang & Zeger 1986)."""
    rest = x.copy()
    for _ in range(ROUNDS):
        rest = rest - ((mean * rest).sum(axis=1) / mean.sum(axis=1))[:, None]
        by_day = (mean * rest).sum(axis=0) / mean.sum(axis=0)
        rest = rest - by_day
        if np.abs(by_day).max() < PRECISION:
            break
    scores = (rest * (y - mean)).sum(axis=1)
    cells, known = len(scores), float((mean * rest**2).sum())
    if known < PRECISION:
        raise ValueError("patrolled: every cell was patrolled on the same days; no telling patrol from day")
    return float(np.sqrt((scores**2).sum() * cells / max(cells - 1, 1)) / known)


def _shifted_p(
    y: NDArray[np.float64], visit: NDArray[np.bool_], offset: NDArray[np.float64], draws: int, seed: int
) -> float:
    """Return the share of draws, patrols shifted by whole weeks, as far from their mean as the truth."""
    mean = offset
    for _ in range(50):
        mean = _balanced(y, mean)
    rest = y - mean
    weeks = y.shape[1] // WEEK
    kept = visit[:, : weeks * WEEK].astype(float)
    scores = np.stack(
        [(np.roll(kept, WEEK * by, axis=1) * rest[:, : weeks * WEEK]).sum(axis=1) for by in range(weeks)]
    )
    rng = np.random.default_rng(seed)
    shifts = rng.integers(0, weeks, (draws, len(y)))
    drawn = scores[shifts, np.arange(len(y))].sum(axis=1)
    middle = scores.mean(axis=0).sum()
    far = abs(scores[0].sum() - middle) * (1 - 1e-12)
    return float((np.sum(np.abs(drawn - middle) >= far) + 1) / (draws + 1))
