"""Wrong input is named."""

from __future__ import annotations

import pytest
from tests.engine.planning.roster.cases import TWO, WEEK

from anlan.engine.planning.roster import (
    Cell,
    Edits,
    Forbidden,
    Hours,
    Limit,
    Member,
    Need,
    Prices,
    Problem,
    Rules,
    Wish,
)
from anlan.engine.planning.roster.problem import night
from anlan.engine.planning.shifts import THREE_SHIFTS, Shift

A = (Member("a"),)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"start": "today"}, "start"),
        ({"days": 0}, "days"),
        ({"shifts": ()}, "shifts"),
        ({"shifts": (Shift("*", 0, 60),)}, "any duty"),
        ({"members": ()}, "members"),
        ({"members": A + A}, "members"),
        ({"members": (Member(""),)}, "members"),
        ({"members": (Member("a", leave=(7,)),)}, "leave of member a: day 7"),
        ({"members": (Member("a", before=("X",)),)}, "before of member a"),
        ({"members": (Member("a", shifts=("X",)),)}, "shifts of member a"),
        ({"members": (Member("a", weekly_min=-1),)}, "weekly_min of member a"),
        ({"members": (Member("a", wishes=(Wish(0, "X"),)),)}, "wishes of member a"),
        ({"members": (Member("a", wishes=(Wish(9, "D"),)),)}, "wishes of member a"),
        ({"members": (Member("a", wishes=(Wish(0, "D", weight=-1),)),)}, "weight"),
        ({"needs": (Need(0, "X", 1),)}, "needs: no shift 'X'"),
        ({"needs": (Need(5, "D", 1),)}, "needs: day 5"),
        ({"needs": (Need(0, "D", -1),)}, "need of day 0 D"),
        ({"needs": (Need(0, "D", 1), Need(0, "D", 2))}, "need of day 0 D: twice"),
        ({"rules": Rules(shifts_most=(("X", Limit(1)),))}, "shifts_most of rules"),
        ({"rules": Rules(forbidden=(Forbidden(("X",)),))}, "forbidden of rules"),
        ({"holidays": (4,)}, "holidays"),
        ({"weekend": (5, 7)}, "weekend"),
        ({"weekend": (1, 5)}, "weekend"),
        ({"nights": ("X",)}, "nights"),
        ({"together": -1}, "together"),
        ({"base": {"b": ("D", "D")}}, "base: no member"),
        ({"base": {"a": ("D",)}}, "base of member a"),
        ({"base": {"a": ("D", "X")}}, "base of member a"),
        ({"edits": Edits(fixed=(Cell("b", 0, "D"),))}, "fixed: no member"),
        ({"edits": Edits(forbidden=(Cell("a", 5, "D"),))}, "forbidden: day 5"),
        ({"edits": Edits(near={"a": ("D", "X")})}, "near of member a"),
        ({"edits": Edits(change=-1)}, "change"),
    ],
)
def test_wrong_problems_are_named(change, message):
    """Each refusal names the field and who or what is wrong."""
    with pytest.raises(ValueError, match=message.replace("*", "[*]")):
        Problem(**({"start": WEEK, "days": 2, "shifts": TWO, "members": A} | change))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Limit(-1), "value"),
        (lambda: Limit(1, -1), "price"),
        (lambda: Hours(-1), "days of hours"),
        (lambda: Hours(7, Limit(10), Limit(5)), "least of hours"),
        (lambda: Forbidden(()), "codes"),
        (lambda: Forbidden(("D",), -2), "price"),
        (lambda: Rules(weekend_off_in=Limit(1)), "weekend_off_in"),
        (lambda: Rules(shifts_most=(("D", Limit(1)), ("D", Limit(2)))), "shifts_most"),
        (lambda: Prices(wish=-1), "prices"),
    ],
)
def test_wrong_rules_are_named(make, message):
    """Each refusal names the rule."""
    with pytest.raises(ValueError, match=message):
        make()


def test_what_counts_as_a_night():
    """At least three hours between 23:00 and 6:00."""
    assert [night(shift) for shift in THREE_SHIFTS] == [False, False, True]
    assert [night(shift) for shift in TWO] == [False, True]
    assert night(Shift("24h", 480, 1440))
    assert not night(Shift("early", 240, 480))
    assert night(Shift("earlier", 180, 480))
