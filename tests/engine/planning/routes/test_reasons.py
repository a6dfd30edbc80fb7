"""A visit that is not made is told with its cause, and with a change that makes room for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.engine.planning.routes.cases import FROM, UNTIL
from tests.engine.planning.routes.checking import check
from tests.engine.planning.routes.test_solve import QUICK, on_a_road

from anlan.engine.planning.routes import (
    Edits,
    Forbid,
    Kind,
    Line,
    Meal,
    Point,
    Relaxation,
    Request,
    Spot,
    Travel,
    Unit,
    plan_routes,
)

HOUR = 3600


def only(request: Request) -> tuple[str, int, list[Relaxation]]:
    """Cause, seconds short and changes of the one thing that the plan does not make."""
    plan = plan_routes(request, effort=QUICK)
    check(request, plan)
    (missing,) = plan.unmet
    return missing.reason, missing.short_s, missing.relaxations


def test_a_capability_that_nobody_has() -> None:
    """And that it would help to have."""
    reason, _, helps = only(on_a_road(Point("M", "P1", 600, needs="dog")))
    assert (reason, helps) == ("capability", [Relaxation("capability", 1, "U")])


def test_a_kind_that_cannot_go_along_a_line() -> None:
    """A path for feet, and only cars out."""
    line = Line("L", "P1", "P2", {Kind.FOOT: 600}, {})
    assert only(on_a_road(line))[0] == "kind"


def test_no_road_to_a_point() -> None:
    """Whatever the time."""
    request = on_a_road(Point("M", "P9", 600))
    ways = request.travel.seconds[Kind.CAR].copy()
    ways[:9, 9] = np.inf
    assert only(replace(request, travel=Travel(request.travel.places, {Kind.CAR: ways})))[0] == "way"


def test_a_window_that_ends_before_anyone_can_be_there() -> None:
    """Forty minutes away, to be begun within half an hour: ten too late, and so much wider helps."""
    point = Point("M", "P4", 600, windows=((FROM, FROM + 1800),))
    reason, short, helps = only(on_a_road(point))
    assert (reason, short) == ("window", 600)
    wider = replace(point, windows=((FROM, FROM + 1800 + int(helps[0].amount)),))
    assert plan_routes(on_a_road(wider), effort=QUICK).status == "complete"


def test_a_shift_that_ends_before_the_way_back() -> None:
    """Ninety minutes out, two hours there, ninety back: an hour too long."""
    request = on_a_road(Point("M", "P9", 2 * HOUR))
    reason, short, helps = only(request)
    assert (reason, short, helps) == ("shift", HOUR, [Relaxation("shift", HOUR, "U")])
    longer = on_a_road(Point("M", "P9", 2 * HOUR), until_s=UNTIL + HOUR)
    assert plan_routes(longer, effort=QUICK).status == "complete"


def test_a_gap_that_leaves_no_room_for_all_visits() -> None:
    """Four visits an hour apart begin within two hours only with less than forty minutes between."""
    window = ((FROM, FROM + 2 * HOUR),)
    point = Point("M", "P0", 600, 4, HOUR, window)
    plan = plan_routes(on_a_road(point), effort=QUICK)
    (helps,) = {one.relaxations[0] for one in plan.unmet}
    assert {one.reason for one in plan.unmet} == {"gap"}
    assert helps.kind == "gap"
    looser = replace(point, gap_s=int(helps.amount))
    assert plan_routes(on_a_road(looser), effort=QUICK).status == "complete"
    assert plan_routes(on_a_road(replace(looser, gap_s=looser.gap_s + 1)), effort=QUICK).status == "short"


@pytest.mark.parametrize("room", [0.0, 0.25])
def test_more_than_there_is_time_for(room: float) -> None:
    """Five hours of points in four: any one of the changes named makes room for one of them."""
    points = [Point(f"M{row}", "P0", HOUR) for row in range(4)]
    request = on_a_road(*points, Point("N", "P1", 1200), room=room)
    plan = plan_routes(request, effort=QUICK)
    missing = [one for one in plan.unmet if one.must]
    assert {one.reason for one in missing} == {"time"}
    helps = {one.kind: one for one in missing[0].relaxations}
    assert helps.keys() == ({"shift", "units", "room"} if room else {"shift", "units"})
    crew = request.units[0]
    longer = replace(crew, until_s=crew.until_s + int(helps["shift"].amount))
    more = [replace(crew, code=f"U{row}") for row in range(1 + int(helps["units"].amount))]
    after = plan_routes(replace(request, units=[longer]), effort=QUICK)
    assert sum(one.must for one in after.unmet) < len(missing)
    assert plan_routes(replace(request, units=more), effort=QUICK).status == "complete"


def test_a_spot_that_is_not_worth_the_way() -> None:
    """There is time for it; its prize is below the price of driving."""
    request = on_a_road(Spot("S", "P1", 0.01, most=1))
    assert only(replace(request, drive_price=10.0))[0] == "worth"


def test_a_meal_that_no_time_is_left_for() -> None:
    """It is owed like a visit."""
    meal = Meal(1800, FROM, FROM + 600, ("P9",))
    plan = plan_routes(on_a_road(meal=meal), effort=QUICK)
    assert [(one.kind, one.reason) for one in plan.unmet] == [("meal", "window")]
    assert plan.status == "short"


def test_a_unit_that_cannot_get_to_its_end() -> None:
    """It does nothing, and how much longer its shift would have to be is said."""
    plan = plan_routes(on_a_road(Point("M", "P1", 60), end="P9", until_s=FROM + HOUR), effort=QUICK)
    told = {one.kind: one for one in plan.unmet}
    assert told["unit"].relaxations == [Relaxation("shift", 1800, "U")]
    assert told["point"].reason == "way"


def test_what_is_forbidden_is_told_as_forbidden() -> None:
    """Altogether, or to every unit by name."""
    request = on_a_road(Point("M", "P1", 600))
    for edits in (Edits(forbids=(Forbid("M"),)), Edits(forbids=(Forbid("M", "U"),))):
        plan = plan_routes(request, edits=edits, effort=QUICK)
        assert [(one.code, one.reason, one.must) for one in plan.unmet] == [("M", "forbidden", True)]


def test_two_units_share_what_one_cannot() -> None:
    """As many units as were said to be enough."""
    points = [Point(f"M{row}", "P3", 3 * HOUR) for row in range(3)]
    request = on_a_road(*points)
    plan = plan_routes(request, effort=QUICK)
    more = max(one.amount for miss in plan.unmet for one in miss.relaxations if one.kind == "units")
    crew = request.units[0]
    crews = [Unit(f"U{row}", crew.kind, "P0", "P0", FROM, UNTIL) for row in range(1 + int(more))]
    assert plan_routes(replace(request, units=crews), effort=QUICK).status == "complete"
