"""Posts over several shifts, against every combination of placements."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.engine.planning.posts import Effort, Model, Moves, Request, Rings, place, place_shifts
from anlan.engine.planning.posts.moves import cost, moved, shortest
from anlan.engine.planning.posts.place import prepare

EXACT = Effort(time_limit_s=20, gap=0.0, kicks=100)
CASES = st.tuples(
    st.sampled_from(list(Model)), st.lists(st.integers(1, 3), min_size=2, max_size=3), st.booleans(),
    st.booleans(), st.sampled_from([0.1, 1.0, 3.0]), st.integers(0, 2**31),
)  # fmt: skip


def requests(model: Model, cars: list[int], seed: int) -> tuple[list[Request], np.ndarray]:
    """Shifts of four sites and six places, each with its own demand and times; and times between sites."""
    random = np.random.default_rng(seed)
    made = [
        Request(
            random.uniform(0, 900, (4, 6)), random.integers(0, 5, 6).astype(float), number, model,
            Rings(alpha=0.5), high=2, busy=0.3,
        )
        for number in cars
    ]  # fmt: skip
    return made, random.uniform(0, 2, (4, 4))


def by_hand(costs: np.ndarray, before: np.ndarray, after: np.ndarray) -> float:
    """The cheapest way of the cars of one plan to the posts of the next, over all orders."""
    here, there = np.repeat(np.arange(len(before)), before), np.repeat(np.arange(len(after)), after)
    if len(here) > len(there):
        return min(
            sum(costs[a, b] for a, b in zip(some, there, strict=True))
            for some in itertools.permutations(here, len(there))
        )
    return min(
        sum(costs[a, b] for a, b in zip(here, some, strict=True))
        for some in itertools.permutations(there, len(here))
    )


def placements(cars: int) -> list[np.ndarray]:
    """All ways to put cars at four sites, two at most at each."""
    return [np.array(way) for way in itertools.product(range(3), repeat=4) if sum(way) == cars]


def best_by_trying_all(shifts: list[Request], moves: Moves) -> float:
    """The greatest value over all combinations, by dynamic programming from each first plan."""
    ready = [prepare(shift, 5) for shift in shifts]
    options = [
        [(way, one.of.value(way)) for way in placements(one.request.cars)
         if not one.hard or one.of.keeps(way)]  # type: ignore[union-attr]
        for one in ready
    ]  # fmt: skip
    costs = shortest(moves.costs(4))
    pairs = moves.pairs(len(shifts))
    ways = {
        (here, there): np.array([[by_hand(costs, a, b) for b, _ in options[there]] for a, _ in options[here]])
        for here, there in pairs
    }
    best = -np.inf
    for first in range(len(options[0])):
        total = np.full(len(options[0]), -np.inf)
        total[first] = options[0][first][1]
        for at in range(1, len(shifts)):
            own = np.array([value for _, value in options[at]])
            total = (total[:, None] - ways[at - 1, at]).max(axis=0) + own
        if moves.cyclic:
            total = total - ways[len(shifts) - 1, 0][:, first]
        best = max(best, float(total.max()))
    return best


@given(CASES)
@settings(max_examples=25, deadline=None)
def test_no_combination_is_better(case: tuple[Model, list[int], bool, bool, float, int]) -> None:
    """Moves by count or by time, cyclic or not: worth as much as the best of all combinations."""
    model, cars, by_time, cyclic, price, seed = case
    shifts, between = requests(model, cars, seed)
    scale = 100.0 if model is Model.P_MEDIAN else 1.0
    moves = Moves(price * scale, between if by_time else None, cyclic)
    plan = place_shifts(shifts, moves, EXACT)
    assert plan.value == pytest.approx(best_by_trying_all(shifts, moves), abs=1e-5)
    assert plan.bound >= plan.value - 1e-6
    if model is not Model.P_MEDIAN:
        assert plan.gap == 0
    assert [int(one.cars.sum()) for one in plan.plans] == cars
    total = sum(one.value for one in plan.plans) - sum(plan.move_costs)
    assert plan.value == pytest.approx(total, abs=1e-6)


@given(st.sampled_from(list(Model)), st.integers(0, 2**31))
@settings(max_examples=10, deadline=None)
def test_free_moves_leave_each_shift_to_itself(model: Model, seed: int) -> None:
    """At price 0 the shifts are worth what they are worth alone."""
    shifts, _ = requests(model, [2, 3, 2], seed)
    plan = place_shifts(shifts, Moves(0.0), EXACT)
    alone = [place(shift, EXACT).value for shift in shifts]
    assert [one.value for one in plan.plans] == pytest.approx(alone, abs=1e-6)


def test_dear_moves_keep_all_cars_where_they_are() -> None:
    """Two shifts with demand in different places: free cars follow it, dear ones share a compromise."""
    times = np.array([[0.0, 900, 900], [900, 0.0, 900], [250, 250, 0.0]])
    shifts = [Request(times, demand, 1, Model.MCLP, high=1) for demand in ([5.0, 4.0, 0.5], [4.0, 5.0, 0.5])]
    assert [one.posts.tolist() for one in place_shifts(shifts, Moves(0.0), EXACT).plans] == [[2], [2]]
    apart = [Request(times[:2], demand, 1, Model.MCLP, high=1) for demand in ([5.0, 3, 0], [3.0, 5, 0])]
    free, dear = place_shifts(apart, Moves(0.5), EXACT), place_shifts(apart, Moves(3.0), EXACT)
    assert (free.moved, free.value) == ((1, 1), 9.0)
    assert (dear.moved, dear.value) == ((0, 0), 8.0)
    assert dear.gap == 0


def test_cars_that_go_off_duty_are_not_moved() -> None:
    """Three cars, then two of the same posts: nobody changes a post."""
    before, after = np.array([1, 1, 1]), np.array([0, 1, 1])
    assert moved(before, after) == moved(after, before) == 0
    assert cost(1.0 - np.eye(3), before, after) == 0
    assert moved(np.array([2, 1, 0]), np.array([0, 1, 1])) == 1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Moves(-1.0), "price"),
        (lambda: Moves(1.0, [[0.0, 1.0]]), "times: between sites"),
        (lambda: Moves(1.0, [[0.0, np.inf], [1.0, 0.0]]), "times: between sites"),
        (lambda: place_shifts([], Moves(1.0)), "at least one shift"),
        (lambda: place_shifts([Request([[1.0]], [1], 1), Request([[1.0]] * 2, [1], 1)], Moves(1.0)), "sites"),
        (lambda: place_shifts([Request([[1.0]], [1], 1), Request([[1.0]], [1], 1, Model.MCLP)], Moves(1.0)),
         "asks for mclp"),
        (lambda: place_shifts([Request([[1.0]], [1], 1)], Moves(1.0, np.zeros((2, 2)))), "between 1 sites"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_named(make: object, message: str) -> None:
    """Every refusal names what is wrong."""
    with pytest.raises(ValueError, match=message):
        make()  # type: ignore[operator]
