"""What a planner sets by hand stays; the rest is planned around it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.engine.planning.routes.cases import FROM
from tests.engine.planning.routes.checking import check
from tests.engine.planning.routes.test_solve import QUICK, begins, on_a_road

from anlan.engine.planning.routes import (
    Edits,
    Forbid,
    Lock,
    Pin,
    Point,
    Request,
    RoutePlan,
    Spot,
    plan_routes,
)

HOUR = 3600


def two_cars() -> Request:
    """A point and four stops by the road, two cars."""
    spots = [Spot(f"S{row}", f"P{row}", 3.0 - row / 2, most=1) for row in range(1, 5)]
    request = on_a_road(Point("M", "P1", 600), *spots)
    return replace(request, units=[*request.units, replace(request.units[0], code="V")])


def by(plan: RoutePlan, code: str) -> list[str]:
    """The units that visit a stop."""
    return [one.unit for one in plan.units for entry in one.entries if entry.code == code]


@pytest.mark.parametrize("unit", ["U", "V"])
def test_a_pin_gives_a_stop_to_a_unit_at_a_time(unit: str) -> None:
    """And the plan is complete around it."""
    request = two_cars()
    pins = (Pin("M", unit, FROM + 2 * HOUR, FROM + 2 * HOUR + 600), Pin("S4", unit))
    start = plan_routes(request, effort=QUICK)
    plan = plan_routes(request, edits=Edits(pins=pins), start=start, effort=QUICK)
    check(request, plan, Edits(pins=pins))
    assert (by(plan, "M"), by(plan, "S4"), plan.status) == ([unit], [unit], "complete")
    assert 120 <= begins(plan, "M")[0] <= 130
    pinned = {entry.code for one in plan.units for entry in one.entries if entry.pinned}
    assert pinned == {"M", "S4"}


def test_a_pin_that_cannot_be_kept_is_told() -> None:
    """Ninety minutes away, at once."""
    request = on_a_road(Spot("S", "P9", 1.0, most=1))
    plan = plan_routes(request, edits=Edits(pins=(Pin("S", "U", FROM, FROM + 60),)), effort=QUICK)
    (missing,) = [one for one in plan.unmet if one.must]
    assert (missing.code, missing.reason, missing.short_s) == ("S", "window", 5340)


def test_a_forbidden_stop_goes_to_the_other_unit_or_to_none() -> None:
    """To one by name; to all without."""
    request = two_cars()
    plan = plan_routes(request, edits=Edits(forbids=(Forbid("M", "U"), Forbid("S1"))), effort=QUICK)
    assert (by(plan, "M"), by(plan, "S1")) == (["V"], [])


def test_what_is_driven_stays_and_a_unit_that_falls_out_is_replaced() -> None:
    """After an hour one car breaks down; the other takes over what is owed, and an urgent point."""
    request = two_cars()
    first = plan_routes(request, effort=QUICK)
    now = FROM + HOUR
    edits = Edits(locks=(Lock("U", now), Lock("V", now)), drop=("U",), urgent=(Point("NEW", "P2", 600),))
    plan = plan_routes(request, edits=edits, start=first, effort=QUICK)
    assert plan.status == "complete"
    assert by(plan, "NEW") == ["V"]
    for route, before in ((one, next(o for o in first.units if o.unit == one.unit)) for one in plan.units):
        locked = [entry for entry in route.entries if entry.locked]
        assert [(e.code, e.begin_s) for e in locked] == [
            (e.code, e.begin_s) for e in before.entries[: len(locked)]
        ]
        assert all(entry.locked for entry in route.entries) == (route.unit == "U")


@pytest.mark.parametrize(
    ("name", "edits"),
    [
        ("pins", Edits(pins=(Pin("X", "U"),))),
        ("pins", Edits(pins=(Pin("M", "X"),))),
        ("pins", Edits(pins=(Pin("C", "U"),))),
        ("pins", Edits(pins=(Pin("M", "U"),), drop=("U",))),
        ("forbids", Edits(forbids=(Forbid("X"),))),
        ("forbids", Edits(forbids=(Forbid("M", "X"),))),
        ("locks", Edits(locks=(Lock("X", FROM),))),
        ("locks", Edits(locks=(Lock("U", FROM),))),
        ("drop", Edits(drop=("X",))),
        ("drop", Edits(drop=("U", "V"))),
    ],
)
def test_edits_that_name_nothing_known_are_refused(name: str, edits: Edits) -> None:
    """With the name of what is wrong; a place left alone by a trial cannot be pinned."""
    control = Spot("C", "P5", 1.0, treat=False)
    request = replace(two_cars(), spots=[*two_cars().spots, control])
    with pytest.raises(ValueError, match=f"^{name}"):
        plan_routes(request, edits=edits, effort=QUICK)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("late_s", lambda: Pin("M", "U", FROM)),
        ("unit", lambda: Pin("M")),
        ("windows", lambda: Pin("M", "U", FROM, FROM - 1)),
        ("locks", lambda: Edits(locks=(Lock("U", FROM), Lock("U", FROM)))),
    ],
)
def test_an_edit_out_of_range_is_refused_by_name(name: str, make: object) -> None:
    """Each of them."""
    with pytest.raises(ValueError, match=f"^{name}"):
        make()
