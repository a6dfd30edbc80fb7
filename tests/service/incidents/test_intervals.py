"""The parts of an assignment: what was recorded is counted, what was not stays unknown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.factories import COUNTY, ELSEWHERE, NOW, AssignmentFactory, posted

from anlan.service.incidents.queries.intervals import Intervals, interval_rows, intervals_of


def after(**seconds: int) -> dict[str, Any]:
    """Return moments by seconds after the dispatch."""
    return {name: NOW + timedelta(seconds=value) for name, value in seconds.items()}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"status": "assigned"}, (None, None, None, None)),
        (
            after(en_route_at=60, on_scene_at=360, ended_at=1560) | {"status": "cleared"},
            (60, 300, 1200, 1560),
        ),
        (after(on_scene_at=360, ended_at=1560) | {"status": "cleared"}, (None, None, 1200, 1560)),
        (after(en_route_at=60, ended_at=90) | {"status": "cancelled"}, (60, None, None, None)),
        (after(en_route_at=60, on_scene_at=100) | {"status": "on_scene"}, (60, 40, None, None)),
    ],
)
def test_intervals_of_an_assignment(county: Any, facts: dict[str, Any], expected: tuple[Any, ...]) -> None:
    """A stage that was skipped or not reached makes no interval."""
    assert intervals_of(AssignmentFactory(**facts)) == Intervals(*expected)


def test_rows_are_those_given_in_the_time_and_in_the_area(
    county: Any, dispatcher: Any, django_assert_num_queries: Any
) -> None:
    """The first moment counts, the last does not; whoever is posted elsewhere reads nothing; one query."""
    for minutes in (0, 30, 60):
        AssignmentFactory(assigned_at=NOW + timedelta(minutes=minutes))
    span = (NOW, NOW + timedelta(hours=1))
    dispatcher.area_prefixes()
    with django_assert_num_queries(1):
        rows = list(interval_rows(COUNTY[:6], dispatcher, *span))
    assert [row.at for row in rows] == [NOW, NOW + timedelta(minutes=30)]
    assert list(interval_rows(COUNTY[:6], posted("dispatcher", ELSEWHERE), *span)) == []
