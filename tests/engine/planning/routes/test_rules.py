"""Whatever is asked, the plan keeps every rule, read independently from the request."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.planning.routes.cases import FROM, some_request
from tests.engine.planning.routes.checking import check

from anlan.engine.planning.routes import (
    Edits,
    Effort,
    Forbid,
    Lock,
    Pin,
    Point,
    Vary,
    past_of,
    plan_routes,
)
from anlan.engine.planning.routes.vary import day_seed

QUICK = Effort(time_limit_s=30, iterations=1500)


@given(st.integers(0, 2**31))
@settings(max_examples=40, deadline=None)
def test_a_plan_keeps_every_rule(seed: int) -> None:
    """Windows, frequencies, gaps, meals, shift ends, room, capabilities, trial flags; and it is plain."""
    request = some_request(seed)
    plan = plan_routes(request, effort=QUICK)
    check(request, plan)
    assert json.loads(json.dumps(asdict(plan)))["value"] == plan.value


@given(st.integers(0, 2**31), st.integers(0, 400))
@settings(max_examples=12, deadline=None)
def test_a_varied_plan_keeps_every_rule_and_the_loss_allowed(seed: int, day: int) -> None:
    """Being unpredictable costs no more than was granted, and no owed visit."""
    request = some_request(seed)
    plan = plan_routes(request, vary=Vary(day, loss=0.05), effort=QUICK)
    check(request, plan)
    best = plan_routes(request, effort=replace(QUICK, iterations=900, seed=day_seed(0, Vary(day))))
    owed, at_first = sum(one.must for one in plan.unmet), sum(one.must for one in best.unmet)
    assert plan.best_value == best.value or owed < at_first
    assert plan.loss <= 0.05 + 1e-9
    assert owed <= at_first
    again = plan_routes(request, vary=Vary(day + 1, loss=0.05, past=[past_of(plan)]), effort=QUICK)
    check(request, again)


@given(st.integers(0, 2**31))
@settings(max_examples=40, deadline=None)
def test_an_edited_plan_keeps_every_rule_and_the_edits(seed: int) -> None:
    """Pins, bans, locks, a unit out, an urgent point: what is driven stays, the rest is planned around it."""
    request = some_request(seed)
    plan = plan_routes(request, effort=QUICK)
    random = np.random.default_rng(seed)
    stops = [stop.code for stop in request.stops if getattr(stop, "treat", None) is not False]
    now = FROM + int(random.integers(0, 9000))
    units = [unit.code for unit in request.units]
    drop = (units[0],) if len(units) > 1 and random.random() < 0.3 else ()
    edits = Edits(
        pins=tuple(Pin(stop, units[-1]) for stop in stops[:1])
        + tuple(Pin(stop, None, FROM + 9000, FROM + 12000) for stop in stops[1:2]),
        forbids=tuple(Forbid(stop, units[-1]) for stop in stops[2:3])
        + tuple(Forbid(stop) for stop in stops[3:4]),
        locks=tuple(Lock(unit, now) for unit in units if random.random() < 0.7),
        drop=drop,
        urgent=(Point("URGENT", request.travel.places[0], 600, windows=((now, now + 3600),)),),
    )
    new = plan_routes(request, edits=edits, start=plan, effort=QUICK)
    kept = {lock.unit for lock in edits.locks}
    for route, before in (
        (route, next(o for o in plan.units if o.unit == route.unit)) for route in new.units
    ):
        locked = [entry for entry in route.entries if entry.locked]
        assert [(e.kind, e.code, e.begin_s) for e in locked] == [
            (e.kind, e.code, e.begin_s) for e in before.entries[: len(locked)]
        ]
        if route.unit in kept:
            assert all(entry.locked for entry in route.entries if entry.begin_s < now)
    check_rest(request, new, edits)


def check_rest(request, plan, edits) -> None:
    """Locked visits of a stop that is now forbidden stay; all else as ever."""
    driven = {entry.code for route in plan.units for entry in route.entries if entry.locked}
    free = Edits(
        edits.pins,
        tuple(one for one in edits.forbids if one.stop not in driven),
        (),
        edits.drop,
        edits.urgent,
    )
    pins = tuple(pin for pin in free.pins if pin.stop not in driven)
    check(request, plan, Edits(pins, free.forbids, (), free.drop, free.urgent))
