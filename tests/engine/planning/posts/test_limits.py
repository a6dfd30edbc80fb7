"""Bounds that contradict each other, shortfalls, the smallest change that helps; progress and stopping."""

from __future__ import annotations

import json
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.engine.planning.mip import Status
from anlan.engine.planning.posts import (
    ContradictionError,
    Effort,
    Model,
    Relief,
    Request,
    Rings,
    place,
)

TIMES = np.array([[60.0, 900, 900], [900, 60.0, 900], [900, 900, 60.0]])


def refused(**limits: object) -> ContradictionError:
    """What is answered to these bounds."""
    with pytest.raises(ContradictionError) as caught:
        Request(TIMES, [3, 2, 1], 2, **limits)  # type: ignore[arg-type]
    return caught.value


def test_more_pins_than_cars_say_how_many_cars_or_pins() -> None:
    """Three pinned, two cars: three cars would do, or one pin less."""
    error = refused(low=1)
    assert (error.code, error.figures) == ("pins_exceed_cars", {"pinned": 3, "cars": 2})
    assert error.reliefs == (Relief("cars", 3.0), Relief("unpin", 1.0, (0, 1, 2)))
    assert Request(TIMES, [3, 2, 1], 3, low=1).placed == 3
    assert json.loads(json.dumps(error.plain()))["reliefs"][0]["kind"] == "cars"


def test_a_pin_at_a_forbidden_site_is_named() -> None:
    """The site, and the room that it would need."""
    error = refused(low=[0, 1, 0], high=[2, 0, 2])
    assert (error.code, error.sites) == ("pins_exceed_room", (1,))
    assert error.reliefs[0] == Relief("high", 1.0, (1,))


def test_all_sites_forbidden_names_the_most_useful_one() -> None:
    """Allowing it is enough for a plan."""
    error = refused(high=0)
    assert (error.code, error.reliefs) == ("all_forbidden", (Relief("allow", None, (0,)),))


def test_what_is_out_of_reach_says_what_would_help() -> None:
    """Too far: a longer ring; only from forbidden sites: which to allow; no road: a site near it."""
    far = place(Request([[60.0, 700.0]], [1, 1], 1, rings=Rings(alpha=0)))
    assert [(one.kind, one.relief) for one in far.shortfalls] == [("unreachable", Relief("support_s", 700.0))]
    longer = place(Request([[60.0, 700.0]], [1, 1], 1, rings=Rings(support_s=700, alpha=0)))
    assert not longer.shortfalls
    lost = place(Request([[60.0, np.inf]], [1, 1], 1, rings=Rings(alpha=0)))
    assert lost.shortfalls[0].relief == Relief("site", None, (), (1,))
    barred = place(Request(TIMES, [3, 2, 1], 1, rings=Rings(alpha=0), high=[2, 0, 0]))
    assert [(one.kind, one.relief) for one in barred.shortfalls] == [
        ("forbidden", Relief("allow", None, (1, 2)))
    ]


def test_too_small_a_force_and_alpha_say_how_much_is_enough() -> None:
    """Three cars cover everything; with two, five sixths are reached."""
    plan = place(Request(TIMES, [3, 2, 1], 2, rings=Rings(alpha=1.0)))
    assert [(one.kind, one.relief) for one in plan.shortfalls] == [
        ("support", Relief("cars", 3.0)), ("alpha", Relief("alpha", pytest.approx(5 / 6)))
    ]  # fmt: skip
    assert not place(Request(TIMES, [3, 2, 1], 3, rings=Rings(alpha=1.0))).shortfalls


@given(st.integers(1, 6), st.integers(1, 8), st.integers(0, 2**31))
@settings(max_examples=30, deadline=None)
def test_pins_count_toward_the_minimum_force(sites: int, points: int, seed: int) -> None:
    """Pinning a car never lowers it, and by one car at most raises it."""
    times = np.random.default_rng(seed).uniform(0, 1500, (sites, points))
    free = place(Request(times, np.ones(points), sites), Effort(kicks=0, prove=False)).minimum
    low = np.zeros(sites, int)
    low[seed % sites] = 1
    pinned = place(Request(times, np.ones(points), sites, low=low), Effort(kicks=0, prove=False)).minimum
    assert free.cars <= pinned.cars <= free.cars + 1


class Impatient:
    """A watch that stops at once, or after so many looks."""

    def __init__(self, looks: int) -> None:
        self.looks, self.steps = looks, []  # type: ignore[var-annotated]
        self.lock = threading.Lock()

    def told(self, step: str, done: float, gap: float | None = None) -> None:
        """Note it."""
        with self.lock:
            self.steps.append((step, done, gap))

    def stopped(self) -> bool:
        """Whether patience is at an end."""
        self.looks -= 1
        return self.looks < 0


@pytest.mark.parametrize("model", list(Model))
def test_a_stop_keeps_the_best_so_far(model: Model) -> None:
    """The plan is whole and its bound holds, however soon it is stopped."""
    random = np.random.default_rng(7)
    times, demand = random.uniform(0, 2000, (30, 120)), random.gamma(0.5, 1.0, 120)
    ask = Request(times, demand, 8, model, Rings(alpha=0.6))
    watch = Impatient(3)
    plan = place(ask, Effort(time_limit_s=20, gap=0.0), watch)
    assert int(plan.cars.sum()) == 8
    assert plan.bound >= plan.value
    assert plan.status in {Status.STOPPED, Status.OPTIMAL}
    assert "search" in {step for step, _, _ in watch.steps}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"busy": 1.0}, "busy"),
        ({"busy": [0.1, 0.2]}, "busy: expected one number or 3"),
        ({"low": -1}, "low: cars per site"),
        ({"low": 0.5}, "low: cars per site"),
        ({"high": [1, 1]}, "high: expected one number or 3"),
        ({"start": [1, 1]}, "start"),
        ({"before": [1, 1, -1]}, "before"),
        ({"move_price": 1.0}, "move_price: needs the plan"),
        ({"move_price": -1.0, "before": [1, 1, 0]}, "move_price"),
        ({"beyond_s": 5.0}, "beyond_s"),
        ({"support_owed": True, "model": Model.P_MEDIAN}, "support_owed"),
    ],
)
def test_a_wrong_argument_is_named(arguments: dict[str, object], message: str) -> None:
    """Every refusal names the argument."""
    with pytest.raises(ValueError, match=message):
        Request(TIMES, [3, 2, 1], 2, **arguments)  # type: ignore[arg-type]
