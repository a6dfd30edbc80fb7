"""Rounds along lines in one call."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.routes.arcs.bound import cost_bound
from anlan.engine.planning.routes.arcs.lines import METHOD, Left, LinePlan, Lines, Round
from anlan.engine.planning.watch import UNWATCHED, Watch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

CHUNK = 512  # iterations between two looks at the clock
HEAT = (1.0, 0.01)  # of a mean line
BLINK = 0.01  # Christiaens & Vanden Berghe 2020
CYCLE = 30  # iterations of one cooling per pair of lines, a thousand at least
LOOK_S = 0.1
HAIR = 1e-9
CYCLES = 60  # coolings beyond which hardly anything was found


def route_lines(
    lines: Lines,
    *,
    time_limit_s: float = 10.0,
    iterations: int | None = None,
    seed: int = 0,
    watch: Watch = UNWATCHED,
) -> LinePlan:
    """Share lines out in rounds: as many lines as have a place, at the least cost that is found.

    It ends with the time or the iterations (None: 60 coolings), or when the bound is reached; repeatable for
    its seed where the time does not end it.

    Raises:
        ValueError: names the parameter that is out of range.

    """
    if not time_limit_s > 0:
        raise ValueError(f"time_limit_s: above 0, not {time_limit_s}")
    if iterations is not None and iterations < 1:
        raise ValueError(f"iterations: 1 or more, not {iterations}")
    if seed < 0:
        raise ValueError(f"seed: 0 or more, not {seed}")
    impossible = _impossible(lines)
    rows = np.setdiff1d(np.arange(len(lines.start)), [one.line for one in impossible])
    rest = _only(lines, rows)
    bound = cost_bound(rest)
    run = _Run(rest, bound, time_limit_s, iterations, seed, watch)
    found = run.search() if len(rows) else []
    made = {row for one in found for row in (leg.line for leg in one.legs)}
    crowded = [row for row in range(len(rows)) if row not in made]
    enough = len(found) + _more_rounds(rest, crowded) if crowded else 0
    left = impossible + [Left(int(rows[row]), "rounds", enough) for row in crowded]
    cost = sum(one.cost for one in found)
    return LinePlan(
        method=METHOD,
        status="short" if left else "complete",
        rounds=[
            replace(one, legs=[replace(leg, line=int(rows[leg.line])) for leg in one.legs]) for one in found
        ],
        left=sorted(left, key=lambda one: one.line),
        cost=cost,
        bound=bound,
        gap=None if crowded else max(0.0, cost - bound) / max(cost, 1e-9),
        seed=seed,
        iterations=run.done,
        stopped=run.stopped,
    )


def _only(lines: Lines, rows: NDArray[np.integer]) -> Lines:
    """Some of the lines."""
    columns = {name: np.asarray(getattr(lines, name))[rows] for name in ("start", "end", "forth", "back")}
    return replace(lines, load=np.asarray(lines.load)[rows], **columns)


def _impossible(lines: Lines) -> list[Left]:
    """Lines that no round can take even alone."""
    found = []
    for row, (alone, load) in enumerate(zip(lines.alone.tolist(), np.asarray(lines.load), strict=True)):
        if not np.isfinite(alone):
            found.append(Left(row, "way"))
        elif load > lines.capacity:
            found.append(Left(row, "capacity", float(load)))
        elif alone > lines.longest:
            found.append(Left(row, "longest", alone))
    return found


def _more_rounds(lines: Lines, rows: Sequence[int]) -> int:
    """Rounds that are enough for these lines, filled one after another, each line at its cost alone."""
    filled: list[tuple[float, float]] = []
    for row in sorted(rows, key=lambda one: -float(lines.load[one])):
        load, cost = float(lines.load[row]), float(lines.alone[row])
        for number, (loaded, spent) in enumerate(filled):
            if loaded + load <= lines.capacity and spent + cost <= lines.longest:
                filled[number] = (loaded + load, spent + cost)
                break
        else:
            filled.append((load, cost))
    return len(filled)


@dataclass
class _Run:
    """One search with its clock."""

    lines: Lines
    bound: float
    time_limit_s: float
    iterations: int | None
    seed: int
    watch: Watch
    done: int = 0
    stopped: bool = False
    begun: float = 0.0
    looked: float = -np.inf

    def search(self) -> list[Round]:
        """Cool down again and again, from where the last cooling ended, as often as there is time for."""
        from anlan.engine.planning.routes.arcs import state  # noqa: PLC0415  Numba is slow to import

        chance = np.random.default_rng(self.seed)
        work = state.pack(self.lines, chance)
        held = state.empty(len(self.lines.start), state.rows_for(self.lines))
        anneal = partial(state.anneal(), *state.tables(work), *state.tables(held))
        record = anneal(work.mean_line, 1, BLINK, np.inf, chance)  # compiled before the clock starts
        self.done, self.begun = 1, time.perf_counter()
        begin = end = 0.0
        while (share := self._share()) < 1 and record > self.bound + HAIR and not self._asks(share, record):
            if share >= end and self.done > 1:
                begin, end = share, share + (1 - share) / self._coolings()
            cooled = (share - begin) / (end - begin) if end > begin else 0.0
            heat = work.mean_line * HEAT[0] * (HEAT[1] / HEAT[0]) ** cooled
            chunk = min(CHUNK, self._most() - self.done)
            record = anneal(heat, chunk, BLINK, record, chance)
            self.done += chunk
        return [state.round_of(self.lines, rows) for rows in held.best()]

    def _cycle(self) -> int:
        return max(1000, CYCLE * len(self.lines.start) ** 2)

    def _most(self) -> int:
        return self.iterations or CYCLES * self._cycle()

    def _share(self) -> float:
        return max(self.done / self._most(), (time.perf_counter() - self.begun) / self.time_limit_s)

    def _coolings(self) -> int:
        """How many more coolings there is time for."""
        left = float(self._most() - self.done)
        if self.iterations is None:
            spent = max(time.perf_counter() - self.begun, HAIR)
            left = min(left, self.done / spent * (self.time_limit_s - spent))
        return max(1, round(left / self._cycle()))

    def _asks(self, share: float, record: float) -> bool:
        """Tell the watch how far it is, ten times a second; whether to stop."""
        now = time.perf_counter()
        if now - self.looked >= LOOK_S:
            self.looked = now
            self.watch.told("routes", share, (record - self.bound) / max(record, HAIR))
            self.stopped = self.watch.stopped()
        return self.stopped
