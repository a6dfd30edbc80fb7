"""The people of a level as whole units over the day."""

from __future__ import annotations

import numpy as np

from anlan.engine.planning.force import force_per_colour
from anlan.engine.planning.staffing import (
    level_units,
)


def test_people_of_a_level_crew_whole_units_over_the_day() -> None:
    """The day adds up beat by beat, and no shift of the county is favoured."""
    force = force_per_colour(["a", "b", "c"], ["red", "green", "yellow"], [40, 35, 25])
    found = level_units(force, 2)
    assert found.people.sum(axis=1).tolist() == [beat.on_patrol for beat in force]
    assert found.people[0].tolist() == [11, 11, 10]
    assert (found.units == found.people // 2).all()
    assert np.ptp(found.people.sum(axis=0)) <= 1
