"""No allocation of units is cheaper, or has a better worst place."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.planning.staffing.cases import CURVE, some_work

from anlan.engine.planning.staffing import (
    allocate,
    convex,
    equal_service,
    service,
)


def best_by_trying_all(cost: np.ndarray, hours: np.ndarray, total: float) -> float:
    """Least cost over all choices of units."""
    counts = itertools.product(range(cost.shape[1]), repeat=len(cost))
    return min(
        float(cost[np.arange(len(cost)), list(units)].sum())
        for units in counts
        if np.dot(units, hours) <= total + 1e-9
    )


@given(st.integers(0, 2**31), st.integers(1, 4), st.booleans(), st.booleans(), st.floats(0.3, 0.9))
@settings(max_examples=60, deadline=None)
def test_no_allocation_is_cheaper(seed: int, places: int, alike: bool, bent: bool, share: float) -> None:
    """Convex or not, shifts of one length or not: equal to the best of all choices."""
    random = np.random.default_rng(seed)
    drops = random.exponential(1, (places, 5))
    drops = drops if bent else -np.sort(-drops, axis=1)
    cost = np.cumsum(np.hstack((20 * np.ones((places, 1)), -drops)), axis=1)
    hours = np.full(places, 8.0) if alike else random.choice([6.0, 8.0, 10.0, 12.0], places)
    total = share * 5 * hours.sum()
    found = allocate(cost, hours, total)
    assert found.value == pytest.approx(best_by_trying_all(cost, hours, total))
    assert found.gap == 0
    assert found.hours <= total + 1e-9
    if alike and not bent:
        assert found.method == "marginal"


@given(st.integers(0, 2**31), st.integers(2, 4), st.floats(0.2, 0.9))
@settings(max_examples=60, deadline=None)
def test_without_whole_minutes_the_bound_still_holds(seed: int, places: int, share: float) -> None:
    """Where neither exact way fits, the gap that is told is no smaller than the true one."""
    random = np.random.default_rng(seed)
    cost = np.cumsum(np.hstack((20 * np.ones((places, 1)), -random.exponential(1, (places, 4)))), axis=1)
    hours = random.uniform(5, 12, places)
    total = share * 4 * hours.sum()
    found = allocate(cost, hours, total)
    best = best_by_trying_all(cost, hours, total)
    assert found.method in {"hull", "dynamic"}
    assert found.bound <= best + 1e-9 <= found.value + 2e-9


@given(st.integers(0, 2**31), st.floats(1, 20))
@settings(max_examples=15, deadline=None)
def test_waits_are_convex_in_units(seed: int, calls: float) -> None:
    """Without own activities the wait of every class is convex, so the marginal way is exact."""
    work = some_work(seed, 1, calls, away=0.0)
    rates = work.rates()[:, 0, 0].tolist()
    waits = np.array([service(n, rates, work.service_s, CURVE, 600.0).waits_s for n in range(15)])
    cost = (waits * rates).sum(axis=1)[None]
    assert convex(cost, np.isfinite(cost).argmax(axis=1))


@given(st.integers(0, 2**31), st.integers(1, 4), st.floats(0.3, 0.9))
@settings(max_examples=40, deadline=None)
def test_no_allocation_has_a_better_worst_place(seed: int, places: int, share: float) -> None:
    """Equal service: the worst place is as good as trying everything can make it."""
    random = np.random.default_rng(seed)
    table = -np.sort(-random.uniform(0, 9, (places, 5)), axis=1)
    hours = random.choice([8.0, 10.0], places)
    total = share * 4 * hours.sum()
    found, worst = equal_service(table, table, hours, total)
    best = min(
        max(table[row, count] for row, count in enumerate(units))
        for units in itertools.product(range(5), repeat=places)
        if np.dot(units, hours) <= total + 1e-9
    )
    assert worst == pytest.approx(best)
    assert found.hours <= total + 1e-9


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"cost": [1.0]}, "cost, hours"),
        ({"hours": [0.0]}, "hours"),
        ({"cost": [[np.inf, np.inf]]}, "no finite cost"),
        ({"cost": [[np.inf, 1.0]], "total": 4.0}, "total: 4 car-hours, but 8"),
    ],
)
def test_a_wrong_allocation_is_named(arguments: dict[str, object], told: str) -> None:
    """The refusal says what is needed."""
    with pytest.raises(ValueError, match=told):
        allocate(**({"cost": [[2.0, 1.0]], "hours": [8.0], "total": 8.0} | arguments))  # type: ignore[arg-type]
