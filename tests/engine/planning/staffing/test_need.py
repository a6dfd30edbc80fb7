"""The need is the smallest number that meets all targets."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.planning.staffing.cases import CURVE, some_work

from anlan.engine.planning.shifts import Shift
from anlan.engine.planning.staffing import (
    Targets,
    Work,
    minimum,
    service,
)


@given(st.integers(0, 2**31), st.floats(0.5, 25), st.floats(0, 0.4))
@settings(max_examples=15, deadline=None)
def test_the_need_is_the_smallest_number_that_meets_all_targets(seed: int, calls: float, away: float) -> None:
    """One unit less misses a target that is said to bind; the need itself misses none."""
    work = some_work(seed, 2, calls, away)
    targets = Targets(response_s=400.0)
    rates = work.rates(targets.plan_for)

    def misses(units: int, b: int, s: int) -> set[str]:
        got = service(units, rates[:, b, s].tolist(), work.service_s, CURVE, 600.0, work.away)
        load = rates[:, b, s] @ np.asarray(work.service_s) / 3600
        over = {
            "wait": got.wait_chance > 0.1,
            "response": got.response_s > 400,
            "late": got.late > 0.1 + 1e-12,
            "taken": away + load / units > 0.6 if units else True,
        }
        return {name for name, bad in over.items() if bad}

    for place, need in enumerate(minimum(work, CURVE, targets)):
        b, s = divmod(place, 3)
        assert not need.unmet
        assert not misses(need.units, b, s)
        assert set(need.binds) == (misses(need.units - 1, b, s) or {"least"})


def test_what_no_number_meets_is_told_and_left_out() -> None:
    """A response that even a unit at every corner does not give is unmet; the other targets still count."""
    need = minimum(some_work(), CURVE, Targets(response_s=5.0))[0]
    assert need.unmet == ["response"]
    assert need.needs["response"] is None
    assert need.units == max(value for value in need.needs.values() if value is not None)


def test_more_demand_is_worse_service() -> None:
    """The low quantile of the demand is answered sooner than the high one."""
    for need in minimum(some_work(), CURVE):
        assert need.low.response_s is not None
        assert need.high.response_s is not None
        assert need.low.response_s < need.high.response_s
        assert need.low.visible > need.high.visible


def test_a_beat_without_calls_needs_the_least() -> None:
    """No division by nothing."""
    work = Work(["a"], np.zeros((1, 1, 1)), (1800.0,), (Shift("day", 0, 600),), away=0.0)
    (need,) = minimum(work, CURVE, Targets(None, None, 600.0, None, None))
    assert (need.units, need.binds) == (1, ["least"])
