"""What a forecast learns from, and where that leads: a simulated county patrolled by its own belief.

Each day residents report incidents at each cell's true rate, whoever patrols. Officers discover more, but
only where they are: with `discovery` d, the record of a patrolled cell is d times what it would be. The
belief is a discounted gamma-Poisson mean per cell, and the next day's patrols go where it is highest. After
Lum & Isaac 2016, *Significance* 13, and Ensign et al. 2018, *Proc. Machine Learning Research* 81.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Learns = Literal["reported", "recorded", "discovered"]
PRIOR_DAYS = 14.0


@dataclass(frozen=True)
class World:
    """The county that is simulated.

    Attributes:
        cells: number of cells.
        patrols: cells patrolled each day.
        rate: mean incidents that residents report per cell and day.
        spread: standard deviation of the logarithm of the cells' rates.
        discovery: the record of a patrolled cell as a multiple of what residents report there.
        days: length of a run.
        half_life: days after which an incident counts half in the belief.
        runs: independent runs, each with rates of its own.

    Raises:
        ValueError: a value is out of range.

    """

    cells: int = 100
    patrols: int = 10
    rate: float = 0.3
    spread: float = 0.5
    discovery: float = 2.0
    days: int = 1_095
    half_life: float = 180.0
    runs: int = 20

    def __post_init__(self) -> None:
        """Refuse values without meaning, naming the parameter."""
        for name in ("cells", "rate", "days", "half_life", "runs"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name}: {getattr(self, name)} is not positive")
        if not 0 < self.patrols <= self.cells:
            raise ValueError(f"patrols: {self.patrols} is not between 1 and the {self.cells} cells")
        if self.spread < 0:
            raise ValueError(f"spread: {self.spread} is negative")
        if self.discovery < 1:
            raise ValueError(f"discovery: {self.discovery} is below 1, which residents alone report")


@dataclass(frozen=True, eq=False)
class Outcome:
    """How belief and patrols stand to the truth, each per day, (days,), mean over the runs.

    Attributes:
        inflation: share of belief held by the cells believed hottest, over their true share; 1 if true.
        distance: share of all belief that lies in the wrong cells (total variation), 0–1.
        misplaced: share of believed-hottest cells that are not among the truly hottest.
        covered: true rate of the patrolled cells over that of the truly hottest: 1 is the best possible.

    """

    inflation: NDArray[np.float64]
    distance: NDArray[np.float64]
    misplaced: NDArray[np.float64]
    covered: NDArray[np.float64]

    def late(self) -> dict[str, float]:
        """Return the mean of each over the last quarter of the days."""
        last = max(1, len(self.covered) // 4)
        return {
            name: float(getattr(self, name)[-last:].mean())
            for name in ("inflation", "distance", "misplaced", "covered")
        }


def simulate(
    world: World, *, learns: Learns = "reported", exploration: float = 0.0, seed: int = 0
) -> Outcome:
    """Run the county for `world.days` days.

    Args:
        world: the county.
        learns: "reported" by residents only; "recorded", reported and discovered alike; "discovered" only.
        exploration: share of patrols sent to cells drawn at random among those not chosen, 0–1.
        seed: the runs repeat with it; the same seed makes the same counties.

    Raises:
        ValueError: `learns` is none of the three, or `exploration` outside 0–1.

    """
    if learns not in get_args(Learns):
        raise ValueError(f"learns: {learns!r} is not one of {', '.join(get_args(Learns))}")
    if not 0 <= exploration <= 1:
        raise ValueError(f"exploration: {exploration} is not between 0 and 1")
    rng = np.random.default_rng(seed)
    rates = world.rate * np.exp(rng.normal(0, world.spread, (world.runs, world.cells)) - world.spread**2 / 2)
    truth = rates / rates.sum(axis=1, keepdims=True)
    best = _highest(truth, world.patrols)
    keep = 0.5 ** (1 / world.half_life)
    seen, weight = np.full(rates.shape, world.rate * PRIOR_DAYS), PRIOR_DAYS
    figures = np.empty((world.days, 4))
    for day in range(world.days):
        # Equal beliefs are told apart by chance, or the first cells would be patrolled for their number.
        belief = seen / weight + rng.uniform(0, 1e-9, seen.shape)
        patrolled = _patrols(belief, world, exploration, rng)
        figures[day] = _figures(belief / belief.sum(axis=1, keepdims=True), truth, best, patrolled, world)
        reported = rng.poisson(rates)
        discovered = rng.poisson(rates * (world.discovery - 1)) * patrolled
        learned = {"reported": reported, "recorded": reported + discovered, "discovered": discovered}[learns]
        seen, weight = keep * seen + learned, keep * weight + 1
    return Outcome(*figures.T)


def _highest(values: NDArray[np.float64], number: int) -> NDArray[np.bool_]:
    """Return where the `number` highest of each row are."""
    chosen = np.zeros(values.shape, bool)
    if number:
        at = np.argpartition(-values, number - 1, axis=1)[:, :number]
        np.put_along_axis(chosen, at, values=True, axis=1)
    return chosen


def _patrols(
    belief: NDArray[np.float64], world: World, exploration: float, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Return which cells are patrolled: the highest, and as many as exploration takes drawn from the rest."""
    explorers = rng.binomial(world.patrols, exploration, len(belief))
    rank = np.argsort(np.argsort(-belief, axis=1), axis=1)
    chosen = rank < (world.patrols - explorers)[:, None]
    lot = np.where(chosen, 2.0, rng.uniform(size=belief.shape))
    drawn = np.argsort(np.argsort(lot, axis=1), axis=1) < explorers[:, None]
    return np.asarray(chosen | (drawn & ~chosen))


def _figures(
    belief: NDArray[np.float64],
    truth: NDArray[np.float64],
    best: NDArray[np.bool_],
    patrolled: NDArray[np.bool_],
    world: World,
) -> tuple[Any, ...]:
    held = _highest(belief, world.patrols)
    inflation = (belief * held).sum(axis=1) / (truth * held).sum(axis=1)
    distance = np.abs(belief - truth).sum(axis=1) / 2
    misplaced = 1 - (held & best).sum(axis=1) / world.patrols
    covered = (truth * patrolled).sum(axis=1) / (truth * best).sum(axis=1)
    return inflation.mean(), distance.mean(), misplaced.mean(), covered.mean()
