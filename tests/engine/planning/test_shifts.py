"""Shifts of a day."""

from __future__ import annotations

import pytest

from anlan.engine.geo.roads import HourClass, Hours
from anlan.engine.planning.shifts import THREE_SHIFTS, Shift, checked


def test_a_shift_over_midnight_touches_the_hours_of_both_days() -> None:
    """Ten in the evening for eight hours: 22, 23, then 0 to 5."""
    assert Shift("late", 1320, 480).hours() == [22, 23, 0, 1, 2, 3, 4, 5]
    assert Shift("odd", 450, 60).hours() == [7, 8]


def test_a_shift_is_as_slow_as_a_quarter_of_it() -> None:
    """Two peak hours of eight count as peak, one does not; a Sunday has none."""
    assert Shift("evening", 960, 480).hour_class(Hours(), 0) is HourClass.PEAK
    assert Shift("evening", 960, 480).hour_class(Hours(), 6) is HourClass.DAY
    assert Shift("day", 480, 480).hour_class(Hours(), 0) is HourClass.DAY
    assert Shift("night", 0, 480).hour_class(Hours(), 0) is HourClass.NIGHT


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("", 0, 60), "code"),
        (("a", -1, 60), "start_min"),
        (("a", 1440, 60), "start_min"),
        (("a", 0, 0), "minutes"),
    ],
)
def test_a_wrong_shift_is_refused_by_field(given: tuple[str, int, int], told: str) -> None:
    """The message names the field."""
    with pytest.raises(ValueError, match=told):
        Shift(*given)


def test_codes_are_unique() -> None:
    """Two shifts of one code could not be told apart."""
    assert checked(THREE_SHIFTS) == THREE_SHIFTS
    with pytest.raises(ValueError, match="night twice"):
        checked([THREE_SHIFTS[2], THREE_SHIFTS[2]])
    with pytest.raises(ValueError, match="at least one"):
        checked([])
