"""Lines shared out in rounds: against all possibilities, published optima, and what is told of the rest."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from tests.engine.planning.routes.arcs.brute import length, optimum, some_lines

from anlan.engine.planning.routes.arcs import Left, LinePlan, Lines, route_lines

# Best known costs, all proven; Golden, DeArmon & Baker, Computers & Operations Research 10 (1983), 47-59.
OPTIMA = {1: 316, 4: 287, 8: 348, 14: 100, 19: 55, 23: 233}


def check(lines: Lines, plan: LinePlan) -> None:
    """Every line once or told, rounds within their limits, costs and loads as they are."""
    rows = [leg.line for one in plan.rounds for leg in one.legs] + [one.line for one in plan.left]
    assert sorted(rows) == list(range(len(lines.start)))
    assert lines.rounds is None or len(plan.rounds) <= lines.rounds
    for one in plan.rounds:
        assert one.cost == pytest.approx(
            length(lines, [(leg.line, leg.direction == "forth") for leg in one.legs])
        )
        assert one.cost <= lines.longest + 1e-6
        assert one.load == pytest.approx(sum(lines.load[leg.line] for leg in one.legs))
        assert one.load <= lines.capacity + 1e-6
    assert plan.cost == pytest.approx(sum(one.cost for one in plan.rounds))
    assert (plan.status == "short") == bool(plan.left)
    assert plan.gap is None or plan.bound <= plan.cost + 1e-6


def gdb(folder: Path, number: int) -> Lines:
    """An instance: n, m, then `from to cost demand`, vehicles, capacity and two bounds."""
    numbers = np.array((folder / f"or/gdb/gdb{number}.dat").read_text(encoding="ascii").split(), int)
    size, count = int(numbers[0]), int(numbers[1])
    one, other, cost, load = numbers[2 : 2 + 4 * count].reshape(count, 4).T
    ways = dijkstra(csr_array((cost.astype(float), (one, other)), (size, size)), directed=False)
    return Lines(
        ways, one, other, cost.astype(float), cost.astype(float), load, float(numbers[3 + 4 * count])
    )


def line(load: float = 1.0, cost: float = 10.0, count: int = 1, **limits: float) -> Lines:
    """The same line several times, from a place 5 away to one 7 away, one-way."""
    ways = np.array([[0.0, 5, 7], [5, 0, 10], [7, 10, 0]])
    ones = np.ones(count)
    return Lines(
        ways, np.full(count, 1), np.full(count, 2), cost * ones, np.inf * ones, load * ones,
        limits.pop("capacity", 2.0), **limits,
    )  # fmt: skip


@given(st.integers(0, 2**31))
@settings(max_examples=50, deadline=None)
def test_a_few_lines_are_shared_out_as_well_as_can_be(seed: int) -> None:
    """As many lines and as cheap as the best of all possibilities; one-way lines, asymmetric ways, limits."""
    lines = some_lines(seed)
    plan = route_lines(lines, iterations=3000)
    check(lines, plan)
    made, cost = optimum(lines)
    assert (len(lines.start) - len(plan.left), plan.cost) == (made, pytest.approx(cost))


@given(st.integers(0, 2**31))
@settings(max_examples=20, deadline=None)
def test_more_lines_keep_every_rule(seed: int) -> None:
    """Whatever is asked, ways that are not the shortest too; and the answer is plain."""
    lines = some_lines(seed, most=25, shortest=False)
    plan = route_lines(lines, iterations=600)
    check(lines, plan)
    assert json.loads(json.dumps(asdict(plan)))["cost"] == plan.cost


@pytest.mark.realdata
@pytest.mark.parametrize(("number", "best"), OPTIMA.items())
def test_published_optima_are_reached(shared_data: Path, number: int, best: int) -> None:
    """On instances of 11 to 55 lines."""
    lines = gdb(shared_data, number)
    plan = route_lines(lines, time_limit_s=60, iterations=60_000)
    check(lines, plan)
    assert plan.cost == best
    assert 0.9 * best <= plan.bound <= best


def test_two_lines_end_to_end_make_one_round() -> None:
    """By hand: out 5, along 10, 10 back to the beginning, along 10, home 7."""
    plan = route_lines(line(count=2))
    assert [[leg.direction for leg in one.legs] for one in plan.rounds] == [["forth", "forth"]]
    assert plan.cost == 42
    assert (plan.gap, plan.status) == (pytest.approx((42 - plan.bound) / 42), "complete")


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        (line(load=3), Left(0, "capacity", 3.0)),
        (line(longest=21), Left(0, "longest", 22.0)),
        (replace(line(), forth=np.array([np.inf])), Left(0, "way")),
        (line(count=3, rounds=1, capacity=2), None),
    ],
)
def test_a_line_left_out_is_told_with_the_cause(lines: Lines, left: Left | None) -> None:
    """Too much for any round, too far, no way, or crowded out; what is enough is enough."""
    plan = route_lines(lines, iterations=200)
    assert plan.status == "short"
    if left:
        assert (plan.left, plan.rounds, plan.gap) == ([left], [], 0.0)
    else:
        assert [one.reason for one in plan.left] == ["rounds"]
        assert plan.gap is None


@given(st.integers(0, 2**31))
@settings(max_examples=30, deadline=None)
def test_the_change_that_is_said_to_help_helps(seed: int) -> None:
    """With as much as is named nothing is left out for that reason."""
    lines = some_lines(seed)
    plan = route_lines(lines, iterations=1000)
    for reason, name in (("capacity", "capacity"), ("longest", "longest"), ("rounds", "rounds")):
        enough = [one.enough for one in plan.left if one.reason == reason]
        if enough:
            most = int(max(enough)) if name == "rounds" else max(enough)
            after = route_lines(replace(lines, **{name: most}), iterations=1000)
            assert reason not in {one.reason for one in after.left}


def test_the_same_seed_gives_the_same_rounds() -> None:
    """And another one another search."""
    lines = some_lines(11, most=25)
    one, same = (route_lines(lines, iterations=2000, seed=3) for _ in range(2))
    assert one == same
    assert route_lines(lines, iterations=2000, seed=4).seed == 4


class Impatient:
    """Looks on, and stops it at the second look."""

    def __init__(self) -> None:
        self.shares: list[float] = []

    def told(self, step: str, done: float, gap: float | None = None) -> None:
        """Note how far it is."""
        assert step == "routes"
        assert gap is not None
        self.shares.append(done)

    def stopped(self) -> bool:
        """From the second look on."""
        return len(self.shares) > 1


def test_whoever_looks_on_can_stop_it() -> None:
    """The best so far comes back whole."""
    at = np.random.default_rng(1).uniform(0, 10, (40, 2))
    ways = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    start, end = np.arange(20), np.arange(20, 40)
    along = ways[start, end] + 1
    lines, watch = Lines(ways, start, end, along, along, np.ones(20), 5.0), Impatient()
    plan = route_lines(lines, time_limit_s=600, watch=watch)
    check(lines, plan)
    assert plan.stopped
    assert all(before <= after for before, after in pairwise(watch.shares))


def test_no_lines_need_no_round() -> None:
    """Nothing is a plan too."""
    plan = route_lines(line(count=0))
    assert (plan.rounds, plan.left, plan.cost, plan.bound, plan.status) == ([], [], 0, 0.0, "complete")


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("ways", {"ways": np.zeros((2, 3))}),
        ("ways", {"ways": np.full((3, 3), np.nan)}),
        ("start", {"start": np.array([3])}),
        ("end", {"end": np.array([-1])}),
        ("forth", {"forth": np.array([1.0, 2.0])}),
        ("back", {"back": np.array([-1.0])}),
        ("load", {"load": np.array([np.inf])}),
        ("capacity", {"capacity": 0.0}),
        ("longest", {"longest": 0.0}),
        ("depot", {"depot": 3}),
        ("rounds", {"rounds": 0}),
    ],
)
def test_lines_out_of_range_are_refused_by_name(name: str, change: dict) -> None:
    """Each parameter."""
    with pytest.raises(ValueError, match=f"^{name}"):
        replace(line(), **change)


@pytest.mark.parametrize(("name", "value"), [("time_limit_s", 0), ("iterations", 0), ("seed", -1)])
def test_an_effort_out_of_range_is_refused_by_name(name: str, value: int) -> None:
    """Each parameter."""
    with pytest.raises(ValueError, match=f"^{name}"):
        route_lines(line(), **{name: value})


def test_lines_of_no_length_or_load_are_made_too() -> None:
    """Points, and lines that cost nothing, are not left out for being worth nothing."""
    ways = np.array([[0.0, 4], [4, 0]])
    rows, nothing = np.array([1, 1, 0]), np.zeros(3)
    plan = route_lines(Lines(ways, rows, rows, nothing, nothing, nothing, 1.0), iterations=100)
    assert Counter(leg.line for one in plan.rounds for leg in one.legs) == {0: 1, 1: 1, 2: 1}
    assert plan.cost == plan.bound == 8
