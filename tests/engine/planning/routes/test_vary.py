"""Days that differ, so that nobody can tell when a unit comes; and what that costs at most."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from tests.engine.planning.routes.cases import FROM, travel

from anlan.engine.planning.routes import (
    Effort,
    Kind,
    Past,
    Point,
    Request,
    Spot,
    Unit,
    Vary,
    past_of,
    plan_routes,
    unpredictability,
)

DAYS = 8
UNTIL = FROM + 8 * 3600


def beat() -> Request:
    """Two cars for eight hours, twelve stops and four points on a plane."""
    random = np.random.default_rng(2)
    spots = [Spot(f"S{row}", f"P{row}", float(random.gamma(1, 1)), most=1) for row in range(12)]
    points = [Point(f"M{row}", f"P{12 + row}", 600) for row in range(4)]
    units = [Unit(f"U{row}", Kind.CAR, "P16", "P16", FROM, UNTIL, room=0.3) for row in range(2)]
    return Request(units, travel(random, 17, [Kind.CAR]), points, (), spots)


def test_days_are_less_alike_than_without_varying_within_the_loss_granted() -> None:
    """Stops are begun at more hours, pairs of stops are repeated less; every day costs 3 % at most."""
    request, days, losses = beat(), [], []
    for day in range(DAYS):
        vary = Vary(day, loss=0.03, past=days[-14:])
        plan = plan_routes(request, vary=vary, effort=Effort(60, 3000))
        assert plan.status == "complete"
        days.append(past_of(plan))
        losses.append(plan.loss)
    plain = [past_of(plan_routes(request, effort=Effort(60, 3000, seed=day))) for day in range(DAYS)]
    varied, same = (unpredictability(run, FROM, UNTIL) for run in (days, plain))
    assert max(losses) <= 0.03 + 1e-9
    assert varied.hours > same.hours
    assert varied.entropy > same.entropy
    assert varied.repeats < same.repeats


def test_a_day_is_the_same_whenever_it_is_asked_for() -> None:
    """The draw is the day's."""
    request = beat()
    one, same, other = (plan_routes(request, vary=Vary(day), effort=Effort(60, 500)) for day in (4, 4, 5))
    assert one == same
    assert past_of(one) != past_of(other)


def test_unpredictability_by_hand() -> None:
    """A at two hours of two, B always at one; one pair in two is gone again."""
    hour = 3600
    days = [
        Past({"A": [FROM], "B": [FROM + hour]}, [("A", "B"), ("B", "C")]),
        Past({"A": [FROM + hour], "B": [FROM + hour]}, [("A", "B"), ("C", "A")]),
    ]
    found = unpredictability(days, FROM, FROM + 2 * hour)
    assert found.hours == 1.5
    assert found.entropy == pytest.approx((log(2) / log(2) + 0) / 2)
    assert found.repeats == 0.5
    with pytest.raises(ValueError, match="days"):
        unpredictability(days[:1], FROM, UNTIL)


@pytest.mark.parametrize(("name", "value"), [("loss", 1.0), ("loss", -0.1), ("day", -1)])
def test_a_variation_out_of_range_is_refused_by_name(name: str, value: float) -> None:
    """Each parameter."""
    with pytest.raises(ValueError, match=f"^{name}"):
        Vary(**{"day": 1, name: value})
