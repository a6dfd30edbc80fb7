"""Every way to share a few lines out in rounds, tried one by one."""

from __future__ import annotations

from itertools import permutations, product
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.routes.arcs import Lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray


def some_lines(seed: int, most: int = 5, *, shortest: bool = True) -> Lines:
    """A few lines on a plane or between places at any distance; one-way ones, points, places cut off.

    `shortest`: no way is longer than over another place or along a line.
    """
    random = np.random.default_rng(seed)
    places, count = int(random.integers(2, 7)), int(random.integers(1, most + 1))
    if random.random() < 0.5:
        at = random.uniform(0, 10, (places, 2))
        ways = np.ceil(np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)))
    else:
        ways = random.integers(0, 20, (places, places)).astype(float)
        ways[random.random((places, places)) < 0.05] = inf
    np.fill_diagonal(ways, 0)
    if shortest:
        ways = shortened(ways)
    start, end = random.integers(0, places, (2, count))
    forth = random.integers(0, 10, count) + (ways[start, end] if shortest else 0.0)
    back = np.where(random.random(count) < 0.6, np.maximum(forth, ways[end, start]), inf)
    return Lines(
        ways, start, end, forth, back,
        random.integers(0, 6, count).astype(float), float(random.integers(5, 12)),
        depot=int(random.integers(places)), rounds=[None, 1, 2, 3][random.integers(4)],
        longest=float(random.choice([inf, inf, 30.0, 50.0])),
    )  # fmt: skip


def shortened(ways: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ways over other places where those are shorter (Floyd)."""
    for place in range(len(ways)):
        ways = np.minimum(ways, ways[:, place, None] + ways[place])
    return ways


def length(lines: Lines, legs: Sequence[tuple[int, bool]]) -> float:
    """What a round along these lines, forth (True) or back, costs."""
    at, cost = lines.depot, 0.0
    for row, forth in legs:
        come, leave = (lines.start[row], lines.end[row]) if forth else (lines.end[row], lines.start[row])
        cost += lines.ways[at, come] + (lines.forth if forth else lines.back)[row]
        at = leave
    return cost + lines.ways[at, lines.depot]


def cheapest(lines: Lines, rows: Sequence[int]) -> float:
    """The cheapest round along some lines; inf where there is none."""
    if sum(lines.load[row] for row in rows) > lines.capacity:
        return inf
    cost = min(
        length(lines, list(zip(order, turns, strict=True)))
        for order in permutations(rows)
        for turns in product((True, False), repeat=len(rows))
    )
    return cost if cost <= lines.longest else inf


def partitions(rows: list[int]) -> Iterator[list[list[int]]]:
    """Every way to put things in heaps."""
    if not rows:
        yield []
        return
    for heaps in partitions(rows[1:]):
        yield [[rows[0]], *heaps]
        for place in range(len(heaps)):
            yield [*heaps[:place], [rows[0], *heaps[place]], *heaps[place + 1 :]]


def optimum(lines: Lines) -> tuple[int, float]:
    """The most lines that can be gone along, and the least that these cost."""
    known: dict[tuple[int, ...], float] = {}
    best = (0, 0.0)
    count = len(lines.start)
    for kept in product((True, False), repeat=count):
        rows = [row for row in range(count) if kept[row]]
        for heaps in partitions(rows):
            if lines.rounds is not None and len(heaps) > lines.rounds:
                continue
            cost = 0.0
            for heap in heaps:
                key = tuple(heap)
                if key not in known:
                    known[key] = cheapest(lines, heap)
                cost += known[key]
            if cost < inf and (-len(rows), cost) < (-best[0], best[1]):
                best = (len(rows), cost)
    return best
