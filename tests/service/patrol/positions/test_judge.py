"""What becomes of a fix."""

from __future__ import annotations

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.gateway.positions import Fix
from anlan.service.patrol.positions.judge import FASTEST, Known, Outcome, after, judge, metres

NOW = 1_700_000_000.0
ON, OFF = True, False
DEGREE_M = 111_195.0
HERE = Fix(105.0, 0.0, NOW - 10)


def north(metres_: float, at: float, accuracy: float | None = None) -> Fix:
    """Return a fix so many metres north of `HERE`."""
    return Fix(105.0, metres_ / DEGREE_M, at, accuracy=accuracy)


def judged(fix: Fix, known: Known) -> Outcome:
    """Judge a fix that carries its time."""
    assert fix.at is not None
    return judge(fix, fix.at, known, NOW, NOW - 86_400)


@pytest.mark.parametrize(
    ("fix", "known", "outcome"),
    [
        (north(100, NOW), Known(ON, "car", HERE), Outcome.KEPT),
        (north(100, NOW), Known(ON, "car"), Outcome.KEPT),
        (north(100, NOW), Known(OFF, "car", HERE), Outcome.OFF_DUTY),
        (north(100, NOW), Known(ON, "car", HERE, since=NOW + 1), Outcome.OFF_DUTY),
        (north(100, NOW + 3600), Known(ON, "car", HERE), Outcome.FUTURE),
        (north(100, NOW + 60), Known(ON, "car", HERE), Outcome.KEPT),
        (north(100, NOW - 90_000), Known(ON, "car", HERE), Outcome.OLD),
        (north(100, NOW, accuracy=900), Known(ON, "car", HERE), Outcome.COARSE),
        (north(100, NOW - 20), Known(ON, "car", HERE), Outcome.LATE),
        (north(100, NOW - 10), Known(ON, "car", HERE), Outcome.DUPLICATE),
        (north(700, NOW), Known(ON, "car", HERE), Outcome.KEPT),
        (north(700, NOW), Known(ON, "foot", HERE), Outcome.JUMP),
        (north(5_000, NOW), Known(ON, "car", HERE), Outcome.JUMP),
    ],
)  # fmt: skip
def test_each_outcome(fix: Fix, known: Known, outcome: Outcome) -> None:
    """Duty first, then the clock, then accuracy, order and speed."""
    assert judged(fix, known) is outcome


def test_a_second_fix_that_agrees_is_believed() -> None:
    """One wrong fix locks nobody out: the unit is where two fixes in a row say."""
    known = Known(ON, "car", HERE)
    far = north(50_000, NOW - 5)
    assert judged(far, known) is Outcome.JUMP
    known = after(known, far, NOW - 5, Outcome.JUMP)
    assert known.last == HERE
    assert judged(north(-50_000, NOW), known) is Outcome.JUMP
    assert judged(north(50_100, NOW), known) is Outcome.KEPT


def test_a_right_fix_clears_what_was_kept_aside() -> None:
    """After a fix at the right place the outlier cannot be confirmed any more."""
    known = after(Known(ON, "car", HERE), north(50_000, NOW - 5), NOW - 5, Outcome.JUMP)
    assert after(known, north(20, NOW - 4), NOW - 4, Outcome.KEPT).aside is None


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.floats(-180, 180), st.floats(-90, 90), st.floats(-180, 180), st.floats(-90, 90)
)  # fmt: skip
def test_distances(lon: float, lat: float, to_lon: float, to_lat: float) -> None:
    """Symmetric, never more than half round the Earth, nothing to oneself."""
    one, other = Fix(lon, lat), Fix(to_lon, to_lat)
    assert metres(one, other) == pytest.approx(metres(other, one), abs=1e-3)
    assert 0 <= metres(one, other) <= math.pi * 6_371_009
    assert metres(one, one) == 0


def test_distance_by_a_published_example() -> None:
    """Nashville to Los Angeles airport, the haversine example of Rosetta Code: 2,887 km."""
    bna, lax = Fix(-86.67, 36.12), Fix(-118.40, 33.94)
    assert metres(bna, lax) == pytest.approx(2_886_800, rel=5e-4)


def test_every_vehicle_has_a_limit() -> None:
    """No kind of vehicle is left out."""
    from anlan.service.staff.models import Unit

    assert set(FASTEST) == set(Unit.Vehicle)
