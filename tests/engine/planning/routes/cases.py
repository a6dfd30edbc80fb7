"""Small shifts made by chance, with everything that a request may hold."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse.csgraph import floyd_warshall

from anlan.engine.planning.routes import Kind, Line, Meal, Point, Post, Request, Spot, Travel, Unit

FROM, UNTIL = 28_800, 43_200  # four hours
SPEED = {Kind.CAR: 8.0, Kind.BIKE: 4.0, Kind.FOOT: 1.4}


def travel(random: np.random.Generator, places: int, kinds: list[Kind], *, metres: bool = True) -> Travel:
    """Places on a plane of 3 km; ways there and back differ by a little, and now and then there is none."""
    at = random.uniform(0, 3000, (places, 2))
    length = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)) * random.uniform(1, 1.3, (places, places))
    length = floyd_warshall(length)
    cut_off = random.random(places) < 0.03
    missing = (cut_off[:, None] | cut_off) & ~np.eye(places, dtype=bool)
    seconds = {kind: np.where(missing, np.inf, length / SPEED[kind]) for kind in kinds}
    return Travel([f"P{row}" for row in range(places)], seconds, {kind: length for kind in kinds if metres})


def window(random: np.random.Generator) -> tuple[tuple[int, int], ...]:
    """None, one or two windows."""
    cuts = np.sort(random.choice(np.arange(FROM, UNTIL, 300), 4, replace=False))
    return (
        (),
        ((int(cuts[0]), int(cuts[2])),),
        ((int(cuts[0]), int(cuts[1])), (int(cuts[2]), int(cuts[3]))),
    )[int(random.integers(3))]


def some_request(seed: int, places: int = 12, *, meals_at: bool = False) -> Request:
    """Two or three units of any kind, points, lines, spots, posts; often too much for the time."""
    random = np.random.default_rng(seed)
    kinds = [list(Kind)[row] for row in random.integers(0, 3, int(random.integers(1, 4)))]

    def place() -> str:
        return f"P{random.integers(places)}"

    units = []
    for row, kind in enumerate(kinds):
        begin = FROM + int(random.integers(0, 3)) * 900
        meal = None
        if random.random() < 0.6:
            where = (place(), place()) if meals_at or random.random() < 0.3 else ()
            meal = Meal(1200, FROM + 5400, FROM + 9000, where)
        can = frozenset({"dog"}) if random.random() < 0.5 else frozenset()
        home = place()
        end = home if random.random() < 0.7 else place()
        units.append(
            Unit(f"U{row}", kind, home, end, begin, UNTIL - int(random.integers(0, 3)) * 900, meal, can,
                 float(random.choice([0.0, 0.2])))
        )  # fmt: skip
    needs: list[Any] = [None, None, None, "dog"]
    points = [
        Point(f"M{row}", place(), 300, int(random.integers(1, 4)), int(random.choice([0, 1800])),
              window(random), needs[random.integers(4)])
        for row in range(int(random.integers(0, 4)))
    ]  # fmt: skip
    lines = []
    for row in range(int(random.integers(0, 3))):
        along = {kind: int(1000 / SPEED[kind]) for kind in Kind if random.random() < 0.9}
        back = along if random.random() < 0.6 else {}
        if along:
            prize = None if random.random() < 0.5 else 1.0
            lines.append(
                Line(f"L{row}", place(), place(), along, back, int(random.integers(1, 3)), 600, prize=prize)
            )
    spots = [
        Spot(f"S{row}", place(), float(random.gamma(1, 1)), most=int(random.integers(1, 3)), gap_s=3600,
             again=float(random.choice([1.0, 0.5])), windows=window(random), needs=needs[random.integers(4)],
             treat=[True, False, None, None, None][random.integers(5)])
        for row in range(int(random.integers(0, 9)))
    ]  # fmt: skip
    posts = [Post(f"Q{row}", place()) for row in range(int(random.integers(0, 3)))]
    return Request(units, travel(random, places, sorted(set(kinds))), points, lines, spots, posts)
