"""Planned against done: traces with a known dose, cover and patrol, and what must not be claimed."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.planning.adherence.made import (
    HERE,
    PLACES,
    SHIFT,
    STREET,
    driven,
    fixes,
    one,
    said,
    want,
)

from anlan.engine.planning.adherence import (
    Duty,
    Kind,
    Matched,
    Places,
    Positions,
    Records,
    Rules,
    Status,
    Why,
    adherence,
)
from anlan.engine.planning.adherence.near import covered, stay, steps
from anlan.engine.planning.adherence.track import tracks

WHOLE = Duty("U1", 1000.0, 2900.0)  # a duty as long as the window of `want` and its late time
PARKED_FAR = driven((0, 3000, 0), (28_800, 3000, 0), 60)


def dose_by_small_steps(rows: list[tuple[float, float, float]], radius: float, gap: float) -> float:
    """Seconds inside the circle about 0, 0, by looking every hundredth of a second."""
    total = 0.0
    for (t0, x0, y0), (t1, x1, y1) in itertools.pairwise(rows):
        if 0 < t1 - t0 <= gap:
            count = int(np.ceil((t1 - t0) * 100))
            for k in range(count):
                share = (k + 0.5) / count
                x, y = x0 + share * (x1 - x0), y0 + share * (y1 - y0)
                total += (t1 - t0) / count if x * x + y * y <= radius * radius else 0.0
    return total


TRACE = st.lists(
    st.tuples(st.integers(1, 300), st.integers(-120, 120), st.integers(-120, 120)), min_size=2, max_size=6
)


def timed(rows: list[tuple[int, int, int]]) -> list[tuple[float, float, float]]:
    """Make steps in time into moments."""
    moments = np.cumsum([row[0] for row in rows])
    return [(float(t), float(x), float(y)) for t, (_, x, y) in zip(moments, rows, strict=True)]


@given(TRACE, st.sampled_from([30.0, 60.0, 200.0]))
@settings(max_examples=30, deadline=None)
def test_the_dose_is_the_time_inside(rows: list[tuple[int, int, int]], gap: float) -> None:
    """The same as looking every hundredth of a second, within a few of them for each way."""
    trace = timed(rows)
    track = tracks(fixes(*trace), [SHIFT], gap)["U1"]
    found = stay(track.pieces, HERE, 50.0).seconds
    assert found == pytest.approx(dose_by_small_steps(trace, 50.0, gap), abs=0.03 * len(trace))
    assert found <= track.known_s() + 1e-9
    assert track.known_s() <= 28_800


def test_a_stop_of_ten_minutes() -> None:
    """Arrive, stand, leave: the dose is the stay and the way through the circle, whatever the fixes' rate."""
    for every in (1, 10, 60):
        trace = driven((1000, -500, 0), (1050, 0, 0), min(every, 50))
        trace += driven((1060, 0, 0), (1650, 0, 0), every) + driven(
            (1660, 0, 0), (1710, 500, 0), min(every, 50)
        )
        found = one(Kind.STOP, Records(fixes(*trace)))
        assert found.dose_s == pytest.approx(5 + 10 + 590 + 10 + 5)
        assert (found.status, found.why, found.planned_s) == (Status.ON_TIME, Why.POSITION, 600)
        assert found.at_s == pytest.approx(1045)
        assert found.nearest_m == 0


@pytest.mark.parametrize(
    ("stood", "status", "why"),
    [
        ((1100, 1800), Status.ON_TIME, Why.POSITION),
        ((1900, 2600), Status.ON_TIME, Why.POSITION),
        ((2100, 2800), Status.LATE, Why.POSITION),
        ((1100, 1400), Status.SHORT, Why.POSITION),
        ((100, 900), Status.MISSED, Why.NOT_SEEN),
        ((3000, 4000), Status.MISSED, Why.NOT_SEEN),
    ],
)
def test_what_becomes_of_a_stop(stood: tuple[int, int], status: Status, why: Why) -> None:
    """By arrival and by minutes; the rest of the shift is spent far away, without a gap."""
    before = driven((0, 3000, 0), (stood[0] - 99, 3000, 0), 60)
    after = driven((stood[1] + 99, 3000, 0), (28_800, 3000, 0), 60)
    trace = [*before, *driven((stood[0], 0, 0), (stood[1], 0, 0), 60), *after]
    found = one(Kind.STOP, Records(fixes(*trace)))
    assert (found.status, found.why) == (status, why)
    assert found.seen == pytest.approx(1, abs=0.01)


def test_no_positions_is_never_missed() -> None:
    """Without any position nothing is missed, and without duty nothing is looked at."""
    for kind in Kind:
        assert (one(kind, Records()).status, one(kind, Records()).why) == (Status.UNKNOWN, Why.NO_POSITIONS)
        off = one(kind, Records(fixes(*PARKED_FAR)), duties=[Duty("U1", 9000, 9999)])
        assert (off.status, off.why) == (Status.UNKNOWN, Why.OFF_DUTY)


def test_a_gap_hides_only_what_it_has_time_for() -> None:
    """Seen 3.5 km away before and after: 250 s are enough to come and go at 35 m/s, 150 s are not."""
    far = [*driven((0, 3550, 0), (1400, 3550, 0), 60)]
    for back, status, most in ((1650, Status.UNKNOWN, 50.0), (1550, Status.MISSED, 0.0)):
        trace = [*far, *driven((back, 3550, 0), (28_800, 3550, 0), 60)]
        found = one(Kind.POINT, Records(fixes(*trace)))
        assert found.status is status
        assert found.dose_most_s == pytest.approx(most)
        assert found.dose_s == 0
    stop = one(Kind.STOP, Records(fixes(*far, *driven((1650, 3550, 0), (28_800, 3550, 0), 60))))
    assert (stop.status, stop.why) == (Status.MISSED, Why.NOT_SEEN)


@pytest.mark.parametrize(
    ("moment", "where", "status", "why", "doubt"),
    [
        (1500, (np.nan, np.nan), Status.ON_TIME, Why.CHECK_IN, True),
        (1500, (30.0, 0.0), Status.ON_TIME, Why.CHECK_IN, True),
        (2500, (30.0, 0.0), Status.LATE, Why.CHECK_IN, True),
        (1500, (3000.0, 0.0), Status.MISSED, Why.NOT_SEEN, True),
        (9000, (30.0, 0.0), Status.MISSED, Why.NOT_SEEN, False),
    ],
)
def test_check_ins_against_positions(
    moment: float, where: tuple[float, float], status: Status, why: Why, doubt: bool
) -> None:
    """A check-in counts though positions were elsewhere, and is doubted; one sent from elsewhere does not."""
    records = Records(fixes(*PARKED_FAR), said(("U1", "P", moment, *where)))
    found = one(Kind.POINT, records)
    assert (found.status, found.why, found.doubt) == (status, why, doubt)


def test_a_check_in_alone_is_a_visit_but_no_dose() -> None:
    """A phone without positions can say that a point or a line was done, not for how long it stayed."""
    records = Records(check_ins=said(("U1", "P", 1500, np.nan, np.nan), ("U1", "L", 1500, np.nan, np.nan)))
    assert (one(Kind.POINT, records).status, one(Kind.POINT, records).doubt) == (Status.ON_TIME, False)
    assert one(Kind.LINE, records).status is Status.ON_TIME
    stop = one(Kind.STOP, records)
    assert (stop.status, stop.at_s, stop.dose_s) == (Status.UNKNOWN, 1500, 0)
    other = Records(check_ins=said(("U2", "P", 1500, np.nan, np.nan)))
    assert one(Kind.POINT, other).status is Status.UNKNOWN


@pytest.mark.parametrize(
    ("ends", "share", "status"),
    [
        ((0, 1000), 1.0, Status.ON_TIME),
        ((1000, 0), 1.0, Status.ON_TIME),
        ((0, 570), 0.6, Status.SHORT),
        ((0, 770), 0.8, Status.ON_TIME),
    ],
)
def test_a_line_is_covered_in_either_direction(
    ends: tuple[float, float], share: float, status: Status
) -> None:
    """Driven 10 m beside the street; 30 m count as near, also ahead of where the car turned back."""
    way = driven((1100, ends[0], 0), (1300, ends[1], 0), 20)
    trace = [*driven((0, 0, 900), (1000, 0, 900), 60), *way, *driven((1400, 0, 900), (28_800, 0, 900), 60)]
    reach = Rules(line_m=30)
    found = one(Kind.LINE, Records(fixes(*trace)), reach)
    assert found.share == pytest.approx(share, abs=0.003)
    assert (found.status, found.length_m) == (status, 1000)


def test_a_line_driven_too_late_or_not_at_all() -> None:
    """In the late time it is late; far away without a gap it is missed; in a long gap unknown."""
    late = [*driven((0, 0, 900), (2100, 0, 900), 60), *driven((2200, 0, 0), (2400, 1000, 0), 20)]
    assert one(Kind.LINE, Records(fixes(*late))).status is Status.LATE
    missed = one(Kind.LINE, Records(fixes(*PARKED_FAR)))
    assert (missed.status, missed.share, missed.share_most) == (Status.MISSED, 0, 0)
    lost = [row for row in PARKED_FAR if not 1200 < row[0] < 1700]
    unknown = one(Kind.LINE, Records(fixes(*lost)))
    assert (unknown.status, unknown.why, unknown.share, unknown.share_most) == (Status.UNKNOWN, Why.GAP, 0, 1)


def test_what_map_matching_found_goes_first() -> None:
    """A unit with matched stretches is judged by them: the parallel street of its fixes does not count."""
    near = Records(fixes(*driven((1100, 0, 20), (1300, 1000, 20), 10)))
    assert one(Kind.LINE, near).share == 1
    unit, line = np.array(["U1", "U1", "U2"]), np.array(["L", "L", "L"])
    moments = np.array([1200.0, 2400.0, 1200.0])
    matched = Matched(unit, line, moments, np.array([0.0, 900, 0]), np.array([500.0, 400, 1000]))
    found = one(Kind.LINE, replace(near, matched=matched))
    assert (found.why, found.status, found.at_s) == (Why.MATCHED, Status.LATE, 1200)
    assert found.share == pytest.approx(0.9, abs=0.005)
    elsewhere = replace(matched, unit=np.array(["U2"] * 3))
    assert one(Kind.LINE, replace(near, matched=elsewhere)).share == 1


FIXES = st.lists(
    st.tuples(st.integers(0, 28_800), st.integers(-100, 1100), st.integers(-60, 60)), min_size=1, max_size=30
)


@given(FIXES, FIXES)
@settings(max_examples=50, deadline=None)
def test_more_fixes_never_lower_the_cover(
    some: list[tuple[int, int, int]], others: list[tuple[int, int, int]]
) -> None:
    """Fixes alone: whatever is added, each step of the line that was covered stays so."""
    street = steps(STREET)
    few, many = (tracks(fixes(*rows), [SHIFT], 0.0)["U1"].pieces for rows in (some, [*some, *others]))
    # Of two fixes at one moment the first is kept, so nothing of the few is replaced.
    assert not (covered(street, few, 30.0) & ~covered(street, many, 30.0)).any()


@given(TRACE, st.lists(st.floats(0, 1), max_size=8), st.sampled_from([60.0, 400.0]))
@settings(max_examples=50, deadline=None)
def test_fixes_on_the_way_change_nothing_that_was_known(
    rows: list[tuple[int, int, int]], shares: list[float], gap: float
) -> None:
    """Bridged: fixes on the straight way lower neither cover nor dose; without gaps they keep the dose."""
    trace = timed(rows)
    between = [
        tuple(a + share * (b - a) for a, b in zip(trace[k], trace[k + 1], strict=True))
        for share in shares
        for k in range(len(trace) - 1)
    ]
    few, many = (tracks(fixes(*every), [SHIFT], gap)["U1"].pieces for every in (trace, [*trace, *between]))
    street = steps(np.array([[-100.0, 0.0], [100.0, 10.0]]))
    assert not (covered(street, few, 29.9) & ~covered(street, many, 30.0)).any()
    before, after = (stay(pieces, HERE, 50.0).seconds for pieces in (few, many))
    assert after >= before - 1e-6
    if max(np.diff([row[0] for row in trace])) <= gap:
        assert after == pytest.approx(before, abs=1e-6)


@given(TRACE, st.integers(-500, 500), st.integers(0, 2**31))
@settings(max_examples=25, deadline=None)
def test_where_when_and_in_what_order_does_not_matter(
    rows: list[tuple[int, int, int]], shift: int, seed: int
) -> None:
    """Everything moved in space and time, fixes shuffled, strangers' records added: the same result."""
    trace = [(t + 900, x, y) for t, x, y in timed(rows)]
    plan = [want(Kind.POINT), replace(want(Kind.STOP), key="2"), replace(want(Kind.LINE), key="3")]
    base = adherence(plan, [SHIFT], PLACES, Records(fixes(*trace)), Rules())
    order = np.random.default_rng(seed).permutation(len(trace))
    moved = [(trace[k][0] + shift, trace[k][1] + shift, trace[k][2]) for k in order]
    alien = [(t, x, y) for t, x, y in moved]
    both = [fixes(*moved), fixes(*alien, unit="U2")]
    mixed = Positions(
        *(np.concatenate([getattr(p, name) for p in both]) for name in ("unit", "time_s", "x", "y"))
    )
    over = np.array([shift, 0.0])
    places = Places({"P": (shift, 0.0)}, {"L": STREET + over}, PLACES.stations + over)
    late = [replace(p, begin_s=p.begin_s + shift, end_s=p.end_s + shift) for p in plan]
    duty = replace(SHIFT, begin_s=SHIFT.begin_s + shift, end_s=SHIFT.end_s + shift)
    again = adherence(late, [duty], places, Records(mixed), Rules())
    for one_of, other in zip(base.done, again.done, strict=True):
        assert (one_of.status, one_of.why, one_of.share) == (other.status, other.why, other.share)
        assert one_of.dose_s == pytest.approx(other.dose_s, abs=1e-6)
    assert base.patrols[0].visible_s == pytest.approx(again.patrols[0].visible_s, abs=5)


def test_off_duty_is_not_looked_at() -> None:
    """Fixes before and after the duty change nothing, also not where duties overlap."""
    inside = driven((1000, 0, 0), (2000, 0, 0), 50)
    outside = [*driven((0, 0, 0), (999, 0, 0), 50), *driven((2901, 0, 0), (5000, 0, 0), 50)]
    quiet, noisy = (
        one(Kind.STOP, Records(fixes(*rows)), duties=[WHOLE]) for rows in (inside, [*inside, *outside])
    )
    assert quiet == noisy
    twice = [WHOLE, replace(WHOLE, begin_s=1500.0)]
    assert one(Kind.STOP, Records(fixes(*inside)), duties=twice).dose_s == quiet.dose_s == 1000
