"""Small problems, made at random or by hand."""

from __future__ import annotations

from hypothesis import strategies as st

from anlan.engine.planning.roster import (
    Balance,
    Cell,
    Edits,
    Fairness,
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
from anlan.engine.planning.shifts import THREE_SHIFTS, Shift

TWO = (Shift("D", 480, 720), Shift("N", 1200, 720))
WEEK = "2026-03-02"
EFFORT_S = 4.0


def limits(values, prices=(None, 5, 30)):
    """A limit or none."""
    return st.none() | st.builds(Limit, st.sampled_from(values), st.sampled_from(prices))


def rules(codes):
    """Rules of any kind."""
    sequence = st.lists(st.sampled_from([*codes, "", "*"]), min_size=1, max_size=3).map(tuple)
    hours = st.builds(
        Hours, st.sampled_from([0, 3, 7]), limits([0, 480, 1440], (7,)), limits([1440, 2400, 4800])
    )
    return st.builds(
        Rules, rest_min=limits([600, 660, 1500]), nights_running=limits([1, 2]),
        days_running=limits([1, 2, 3]),
        days_least=limits([1, 2, 3], (4,)), off_least=limits([2, 3], (4, None)),
        off_after_nights=limits([0, 1, 2], (6, None)), hours=st.lists(hours, max_size=2).map(tuple),
        weekends_most=limits([0, 1]), weekend_off_in=limits([2, 3]),
        shifts_most=st.sampled_from([(), ((codes[0], Limit(2)),), ((codes[-1], Limit(1, 9)),)]),
        forbidden=st.lists(
            st.builds(Forbidden, sequence.filter(lambda one: set(one) != {""}), st.sampled_from([3, 11])),
            max_size=2,
        ).map(tuple),
    )  # fmt: skip


@st.composite
def problems(draw, members=3, days=6, hard=True):
    """Problems with every kind of rule, few enough members and days to try every roster of."""
    shifts = draw(st.sampled_from([TWO, THREE_SHIFTS[::2]]))
    codes = [shift.code for shift in shifts]
    count, length = draw(st.integers(1, members)), draw(st.integers(2, days))
    whole, day = st.sampled_from(["", *codes]), st.integers(0, length - 1)
    people = tuple(
        Member(
            f"m{place}", draw(st.sampled_from(["", "A", "B"])), draw(st.sampled_from([(), ("driver",)])),
            draw(st.sampled_from([1200, 2400])), tuple(draw(st.sets(day, max_size=1))),
            tuple(draw(st.lists(st.builds(Wish, day, whole, st.booleans(), st.integers(0, 3)), max_size=2))),
            tuple(draw(st.lists(whole, max_size=4))),
            draw(st.builds(Balance, st.integers(-2, 2), st.integers(-2, 2), st.integers(-1, 1),
                           st.sampled_from([-480, 0, 700]))),
            draw(st.sampled_from([None, None, (codes[0],)])), draw(st.none() | rules(codes)),
        )
        for place in range(count)
    )  # fmt: skip
    needs = draw(st.lists(
        st.builds(Need, day, st.sampled_from(codes), st.integers(0, 2), st.sampled_from(["", "driver"]),
                  st.sampled_from([None, 40]), st.sampled_from([0, 3]), st.sampled_from([False, hard])),
        max_size=5, unique_by=lambda need: (need.day, need.shift, need.skill),
    ))  # fmt: skip
    rows = st.fixed_dictionaries({one.code: st.lists(whole, min_size=length, max_size=length).map(tuple)
                                  for one in people})  # fmt: skip
    cell = st.builds(Cell, st.sampled_from([one.code for one in people]), day, whole)
    edits = st.builds(Edits, st.lists(cell, max_size=1).map(tuple), st.lists(cell, max_size=1).map(tuple),
                      st.none() | rows, st.just(15))  # fmt: skip
    start = draw(st.sampled_from(["2026-03-05", "2026-03-06", "2026-03-08"]))
    prices = Prices(200, 4, draw(st.sampled_from([Fairness(0, 0, 0, 0), Fairness(2, 1, 3, 2)])), 1)
    return Problem(
        start, length, shifts, people, tuple(needs), draw(rules(codes)), prices,
        tuple(draw(st.sets(day, max_size=1))), base=draw(st.none() | rows),
        together=draw(st.sampled_from([None, 8])), edits=draw(st.just(Edits()) | edits),
    )  # fmt: skip
