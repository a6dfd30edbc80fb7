"""A shift checked by the hypercube: intervals, own activities, overload."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest
from tests.engine.planning.staffing.cases import shift_units

from anlan.engine.planning.queueing import Unstable
from anlan.engine.planning.staffing import (
    check_shift,
)
from anlan.engine.planning.watch import Unwatched


def test_the_check_brackets_what_is_expected_and_repeats_itself() -> None:
    """Intervals hold the expected value, the same seed gives the same, another seed another."""
    shift = shift_units()
    first, again = (check_shift(shift, samples=15) for _ in range(2))
    assert first == again
    assert first != check_shift(shift, samples=15, seed=1)
    for figure in (first.response_s, first.wait_chance, *first.by_beat.values()):
        assert figure.low is not None
        assert figure.high is not None
        assert figure.low <= figure.value <= figure.high
    assert first.measures.method == "exact"
    assert set(first.by_beat) == {"B0", "B1", "B2"}
    json.dumps(asdict(first), allow_nan=False)


def test_own_activities_take_their_share_in_the_check() -> None:
    """Busy and away together are the calls' load and the share asked for."""
    found = check_shift(shift_units(dispersion=1.0), samples=5)
    busy = np.mean([unit.busy for unit in found.measures.units])
    calls = sum(unit.calls * (1500 + unit.travel_s) for unit in found.measures.units) / 3600 / 6
    assert busy - calls == pytest.approx(0.2, abs=0.03)
    assert found.samples == 0
    assert found.response_s.low is None


def test_demand_beyond_the_units_is_counted_not_hidden() -> None:
    """Samples that the units cannot do are a share of their own, and the upper limit is open."""
    found = check_shift(shift_units(load=0.6, dispersion=25.0), samples=20)
    assert found.overload > 0.1
    assert found.response_s.high is None
    with pytest.raises(Unstable, match="calls: a load"):
        check_shift(shift_units(load=0.85))


def test_the_approximation_checks_like_the_exact_solution() -> None:
    """The same shift by both: mean response within 3 %."""
    shift = shift_units(units=8, dispersion=1.0)
    close, true = (check_shift(shift, exact_to=to).response_s.value for to in (0, 12))
    assert close == pytest.approx(true, rel=0.03)


def test_a_stopped_check_keeps_the_draws_done() -> None:
    """Cancel after three samples: an interval of three."""

    class Three(Unwatched):
        seen = 0

        def told(self, *_: object) -> None:
            self.seen += 1

        def stopped(self) -> bool:
            return self.seen >= 3

    assert check_shift(shift_units(), watch=Three()).samples == 3
