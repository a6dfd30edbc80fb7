"""Standby posts: the double standard model against trying everything."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.engine.planning.cover import Prices, cover, shares
from anlan.engine.planning.mip import Status
from anlan.engine.planning.posts import Effort, double_standard

EXACT = Effort(time_limit_s=20, gap=0.0, kicks=2)


def best_by_trying_all(times: np.ndarray, demand: np.ndarray, cars: int, alpha: float, cap: int) -> float:
    """Greatest objective over all placements; those that keep the support ring come first."""
    of = cover(times, demand, 300, 600)
    reachable = (times <= 600).any(axis=0)
    prices = Prices(required=alpha * demand.sum())
    kept, other = [-np.inf], [-np.inf]
    for placed in itertools.product(range(cap + 1), repeat=len(times)):
        y = np.array(placed)
        if y.sum() == min(cars, cap * len(times)):
            all_in = (of.support @ y >= 1)[reachable].all()
            outside = float(demand[~reachable].sum()) * prices.support
            (kept if all_in else other).append(prices.value(of, y) + outside)
    return max(kept) if np.isfinite(max(kept)) else max(other)


@given(
    st.integers(1, 5), st.integers(1, 9), st.integers(1, 5), st.sampled_from([0.0, 0.5, 0.9, 1.0]),
    st.sampled_from([1, 2]), st.sampled_from([600, 1100, 2500]), st.integers(0, 2**31),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_no_placement_is_better(
    sites: int, points: int, cars: int, alpha: float, cap: int, spread: int, seed: int
) -> None:
    """On small cases, short of cars or not, the plan is worth as much as the best of all placements."""
    random = np.random.default_rng(seed)
    times = random.uniform(0, spread, (sites, points))
    demand = random.integers(0, 6, points).astype(float)
    plan = double_standard(times, demand, cars, alpha=alpha, cap=cap, effort=EXACT)
    assert plan.value == pytest.approx(best_by_trying_all(times, demand, cars, alpha, cap), abs=1e-6)
    assert plan.bound >= plan.value - 1e-6
    assert plan.gap == pytest.approx(0, abs=1e-6)
    assert plan.cars.sum() == min(cars, cap * sites)
    assert plan.cars.max() <= cap


@given(st.integers(1, 6), st.integers(1, 10), st.integers(0, 2**31))
@settings(max_examples=40, deadline=None)
def test_the_minimum_force_is_the_smallest_cover(sites: int, points: int, seed: int) -> None:
    """No fewer sites have everything reachable inside the support ring."""
    times = np.random.default_rng(seed).uniform(0, 1500, (sites, points))
    reach = times <= 600
    plan = double_standard(times, np.ones(points), 1, effort=EXACT)
    target = reach.any(axis=0)
    smallest = next(
        size
        for size in range(sites + 1)
        if any(
            (reach[list(chosen)].any(axis=0) == target).all()
            for chosen in itertools.combinations(range(sites), size)
        )
    )
    assert plan.minimum.cars == smallest
    assert plan.minimum.bound == smallest


def test_too_few_cars_become_a_priced_shortfall() -> None:
    """Two villages 20 minutes apart and one car: a plan for the larger, and what is missing in numbers."""
    times = np.array([[60, 1200.0], [1200.0, 60]])
    plan = double_standard(times, [3, 1], 1, alpha=0.5)
    assert plan.cars.tolist() == [1, 0]
    assert plan.minimum.cars == 2
    assert [(s.kind, s.demand, s.share, s.points) for s in plan.shortfalls] == [("support", 1.0, 0.25, (1,))]
    assert "support" in plan.binds


def test_a_place_without_any_site_near_is_unreachable() -> None:
    """No force helps where no candidate site is: said apart from a want of cars."""
    plan = double_standard([[60, np.inf]], [1, 4], 2, alpha=0)
    assert [(s.kind, s.points) for s in plan.shortfalls] == [("unreachable", (1,))]
    assert plan.minimum.cars == 1
    assert "sites" in plan.binds


def test_missing_response_cover_is_told() -> None:
    """When alpha cannot be met, the missing demand is the shortfall."""
    plan = double_standard([[400.0, 100.0]], [6, 4], 1, alpha=0.9)
    assert [(s.kind, round(s.demand, 6)) for s in plan.shortfalls] == [("alpha", 5.0)]
    assert "alpha" in plan.binds


def test_no_time_to_prove_anything_still_gives_a_plan_and_a_finite_gap() -> None:
    """The search's plan comes back with a bound that holds, however little time there was."""
    random = np.random.default_rng(3)
    times = random.uniform(0, 2000, (60, 300))
    plan = double_standard(times, random.gamma(0.5, 1, 300), 8, effort=Effort(time_limit_s=1e-3, kicks=1))
    assert plan.cars.sum() == 8
    assert np.isfinite([plan.value, plan.bound, plan.gap]).all()
    assert plan.gap >= 0


def test_the_worth_of_one_car_more_or_less() -> None:
    """With one of two places covered twice, one more car covers the other twice, one less loses it."""
    times = np.array([[10.0, 900.0], [900.0, 10.0]])
    plan = double_standard(times, [6, 4], 3, alpha=0)
    assert plan.cars.tolist() == [2, 1]
    assert plan.one_more == pytest.approx(0.4)
    assert plan.one_less == pytest.approx(0.0)
    assert plan.binds[0] == "cars"


def test_cars_beyond_all_caps_stay_unplaced() -> None:
    """More cars than places: all places are filled, nothing fails."""
    plan = double_standard([[10.0]], [1], 5, cap=2)
    assert plan.cars.tolist() == [2]
    assert plan.status is Status.OPTIMAL


def test_the_same_input_gives_the_same_plan() -> None:
    """No chance enters: the seed is part of the input."""
    times = np.random.default_rng(1).uniform(0, 1200, (12, 40))
    plans = [double_standard(times, np.ones(40), 5) for _ in range(2)]
    assert plans[0].cars.tolist() == plans[1].cars.tolist()


def test_shares_are_of_all_demand() -> None:
    """Cover counts cars within each ring."""
    of = cover([[100, 500, 700], [200, 900, 500]], [1, 1, 2], 300, 600)
    assert shares(of, np.array([1, 1])) == shares(of, np.array([1, 1]))
    result = shares(of, np.array([1, 1]))
    assert (result.ring, result.ring_twice, result.support, result.support_twice) == (0.25, 0.25, 1.0, 0.25)


def test_merging_points_that_the_same_sites_reach_keeps_the_value() -> None:
    """The smaller model is worth the same."""
    times = np.array([[100, 110, 500], [900, 950, 100.0]])
    of = cover(times, [1, 2, 3], 300, 600)
    small = of.merged()
    assert small.demand.tolist() in ([3, 3], [3.0, 3.0])
    y = np.array([2, 1])
    assert Prices(4).value(small, y) == Prices(4).value(of, y)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"times": [1.0]}, "times: expected"),
        ({"times": [[np.nan]]}, "times: must be"),
        ({"times": [[-1.0]]}, "times: must be"),
        ({"demand": [1, 2]}, "demand: expected 1"),
        ({"demand": [-1]}, "demand: weight 0"),
        ({"cars": 0}, "cars: at least 1"),
        ({"ring_s": 0}, "ring_s"),
        ({"support_s": 200}, "support_s"),
        ({"alpha": 1.5}, "alpha"),
        ({"cap": 0}, "all_forbidden"),
        ({"cap": -1}, "high"),
    ],
)
def test_a_wrong_argument_is_named(arguments: dict[str, object], message: str) -> None:
    """Every refusal names the parameter."""
    with pytest.raises(ValueError, match=message):
        double_standard(**({"times": [[1.0]], "demand": [1], "cars": 1} | arguments))  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [{"time_limit_s": 0}, {"gap": 1}, {"kicks": -1}])
def test_a_wrong_effort_is_named(wrong: dict[str, float]) -> None:
    """The parameters of the search are checked too."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Effort(**wrong)  # type: ignore[arg-type]
