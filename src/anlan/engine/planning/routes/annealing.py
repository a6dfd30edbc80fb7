"""The clock and the temperature of the kernel's annealing: what runs between two looks at the watch."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.engine.planning.watch import UNWATCHED, Watch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anlan.engine.planning.routes.arrays import Dislike
    from anlan.engine.planning.routes.model import Model

CHUNK = 256  # iterations between two looks
PER_TASK = 4000  # iterations a visit that could be made, beyond which hardly anything was found
ABSENT = 30  # visits not made that are tried again in an iteration
BLINK = 0.01  # Christiaens & Vanden Berghe 2020
UNPRIZED = 3.0
COLD_START = (0.3, 0.003)
WARM_START = (0.03, 0.003)


@dataclass(frozen=True)
class Effort:
    """How hard to try: until the time or the iterations are over.

    `iterations` None: as many as the time allows, but no more than 4,000 for every visit that could be made.
    A plan is repeatable for its seed where iterations end the search, not the time. `method`: "ruin" (ours)
    or "pyvrp" (the peer that it is measured against; needs places for meals).

    Raises:
        ValueError: names the parameter that is out of range.

    """

    time_limit_s: float = 20.0
    iterations: int | None = None
    seed: int = 0
    method: str = "ruin"

    def __post_init__(self) -> None:
        if not self.time_limit_s > 0:
            raise ValueError(f"time_limit_s: must be above 0, not {self.time_limit_s}")
        if self.iterations is not None and self.iterations < 1:
            raise ValueError(f"iterations: must be 1 or more, not {self.iterations}")
        if self.seed < 0:
            raise ValueError(f"seed: must be 0 or more, not {self.seed}")
        if self.method not in {"ruin", "pyvrp"}:
            raise ValueError(f"method: ruin or pyvrp, not {self.method}")


@dataclass
class Budget:
    """An effort with its clock; parts of the work are shares of it, from `part[0]` to `part[1]`."""

    effort: Effort
    watch: Watch = UNWATCHED
    step: str = "routes"
    begun: float = field(default_factory=time.perf_counter)
    stopped: bool = False

    def until(self, part: tuple[float, float]) -> float:
        """The moment when the part is over."""
        return self.begun + part[1] * self.effort.time_limit_s

    def iterations(self, part: tuple[float, float], tasks: int) -> int:
        """The most iterations of the part."""
        every = self.effort.iterations or PER_TASK * (tasks + 10)
        return max(1, round((part[1] - part[0]) * every))

    def asks(self, part: tuple[float, float], done: float) -> bool:
        """Tell the watch that so much of the part is done; whether to stop."""
        self.watch.told(self.step, part[0] + min(1.0, done) * (part[1] - part[0]))
        self.stopped = self.stopped or self.watch.stopped()
        return self.stopped


@dataclass(frozen=True)
class Task:
    """What one annealing does: temperatures, random numbers, what is disliked, and the kernel's aim.

    Temperatures count in mean prizes (in driving where there are none), or in dislikes.
    """

    heat: tuple[float, float] = COLD_START
    seed: int = 0
    dislike: Dislike | None = None
    aim: tuple[float, float, float, float] = (1.0, 0.0, np.inf, 0.0)


def anneal(
    model: Model, start: Sequence[Sequence[int]], budget: Budget, part: tuple[float, float], how: Task
) -> tuple[list[list[int]], int]:
    """Options in order per unit from `start` (which must hold), and iterations done."""
    from anlan.engine.planning.routes import arrays, kernel  # noqa: PLC0415  Numba is slow to import

    work = arrays.pack(model, how.dislike)
    state = arrays.state_of(work, start)
    aim = np.array(how.aim)
    record = arrays.worth(work, state, aim)
    unit_of_heat = 1.0 if how.dislike else _heat(model)
    begun, until, most = time.perf_counter(), budget.until(part), budget.iterations(part, len(model.tasks))
    chance = np.random.default_rng((budget.effort.seed, how.seed))
    run: Any = kernel.anneal
    done = 0
    while done < most and (now := time.perf_counter()) < until:
        share = done / most
        if budget.effort.iterations is None:
            share = max(share, (now - begun) / (until - begun))
        if budget.asks(part, share):
            break
        heat = unit_of_heat * how.heat[0] * (how.heat[1] / how.heat[0]) ** share
        chunk = min(CHUNK, most - done)
        record = run(
            *work.tables(), *state.tables(), aim, heat, chunk, ABSENT, BLINK, record, chance
        )  # fmt: skip
        done += chunk
    return state.best(), done


def _heat(model: Model) -> float:
    """The mean prize; where nothing has one, three times what driving as long as a mean visit costs."""
    prizes = [task.prize for task in model.tasks if task.prize > 0]
    if prizes:
        return float(np.mean(prizes))
    visits = [max(option.way.seconds) for option in model.options if model.tasks[option.task].meal < 0]
    seconds = float(np.mean(visits)) if visits else 0.0
    return UNPRIZED * model.ground.request.hour_price / 3600 * (seconds or 600.0)


def warm(model: Model) -> None:
    """Load and compile the kernel, so that the clock starts when the search does."""
    budget = Budget(Effort(iterations=1))
    anneal(model, [[] for _ in model.ground.units], budget, (0.0, 1.0), Task())
