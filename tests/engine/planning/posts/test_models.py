"""Every model with pins, forbidden sites and priced moves, against every possible placement."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.engine.planning.posts import (
    INTERACTIVE,
    Effort,
    Model,
    PostPlan,
    Request,
    Rings,
    mclp,
    mexclp,
    p_median,
    place,
)

EXACT = Effort(time_limit_s=20, gap=0.0, kicks=200)
QUICK = Effort(time_limit_s=5, kicks=100, prove=False)


def worth(request: Request, cars: np.ndarray) -> tuple[bool, float]:
    """Whether the support ring is kept, and the value by the model's own words; slow and plain."""
    times, demand = np.asarray(request.times), np.asarray(request.demand)
    high, rings = np.asarray(request.high), request.rings
    allowed = high > 0
    near = times <= rings.ring_s
    count = near.T.astype(int) @ cars
    own = 0.0
    if request.model is Model.P_MEDIAN:
        soonest = np.minimum(np.where((cars > 0)[:, None], times, np.inf).min(axis=0), request.beyond_s)
        own = -float(demand @ soonest)
    elif request.model is Model.MCLP:
        own = float(demand[count >= 1].sum())
    elif request.model is Model.MEXCLP:
        busy = np.asarray(request.busy)[:, None] ** (cars[:, None] * near)
        own = float(demand @ (1 - busy.prod(axis=0)))
    else:
        once, twice = float(demand[count >= 1].sum()), float(demand[count >= 2].sum())
        own = twice - 10 * max(0.0, rings.alpha * float(demand.sum()) - once)
    within = times <= rings.support_s
    reachable = within[allowed].any(axis=0)
    outside = reachable & ~(within[cars > 0].any(axis=0))
    kept = True
    if request.support_owed:
        own -= 100 * float(demand[outside].sum())
        kept = not outside.any()
    if request.before is not None:
        before = np.asarray(request.before)
        away = int(np.maximum(before - cars, 0).sum()) - max(0, int(before.sum()) - int(cars.sum()))
        own -= request.move_price * away
    return kept, own


def best_by_trying_all(request: Request) -> float:
    """Greatest value over all placements within the bounds; those that keep the support ring come first."""
    low, high = request.limits
    kept, other = [-np.inf], [-np.inf]
    for placed in itertools.product(*(range(a, b + 1) for a, b in zip(low, high, strict=True))):
        if sum(placed) == request.placed:
            keeps, value = worth(request, np.array(placed))
            (kept if keeps else other).append(value)
    return max(kept) if np.isfinite(max(kept)) else max(other)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """A small request of any model: pins, forbidden sites, a plan in force, busy cars, lost places."""
    model = draw(st.sampled_from(list(Model)))
    sites, points = draw(st.integers(2, 5)), draw(st.integers(1, 8))
    random = np.random.default_rng(draw(st.integers(0, 2**31)))
    times = random.uniform(0, draw(st.sampled_from([500, 1000, 2500])), (sites, points)).round()
    times[random.random((sites, points)) < draw(st.sampled_from([0.0, 0.2]))] = np.inf
    high = random.integers(0, 3, sites)
    high[random.integers(sites)] = 2
    low = np.minimum(high, random.integers(0, 2, sites) * draw(st.integers(0, 1)))
    cars = max(1, int(low.sum())) + draw(st.integers(0, 3))
    before = random.integers(0, 3, sites) if draw(st.booleans()) else None
    price = draw(st.sampled_from([0.0, 0.5, 20.0])) if before is not None else 0.0
    busy = random.uniform(0, 0.9, sites) if draw(st.booleans()) else 0.4
    owed = draw(st.sampled_from([None, True])) if model is not Model.P_MEDIAN else None
    return Request(
        times, random.integers(0, 6, points).astype(float), cars, model,
        Rings(alpha=draw(st.sampled_from([0.0, 0.5, 1.0]))), low, high, busy, before=before,
        move_price=price, support_owed=owed,
    )  # fmt: skip


def within_limits(plan: PostPlan, request: Request) -> None:
    """All cars stand where they may."""
    low, high = request.limits
    assert int(plan.cars.sum()) == request.placed
    assert (plan.cars >= low).all()
    assert (plan.cars <= high).all()


@given(requests())
@settings(max_examples=150, deadline=None)
def test_no_placement_is_better(request: Request) -> None:
    """Whatever is pinned, forbidden or priced: worth as much as the best of all placements, and proven."""
    plan = place(request, EXACT)
    best = best_by_trying_all(request)
    within_limits(plan, request)
    assert plan.value == pytest.approx(worth(request, plan.cars)[1], abs=1e-6)
    assert plan.value == pytest.approx(best, abs=1e-5)
    assert plan.bound >= best - 1e-6
    assert plan.gap == pytest.approx(0, abs=1e-3 if np.ptp(np.asarray(request.busy)) else 1e-6)


@given(requests())
@settings(max_examples=60, deadline=None)
def test_a_quick_answer_keeps_the_limits_and_its_bound_holds(request: Request) -> None:
    """Without the proof the plan is within its limits and the bound is above the best of all placements."""
    plan = place(request, QUICK)
    within_limits(plan, request)
    best = best_by_trying_all(request)
    assert plan.value <= best + 1e-6
    assert plan.bound >= best - 1e-6


@given(requests())
@settings(max_examples=40, deadline=None)
def test_a_car_more_is_never_worse(request: Request) -> None:
    """Of the exact values; moves left out, since a new car may stand where the price forbids a move."""
    free = replace(request, before=None, move_price=0.0)
    one_more = replace(free, cars=free.cars + 1)
    if place(one_more, EXACT).minimum.cars <= free.cars or not free.support_owed:
        assert place(one_more, EXACT).value >= place(free, EXACT).value - 1e-6


def test_the_models_want_different_things() -> None:
    """A large place, two smaller ones, two cars: the second car stands by the first, or elsewhere."""
    times = np.array([[10.0, 900, 900], [900, 10.0, 280], [900, 280, 10.0]])
    demand = [10.0, 3.0, 2.0]
    spread = mclp(times, demand, 2)
    assert (spread.cars.tolist(), spread.value, spread.gap) == ([1, 1, 0], 15.0, 0.0)
    busy = mexclp(times, demand, 2, busy=0.6)
    assert busy.cars.tolist() == [2, 0, 0]
    assert busy.expected == pytest.approx(10 * (1 - 0.36) / 15)
    median = p_median(times, demand, 2)
    assert median.cars.tolist() == [1, 1, 0]
    assert median.value == pytest.approx(-(100 + 30 + 560))
    assert median.response.mean_s == pytest.approx(690 / 15)
    assert median.response.p90_s == 280


def test_dear_moves_keep_the_plan_in_force() -> None:
    """Free moves leave the poor plan, dear ones keep it; in between only what is worth its price moves."""
    times = np.array([[10.0, 900, 900], [900, 10.0, 900], [900, 900, 10.0]])
    ask = Request(times, [1.0, 5.0, 3.0], 2, Model.MCLP, high=1, before=[1, 0, 1])
    moved = {price: place(replace(ask, move_price=price), EXACT) for price in (0.0, 3.0, 5.0)}
    assert [plan.moved for plan in moved.values()] == [1, 1, 0]
    assert [plan.value for plan in moved.values()] == [8.0, 5.0, 4.0]
    assert "moves" in moved[5.0].binds


def test_a_plan_edited_by_hand_is_answered_around_the_edits() -> None:
    """A pin is kept, a forbidden site left, the earlier bound used where it still holds, and both bind."""
    random = np.random.default_rng(2)
    times, demand = random.uniform(0, 1500, (9, 25)), random.gamma(1.0, 1.0, 25)
    ask = Request(times, demand, 4, rings=Rings(alpha=0.5))
    first = place(ask, EXACT)
    assert first.gap == 0
    pin, bar = int(np.flatnonzero(first.cars == 0)[0]), int(first.posts[0])
    low, high = np.zeros(9, int), np.full(9, 2)
    low[pin], high[bar] = 1, 0
    edited = place(replace(ask, low=low, high=high, start=first.cars), INTERACTIVE, earlier=first)
    assert edited.cars[pin] >= 1
    assert edited.cars[bar] == 0
    assert edited.bound <= first.bound + 1e-9
    assert edited.value <= first.value
    freed = place(ask, INTERACTIVE, earlier=edited)
    assert freed.bound_from != "earlier"
    pinned = place(replace(ask, low=low), EXACT)
    barred = place(replace(ask, high=high), EXACT)
    assert ("pins" in pinned.binds) == (pinned.value < first.value)
    assert ("forbidden" in barred.binds) == (barred.value < first.value)


def test_the_same_seed_gives_the_same_plan() -> None:
    """No chance enters but by the seed."""
    random = np.random.default_rng(4)
    times, demand = random.uniform(0, 1500, (20, 80)), random.gamma(1.0, 1.0, 80)
    for model in Model:
        ask = Request(times, demand, 8, model)
        plans = [place(ask, Effort(kicks=60, seed=3, prove=False)) for _ in range(2)]
        assert plans[0].cars.tolist() == plans[1].cars.tolist()
        assert plans[0].bound == plans[1].bound
