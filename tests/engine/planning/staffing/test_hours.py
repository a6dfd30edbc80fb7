"""Car hours shared so as to lower the delay or level the service."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest
from tests.engine.planning.staffing.cases import CURVE, some_work

from anlan.engine.planning.shifts import Shift
from anlan.engine.planning.staffing import (
    Aim,
    Work,
    share_hours,
)


def test_car_hours_lower_the_delay_or_level_the_service() -> None:
    """Each aim is best at its own measure; more hours help both; a plan too small says how much is needed."""
    work = some_work()
    delay, equal = (share_hours(work, CURVE, 320.0, aim=aim) for aim in Aim)
    assert delay.delay_s <= equal.delay_s
    assert equal.worst_s <= delay.worst_s
    assert delay.used <= 320
    assert delay.gap == 0
    better = share_hours(work, CURVE, 328.0)
    assert better.delay_s - delay.delay_s == pytest.approx(delay.one_more)
    json.dumps(asdict(delay), allow_nan=False)
    with pytest.raises(ValueError, match=r"total: 8 car-hours, but .* are needed"):
        share_hours(work, CURVE, 8.0)


def test_an_urgent_call_counts_as_much_as_it_is_said_to() -> None:
    """Weighting urgent calls moves units to where they are."""
    number = np.full((2, 2, 1), 6.0)
    number[0] = [[9.0], [1.0]]
    number[1] = [[1.0], [9.0]]
    work = Work(["urgent", "other"], number, (1800.0, 1800.0), (Shift("day", 480, 480),))
    units = [
        [cell.units for cell in share_hours(work, CURVE, 56.0, weight=weight).cells]
        for weight in ((50.0, 1.0), (1.0, 50.0))
    ]
    assert units[0][0] > units[1][0]
