"""What was really done: treated places without a patrol, controls with one, and the effect by minutes.

All of it is secondary. Who got the minutes was not decided by a coin, so places that got what they were
meant to get may differ from the others in themselves; the effect by assignment stays the trial's result.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.trials.randomisation import assignments, p_value
from anlan.engine.planning.trials.units import base, grouping, summed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from anlan.engine.planning.trials.model import Design, Outcome
    from anlan.engine.planning.trials.schedule import Schedule

    Floats = NDArray[np.float64]

FARTHEST = 3.0  # log ratio beyond which an effect of one dose is not looked for: a factor of 20
STEPS, HALVINGS = 60, 30


@dataclass(frozen=True, eq=False)
class Doses:
    """Minutes of presence by place and period, (n, t); NaN where it could not be checked."""

    codes: Sequence[str]
    minutes: NDArray[np.float64]

    def __post_init__(self) -> None:
        if self.minutes.ndim != 2 or len(self.minutes) != len(self.codes):
            raise ValueError(f"minutes: expected ({len(self.codes)}, periods), not {self.minutes.shape}")
        if (self.minutes < 0).any():
            raise ValueError("minutes: a dose is negative")


@dataclass(frozen=True)
class Contamination:
    """Place-periods by what was planned and done; `least`: minutes that count as a dose.

    `*_unknown` could not be checked and are in neither of the others. `*_minutes`: mean of those checked,
    None where none was.
    """

    least: float
    treated: int
    treated_without: int
    treated_unknown: int
    control: int
    control_with: int
    control_unknown: int
    treated_minutes: float | None
    control_minutes: float | None


@dataclass(frozen=True)
class PerProtocol:
    """Ratio among pairs and periods in which both places got what the coin said; no p-value belongs to it."""

    ratio: float | None
    kept: int
    broken: int
    unknown: int


@dataclass(frozen=True)
class PerDose:
    """Ratio for each `minutes` of presence, the coin being the instrument.

    `low`, `high`: all ratios that the randomisation test of Y(dose) = Y(0) · ratio^(dose/minutes) does not
    reject; None: unbounded, which is what little difference in dose leads to. It holds though the dose was
    not decided by a coin, if the coin works through the minutes alone.
    """

    ratio: float | None
    low: float | None
    high: float | None
    minutes: float
    cells: int
    unknown: int


@dataclass(frozen=True, eq=False)
class _Cells:
    """Pairs × periods: who is treated, doses and counts of the first and second places, what counts."""

    face: NDArray[np.bool_]
    dose: tuple[Floats, Floats]
    count: tuple[Floats, Floats]
    base: tuple[Floats, Floats]
    counted: NDArray[np.bool_]
    of: Floats

    @property
    def known(self) -> NDArray[np.bool_]:
        """Both doses checked and the period counted, (pairs, periods)."""
        return np.asarray(self.counted & np.isfinite(self.dose[0]) & np.isfinite(self.dose[1]))

    def sides(self, of: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
        """Return (treated, control) of (first, second)."""
        return np.where(self.face, *of), np.where(self.face, *of[::-1])


def contamination(design: Design, plan: Schedule, doses: Doses, least: float = 10.0) -> Contamination:
    """Count who was treated without a dose and who got one as a control.

    Raises:
        ValueError: a place has no doses, or there are more periods than in the trial.

    """
    rows = _rows(doses, design, plan)
    minutes = doses.minutes[rows]
    counted = np.broadcast_to(design.protocol.counted()[: minutes.shape[1]], minutes.shape)
    treated = plan.table()[:, : minutes.shape[1]]
    one, two = minutes[treated & counted], minutes[~treated & counted]
    return Contamination(
        least, len(one), int((one < least).sum()), int(np.isnan(one).sum()),
        len(two), int((two >= least).sum()), int(np.isnan(two).sum()), _mean(one), _mean(two),
    )  # fmt: skip


def per_protocol(
    design: Design, plan: Schedule, places: Outcome, doses: Doses, least: float = 10.0
) -> PerProtocol:
    """Return the ratio among those that got what the coin said: secondary, see the module's text."""
    cells = _cells(design, plan, places, doses)
    dose, known = cells.sides(cells.dose), cells.known
    kept = known & (dose[0] >= least) & (dose[1] < least)
    x, z = _scores(cells, cells.count, kept)
    total = float(z.sum())
    counted = int(cells.counted.sum())
    return PerProtocol(
        float(x.sum()) / total if total > 0 else None,
        int(kept.sum()), int((known & ~kept).sum()), counted - int(known.sum()),
    )  # fmt: skip


def per_dose(design: Design, plan: Schedule, places: Outcome, doses: Doses, minutes: float = 15.0) -> PerDose:
    """Return the ratio for each `minutes`, the coin as an instrument (Imbens & Rosenbaum 2005, JRSS A 168).

    Raises:
        ValueError: `minutes` is not positive, a place has no doses, or the periods differ.

    """
    if minutes <= 0:
        raise ValueError(f"minutes: positive, not {minutes}")
    cells, protocol = _cells(design, plan, places, doses), design.protocol
    known = cells.known
    first, second = (np.where(known, one, 0.0) / minutes for one in cells.dose)
    drawn = assignments(protocol.coins * len(design.pairs), protocol.draws, protocol.seed)

    def score(at: float) -> tuple[Floats, Floats]:
        undone = cells.count[0] * np.exp(-at * first), cells.count[1] * np.exp(-at * second)
        return _scores(cells, undone, known)

    def p(at: float) -> float:
        return p_value(*score(at), drawn)

    best = _root(lambda at: float(np.subtract(*score(at)).sum()))
    low, high = (None if best is None else _edge(p, best, side, protocol.alpha) for side in (-1, 1))
    missing = int(cells.counted.sum() - known.sum())
    return PerDose(_exp(best), _exp(low), _exp(high), minutes, int(known.sum()), missing)


def _exp(at: float | None) -> float | None:
    return None if at is None else float(np.exp(at))


def _root(of: Callable[[float], float]) -> float | None:
    """Return where a difference changes sign, the place nearest to 0; None where it does not."""
    grid = np.linspace(-FARTHEST, FARTHEST, 2 * STEPS + 1)
    values = np.array([of(float(at)) for at in grid])
    change = np.flatnonzero(np.diff(np.signbit(values)))
    if not len(change):
        return None
    nearest = int(change[np.argmin(np.abs(grid[change]))])
    low, high, sign = float(grid[nearest]), float(grid[nearest + 1]), np.signbit(values[nearest])
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if np.signbit(of(middle)) == sign else (low, middle)
    return (low + high) / 2


def _edge(p: Callable[[float], float], best: float, side: int, alpha: float) -> float | None:
    """Return the farthest ratio on a side that is not rejected, None where it lies beyond what is tried."""
    grid = np.linspace(best, side * FARTHEST, STEPS + 1)
    kept = [at for at in grid.tolist() if p(at) > alpha]
    if not kept or kept[-1] == grid[-1]:
        return None
    inside, outside = kept[-1], kept[-1] + float(grid[1] - grid[0])
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if p(middle) > alpha else (inside, middle)
    return inside


def _scores(cells: _Cells, count: tuple[Floats, Floats], kept: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return x, z by coin as in `units`, from the kept cells alone."""
    sums = summed(cells.face, count[0] * kept, count[1] * kept, cells.of)
    one, two = summed(cells.face, cells.base[0] * kept, cells.base[1] * kept, cells.of)
    total = np.maximum(one + two, 1e-12)
    return two / total * sums[0], one / total * sums[1]


def _cells(design: Design, plan: Schedule, places: Outcome, doses: Doses) -> _Cells:
    rows, pairs = places.rows(design.places), len(design.pairs)
    until = places.during.shape[1]
    if doses.minutes.shape[1] != until:
        raise ValueError(f"doses: expected {until} periods, not {doses.minutes.shape[1]}")
    dose = doses.minutes[_rows(doses, design, plan)]
    count = places.during[rows].astype(np.float64)
    one, two = base(places.before, rows[:pairs], rows[pairs:], design.protocol.prior)
    of = grouping(design.protocol, until, places.known)
    counted = np.broadcast_to(of.sum(axis=1) > 0, (pairs, until))
    return _Cells(
        plan.table()[:pairs, :until], (dose[:pairs], dose[pairs:]), (count[:pairs], count[pairs:]),
        (one[:, None], two[:, None]), counted, of,
    )  # fmt: skip


def _rows(doses: Doses, design: Design, plan: Schedule) -> NDArray[np.int64]:
    at = {code: row for row, code in enumerate(doses.codes)}
    missing = [code for code in design.places if code not in at]
    if missing:
        raise ValueError(f"doses: none of {', '.join(missing)}")
    if doses.minutes.shape[1] > plan.periods:
        raise ValueError(f"doses: at most {plan.periods} periods, not {doses.minutes.shape[1]}")
    return np.array([at[code] for code in design.places], np.int64)


def _mean(minutes: Floats) -> float | None:
    known = minutes[np.isfinite(minutes)]
    return float(known.mean()) if len(known) else None
