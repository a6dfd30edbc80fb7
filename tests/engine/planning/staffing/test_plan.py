"""Units out against the need: lent, held back, spread, relaxed; wrong arguments are named."""

from __future__ import annotations

import itertools
import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from tests.engine.planning.staffing.cases import CURVE, shift_units, some_work

from anlan.engine.planning.force import force_per_colour
from anlan.engine.planning.shifts import THREE_SHIFTS
from anlan.engine.planning.staffing import (
    Force,
    Rule,
    Targets,
    Travel,
    check_shift,
    level_units,
    minimum,
    shortfall_prices,
    spread,
    staff,
    tables,
)


def small_plan(people: int, rule: Rule) -> object:
    """Four beats of equal strength, half of it out."""
    work = some_work()
    force = force_per_colour(list(work.beats), ["orange"] * 4, [people] * 4)
    return staff(work, CURVE, Targets(response_s=400.0), force=Force(force), rule=rule)


def test_a_force_that_suffices_misses_nothing() -> None:
    """No lack, no price, nothing to relax; what is not needed is held back only if asked."""
    lend, hold = (small_plan(120, rule) for rule in (Rule.LEND, Rule.HOLD))
    for plan in (lend, hold):
        assert plan.price == 0
        assert not plan.relaxations
        assert all(cell.lack == 0 and not cell.short for cell in plan.cells)
    assert [shift.out for shift in lend.shifts] == [shift.available for shift in lend.shifts]
    assert [shift.out for shift in hold.shifts] == [shift.need for shift in hold.shifts]


def test_lending_is_never_dearer_than_each_beat_alone() -> None:
    """The same people, spread where they are missed most."""
    for people in (20, 40, 60):
        assert small_plan(people, Rule.LEND).price <= small_plan(people, Rule.OWN).price + 1e-9


def test_the_spread_is_the_cheapest_of_all() -> None:
    """Against every way to put five units on three beats."""
    work = some_work(3, 3)
    targets = Targets()
    price = shortfall_prices(work, targets, tables(work, CURVE, targets))
    units = spread(price, np.array([5, 5, 5]))
    for shift in range(3):
        best = min(
            sum(price[row, shift, count] for row, count in enumerate(counts))
            for counts in itertools.product(range(6), repeat=3)
            if sum(counts) <= 5
        )
        assert price[np.arange(3), shift, units[:, shift]].sum() == pytest.approx(best)


def test_the_smallest_relaxation_helps_and_a_smaller_one_does_not() -> None:
    """Each that is named is tried: with it the units suffice, with a little less they do not."""
    work = some_work()
    force = force_per_colour(list(work.beats), ["orange"] * 4, [36] * 4)
    targets = Targets(wait_chance=0.03, response_s=400.0)
    plan = staff(work, CURVE, targets, force=Force(force))
    short = [shift for shift in plan.shifts if shift.need > shift.available]
    assert short
    names = {"wait": "wait_chance", "response": "response_s", "late": "within_share", "taken": "visible"}
    tried = 0
    for relaxation in plan.relaxations:
        shift = next(one for one in plan.shifts if one.shift == relaxation.shift)
        if relaxation.kind == "units":
            assert relaxation.value == shift.need - shift.available
        if relaxation.kind in names and relaxation.value is not None:
            tried += 1
            before = getattr(targets, names[relaxation.kind])
            for share, enough in ((1.0, True), (0.97, False)):
                value = before + share * (relaxation.value - before)
                need = minimum(work, CURVE, replace(targets, **{names[relaxation.kind]: value}))
                units = sum(cell.units for cell in need if cell.shift == relaxation.shift)
                assert (units <= shift.available) is enough
        if relaxation.kind == "all":
            assert relaxation.value is not None
    assert tried
    assert {relaxation.shift for relaxation in plan.relaxations} == {shift.shift for shift in short}


def test_a_plan_is_plain_data_even_where_nobody_is_there() -> None:
    """No people at all: every beat lacks its need, and JSON takes the answer without infinities."""
    plan = small_plan(0, Rule.LEND)
    text = json.dumps(asdict(plan), allow_nan=False)
    assert json.loads(text)["cells"][0]["reached"]["response_s"] is None
    assert all(cell.out == 0 and cell.lack == cell.need for cell in plan.cells)
    assert plan.price > 0


def test_without_a_force_the_plan_is_the_need() -> None:
    """Who is there is not known: nothing lacks, nothing is relaxed."""
    plan = staff(some_work(), CURVE)
    assert plan.rule == "need"
    assert [cell.out for cell in plan.cells] == [cell.need for cell in plan.cells]
    assert plan.relaxations == []


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: Targets(wait_chance=0.0), "wait_chance"),
        (lambda: Targets(response_s=-1), "response_s"),
        (lambda: Targets(least=-1), "least"),
        (lambda: Targets(plan_for=1.0), "plan_for"),
        (lambda: replace(some_work(), service_s=(1.0,)), "calls"),
        (lambda: replace(some_work(), service_s=(1.0, 0.0)), "service_s"),
        (lambda: replace(some_work(), away=1.0), "away"),
        (lambda: replace(some_work(), units=(0.5, 1.0)), "units"),
        (lambda: some_work().rates(0.0), "level"),
        (lambda: Travel.square_root_law(0, 40), "area_km2"),
        (lambda: Travel.square_root_law(9, 40, turnout_s=-1), "turnout_s"),
        (lambda: Travel.random_patrol([[np.inf]], [1.0]), "point 0 has no way"),
        (lambda: Travel.random_patrol([[1.0]], [0.0]), "demand"),
        (lambda: minimum(some_work(), [CURVE]), "travel: 1 curves for 4 beats"),
        (lambda: tables(some_work(), CURVE, Targets(), weight=(0.0, 0.0)), "weight"),
        (lambda: level_units([], 0), "crew"),
        (lambda: level_units([], 2, (0.5, 0.4)), "shares"),
        (lambda: check_shift(shift_units(), samples=-1), "samples"),
        (lambda: staff(some_work(), CURVE, force=Force([])), "force: beats"),
    ],
)
def test_a_wrong_argument_is_named(call: object, told: str) -> None:
    """Every refusal names the parameter."""
    with pytest.raises(ValueError, match=told):
        call()  # type: ignore[operator]
    assert THREE_SHIFTS
