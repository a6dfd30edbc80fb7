"""Calls drawn from a forecast: Poisson or negative binomial by hour, place and kind of call.

Common random numbers (Law 2015, *Simulation Modeling and Analysis*, ch. 11): a seed and the number of the
replication name the calls, and turnout, pace and service are drawn with the call. Two plans meet the same
calls with the same luck; a surge keeps every ordinary call and adds to them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.rehearsal.model import HOUR_S, Calls

if TYPE_CHECKING:
    from numpy.typing import NDArray

ARRIVALS, MARKS, EXTRA, EXTRA_MARKS, SPARED = range(5)
NOTHING, ONE = np.zeros(1), np.ones(1)


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of call: its priority (1 is the most urgent) and the units that it asks for.

    `asks`: (skills, number) pairs. Delay, turnout, pace and service are given as seconds (pace: factors) seen
    or assumed, any number of them; what is drawn lies between neighbours in their order (one value is a
    constant). `end`: the place where its units are free again, -1 at the scene.

    Raises:
        ValueError: names what is missing, negative or not finite.

    """

    priority: int = 1
    asks: tuple[tuple[int, int], ...] = ((0, 1),)
    service_s: NDArray[np.float64] = field(default_factory=lambda: NOTHING)
    turnout_s: NDArray[np.float64] = field(default_factory=lambda: NOTHING)
    pace: NDArray[np.float64] = field(default_factory=lambda: ONE)
    delay_s: NDArray[np.float64] = field(default_factory=lambda: NOTHING)
    end: int = -1

    def __post_init__(self) -> None:
        for name in ("service_s", "turnout_s", "pace", "delay_s"):
            values = np.asarray(getattr(self, name), float)
            if values.ndim != 1 or not len(values) or not (np.isfinite(values) & (values >= 0)).all():
                raise ValueError(f"{name}: at least one value, each finite and 0 or more")
            object.__setattr__(self, name, np.sort(values))
        if not self.asks or any(count < 1 for _, count in self.asks):
            raise ValueError(f"asks: at least one unit of each, not {self.asks}")

    @property
    def slots(self) -> list[int]:
        """The skills that each of its units must have."""
        return [skills for skills, count in self.asks for _ in range(count)]


@dataclass(frozen=True, eq=False)
class Expected:
    """Expected calls (T, D, K) of T periods, D places and K kinds.

    `place`, `beat` (D,); `alpha`: variance μ + α μ² of each cell, 0 is Poisson. `surge` broadcasts against
    (T, D): what the expected calls are multiplied by.

    Raises:
        ValueError: names what has a wrong shape, or is negative or not finite.

    """

    expected: NDArray[np.float64]
    place: NDArray[np.int64]
    beat: NDArray[np.int64]
    kinds: tuple[Kind, ...]
    period_s: float = HOUR_S
    alpha: float = 0.0
    surge: NDArray[np.float64] | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        shape = np.shape(self.expected)
        if len(shape) != 3 or shape[1:] != (len(self.place), len(self.kinds)) or not shape[0]:
            raise ValueError(
                f"expected: (periods, {len(self.place)} places, {len(self.kinds)} kinds), not {shape}"
            )
        if len(self.beat) != len(self.place):
            raise ValueError(f"beat: expected {len(self.place)}, not {len(self.beat)}")
        for name, values in (("expected", self.expected), ("alpha", self.alpha), ("surge", self._factor)):
            if not (np.isfinite(values) & (np.asarray(values) >= 0)).all():
                raise ValueError(f"{name}: must be finite and 0 or more")
        if not self.period_s > 0:
            raise ValueError(f"period_s: must be above 0, not {self.period_s}")

    @property
    def until_s(self) -> float:
        """Length of the period that calls are drawn for."""
        return float(len(self.expected) * self.period_s)

    @property
    def _factor(self) -> NDArray[np.float64]:
        plain = np.ones((1, 1)) if self.surge is None else np.asarray(self.surge, float)
        return np.broadcast_to(plain, np.shape(self.expected)[:2])

    def surged(self, surge: NDArray[np.float64]) -> Expected:
        """The same with the expected calls multiplied by period and place."""
        return Expected(
            self.expected, self.place, self.beat, self.kinds, self.period_s, self.alpha, surge, self.seed
        )

    @cached_property
    def _ordinary(self) -> NDArray[np.float64]:
        return _clusters(self.expected, self.alpha)

    @cached_property
    def _added(self) -> NDArray[np.float64]:
        more = np.maximum(self._factor - 1, 0)[:, :, None]
        return _clusters(self.expected * more, self.alpha)

    def draw(self, replication: int) -> Calls:
        """The calls of one replication, in order of time."""
        time, cell, luck = self._drawn(replication, self._ordinary, self.expected.ravel(), ARRIVALS, MARKS)
        if self.surge is not None:
            kept = self._spared(replication, cell)
            more = (self.expected * np.maximum(self._factor - 1, 0)[:, :, None]).ravel()
            added = self._drawn(replication, self._added, more, EXTRA, EXTRA_MARKS)
            parts = zip((time[kept], cell[kept], luck[kept]), added, strict=True)
            time, cell, luck = (np.concatenate(pair) for pair in parts)
        order = np.argsort(time, kind="stable")
        return self._calls(time[order], cell[order], luck[order])

    def _random(self, replication: int, stream: int) -> np.random.Generator:
        return np.random.default_rng((self.seed, replication, stream))

    def _drawn(
        self,
        replication: int,
        sums: NDArray[np.float64],
        mean: NDArray[np.float64],
        arrivals: int,
        marks: int,
    ) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
        """Times, cells and uniform numbers of each call."""
        random = self._random(replication, arrivals)
        count = random.poisson(sums[-1])
        cell = np.searchsorted(sums, random.random(count) * sums[-1], side="right")
        cell = np.minimum(cell, len(sums) - 1)
        if self.alpha > 0 and count:
            spread = self.alpha * mean[cell]
            cell = np.repeat(cell, random.logseries(spread / (1 + spread)))
        per_place = len(self.place) * len(self.kinds)
        time = (cell // per_place + random.random(len(cell))) * self.period_s
        return time, cell, self._random(replication, marks).random((len(cell), 1 + 3 * self._most))

    @property
    def _most(self) -> int:
        return max(len(kind.slots) for kind in self.kinds)

    def _spared(self, replication: int, cell: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which ordinary calls a surge below 1 leaves."""
        chance = self._random(replication, SPARED).random(len(cell))
        kept: NDArray[np.bool_] = chance < self._factor.ravel()[cell // len(self.kinds)]
        return kept

    def _calls(self, time: NDArray, cell: NDArray, luck: NDArray) -> Calls:
        kind, where = cell % len(self.kinds), cell // len(self.kinds) % len(self.place)
        sizes = np.array([len(one.slots) for one in self.kinds])[kind]
        call = np.repeat(np.arange(len(time)), sizes)
        nth = np.arange(len(call)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        of, column = kind[call], 1 + 3 * nth
        needs, end = np.zeros(len(call), np.int64), np.zeros(len(call), np.int64)
        delay = np.zeros(len(time))
        turnout, pace, service = np.zeros((3, len(call)))
        for number, one in enumerate(self.kinds):
            mine, here = of == number, kind == number
            needs[mine], end[mine] = np.array(one.slots)[nth[mine]], one.end
            delay[here] = between(one.delay_s, luck[here, 0])
            for row, values in ((turnout, one.turnout_s), (pace, one.pace), (service, one.service_s)):
                row[mine] = between(values, luck[call[mine], column[mine]])
                column[mine] += 1
        return Calls(
            self.until_s, time, self.place[where], np.array([one.priority for one in self.kinds])[kind],
            self.beat[where], delay, call, needs, turnout, pace, service, np.full(len(call), np.inf), end,
        )  # fmt: skip


def _clusters(mean: NDArray[np.float64], alpha: float) -> NDArray[np.float64]:
    """Running sums of the expected clusters of calls.

    A negative binomial count is a Poisson number of clusters of logarithmic size (Quenouille 1949), which
    costs as many draws as there are calls instead of one a cell.
    """
    of = np.log1p(alpha * mean) / alpha if alpha > 0 else mean
    return np.cumsum(of.ravel())


def between(values: NDArray[np.float64], chance: NDArray[np.float64]) -> NDArray[np.float64]:
    """The inverse of the empirical distribution of sorted `values` at `chance`, linear between neighbours."""
    return np.interp(chance * (len(values) - 1), np.arange(len(values)), values)
