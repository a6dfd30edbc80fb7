"""The effect: against every assignment tried in plain Python, textbook tests, and published examples."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from tests.engine.planning.trials.made import (
    design_of,
    outcome_of,
    scheduled,
    shuffled,
    tossed,
    uneven,
)

from anlan.engine.planning.trials import (
    Design,
    Doses,
    Kind,
    Outcome,
    Protocol,
    Schedule,
    Statistic,
    contamination,
    default,
    effect,
    per_dose,
    per_protocol,
    wdd,
    wdq,
)
from anlan.engine.planning.trials.effect import ratio
from anlan.engine.planning.trials.randomisation import assignments, interval, p_value
from anlan.engine.planning.trials.schedule import first_treated
from anlan.engine.planning.trials.units import units

SMALL = [
    Protocol(periods=3, statistic=Statistic.RAW),
    Protocol(periods=4, kind=Kind.MIRRORED, statistic=Statistic.RAW),
    Protocol(periods=5, kind=Kind.MIRRORED, hold=2, washout=1, statistic=Statistic.RAW),
    Protocol(periods=3, kind=Kind.PARALLEL, washout=1, statistic=Statistic.RAW),
    Protocol(periods=5, hold=2, statistic=Statistic.RAW),
]


def every_schedule(design: Design) -> Iterator[Schedule]:
    """All schedules that the coins of a small design may give."""
    pairs, coins = len(design.pairs), design.protocol.coins
    for faces in itertools.product((False, True), repeat=pairs * coins):
        face = np.array(faces).reshape(pairs, coins)
        yield scheduled(design, first_treated(design.protocol, face))


def treated_minus_control(untreated: list[list[float]], plan: Schedule) -> float:
    """Sum of what the places would have had untreated, by who is treated; counted periods only."""
    total = 0.0
    for place, row in enumerate(untreated):
        for period, count in enumerate(row):
            if plan.counted[period]:
                total += count if plan.treated[place][period] else -count
    return total


def p_by_trying_all(design: Design, plan: Schedule, counts: np.ndarray, theta: float) -> float:
    """Share of assignments with a sum at least as far from 0, the counts made untreated by the ratio."""
    untreated = [
        [count / theta if plan.treated[place][period] else float(count) for period, count in enumerate(row)]
        for place, row in enumerate(counts.tolist())
    ]
    observed = abs(treated_minus_control(untreated, plan))
    sums = [abs(treated_minus_control(untreated, other)) for other in every_schedule(design)]
    return sum(one >= observed - 1e-9 for one in sums) / len(sums)


@given(st.sampled_from(SMALL), st.integers(1, 3), st.sampled_from([0.5, 1.0, 1.7]), st.integers(0, 2**31))
@settings(max_examples=40, deadline=None)
def test_p_is_the_share_of_all_assignments(protocol: Protocol, pairs: int, theta: float, seed: int) -> None:
    """The same as building every schedule and adding up place by place, at ratio 1 and at others."""
    assume(pairs * protocol.coins <= 8)
    design = design_of(pairs, protocol)
    counts = np.random.default_rng(seed).poisson(4, (2 * pairs, protocol.periods))
    plan = tossed(design, seed)
    of = units(design, plan, outcome_of(design, counts))
    drawn = assignments(len(of.periods), 99, 1)
    x, z = of.scores(protocol)
    assert drawn.exact
    assert p_value(x, z, drawn, theta) == pytest.approx(p_by_trying_all(design, plan, counts, theta))


@given(
    st.integers(1, 8), st.sampled_from([0.05, 0.1, 0.3]), st.integers(0, 2**31), st.sampled_from([0.3, 3.0])
)
@settings(max_examples=60, deadline=None)
def test_the_interval_holds_what_is_not_rejected(coins: int, alpha: float, seed: int, mean: float) -> None:
    """Every ratio inside has a p-value above alpha, every one outside at most alpha; also with many zeros."""
    random = np.random.default_rng(seed)
    x, z = random.poisson(mean, (2, coins)).astype(float)
    drawn = assignments(coins, 99, 1)
    low, high = interval(x, z, drawn, alpha)
    assert low <= high
    for theta in [*np.geomspace(0.02, 50, 60), *(low * (1 + np.array([-1e-6, 1e-6])))]:
        if theta <= 0 or min(abs(theta / max(low, 1e-9) - 1), abs(theta / high - 1)) < 1e-7:
            continue
        assert (p_value(x, z, drawn, float(theta)) > alpha) == (low <= theta <= high)


def test_drawn_assignments_agree_with_all() -> None:
    """With too many to list, p and limits lie within what drawing explains: four standard errors, 3 %."""
    random = np.random.default_rng(8)
    x, z = random.poisson(20, 14) * 0.8, random.poisson(20, 14).astype(float)
    whole, drawn = assignments(14, 99, 1), replace(assignments(15, 19_999, 3), exact=False)
    part = replace(drawn, signs=drawn.signs[:, :14])
    p, q = p_value(x, z, whole), p_value(x, z, part)
    assert abs(p - q) < 4 * np.sqrt(p * (1 - p) / 19_999) + 1e-4
    assert interval(x, z, part, 0.05) == pytest.approx(interval(x, z, whole, 0.05), rel=0.03)


@given(st.integers(1, 13), st.data())
@settings(max_examples=30, deadline=None)
def test_one_incident_a_coin_is_the_sign_test(coins: int, data: st.DataObject) -> None:
    """Where each coin has a single incident the p-value is the exact binomial (McNemar) test's."""
    hits = data.draw(st.integers(0, coins))
    x = np.array([1.0] * hits + [0.0] * (coins - hits))
    found = p_value(x, 1 - x, assignments(coins, 99, 1))
    assert found == pytest.approx(stats.binomtest(hits, coins).pvalue)


@given(st.integers(2, 7), st.integers(0, 2**31))
@settings(max_examples=15, deadline=None)
def test_p_is_uniform_when_nothing_happens(pairs: int, seed: int) -> None:
    """Over all coins that might have fallen, p <= alpha for at most a share alpha, whatever the counts."""
    design = design_of(pairs, Protocol(periods=1, kind=Kind.PARALLEL))
    random = np.random.default_rng(seed)
    counts = uneven(random.gamma(1, 5, 2 * pairs), 1, 0.5, random)
    outcome = outcome_of(design, counts, random.poisson(5, (2 * pairs, 10)))
    p = np.array([effect(design, plan, outcome).primary.p for plan in every_schedule(design)])
    for alpha in np.unique(p):
        assert (p <= alpha + 1e-12).mean() <= alpha + 1e-9


def test_the_ratio_is_mantel_haenszels() -> None:
    """Rates by what the past lets expect, summed over pairs as in the textbook: Σ a e0/e over Σ b e1/e."""
    protocol = Protocol(periods=2, kind=Kind.PARALLEL, prior=0.0)
    design = design_of(2, protocol)
    before = np.array([[6, 2], [3, 3], [2, 2], [9, 3]])
    during = np.array([[3, 4], [5, 1], [2, 3], [4, 8]])
    plan = scheduled(design, np.array([[True, True], [False, False]]))
    found = effect(design, plan, outcome_of(design, during, before)).primary
    above = 7 * (4 / 12) + 12 * (6 / 18)
    below = 5 * (8 / 12) + 6 * (12 / 18)
    assert found.ratio == pytest.approx(above / below)
    assert (found.treated, found.control, found.place_periods, found.coins) == (19, 11, 4, 2)


def test_places_in_any_order_and_pairs_turned_around() -> None:
    """Neither the order of the counts nor which of two places is called the first matters."""
    design = design_of(4, Protocol(periods=8, draws=499))
    random = np.random.default_rng(2)
    outcome = outcome_of(design, random.poisson(4, (8, 8)), random.poisson(5, (8, 20)))
    plan = tossed(design, 3)
    found = effect(design, plan, outcome, [shuffled(outcome, 4)])
    assert found == effect(design, plan, shuffled(outcome, 1), [outcome])
    turned = replace(
        design,
        pairs=tuple(
            replace(p, first=p.second, second=p.first, base_first=p.base_second, base_second=p.base_first)
            for p in design.pairs
        ),
    )
    again = replace(plan, places=turned.places, treated=plan.treated[4:] + plan.treated[:4])
    assert effect(turned, again, outcome, [outcome]) == found


def test_wash_out_and_unrecorded_periods_count_for_nothing() -> None:
    """Any count there gives the same result, and they are not in the place-periods."""
    design = design_of(3, Protocol(periods=8, hold=2, washout=1, draws=199))
    random = np.random.default_rng(5)
    during = random.poisson(5, (6, 8))
    known = np.array([True] * 5 + [False] + [True] * 2)
    spoilt = during.copy()
    spoilt[:, [0, 2, 4, 6, 5]] += random.poisson(50, (6, 5))
    one, two = (
        effect(design, tossed(design, 1), Outcome.of(design.places, table, during, known))
        for table in (during, spoilt)
    )
    assert one == two
    assert one.primary.place_periods == 3 * 3
    assert one.primary.coins == 3 * 3


def test_nothing_happened_anywhere() -> None:
    """No incident at all: no ratio, p of 1, nothing excluded, no crash."""
    design = design_of(2, Protocol(periods=2))
    found = effect(design, tossed(design, 1), outcome_of(design, np.zeros((4, 2), int)))
    one = found.primary
    assert (one.ratio, one.change, one.p, one.low, one.high) == (None, None, 1.0, 0.0, None)
    assert found.difference.value == 0


def test_neymans_interval_for_pairs() -> None:
    """Equal coins: the mean difference and the t interval of a paired sample (SciPy)."""
    design = design_of(6, Protocol(periods=1, kind=Kind.PARALLEL))
    counts = np.random.default_rng(1).poisson(9, (12, 1))
    plan = scheduled(design, np.ones((6, 1), bool))
    found = effect(design, plan, outcome_of(design, counts)).difference
    gaps = (counts[:6] - counts[6:]).ravel()
    peer = stats.ttest_1samp(gaps, 0).confidence_interval()
    assert found.value == pytest.approx(gaps.mean())
    assert (found.low, found.high) == pytest.approx((peer.low, peer.high))


def test_prevented_incidents_follow_from_the_ratio() -> None:
    """80 incidents at a ratio of 0.8 mean 20 prevented; the limits turn around."""
    design = design_of(10, Protocol(periods=1, kind=Kind.PARALLEL))
    counts = np.array([[8]] * 10 + [[10]] * 10)
    found = effect(design, scheduled(design, np.ones((10, 1), bool)), outcome_of(design, counts))
    assert found.primary.ratio == pytest.approx(0.8)
    assert found.difference.prevented == pytest.approx(20)
    assert found.difference.prevented_low == pytest.approx(80 * (1 / found.primary.high - 1))
    assert found.difference.prevented_high == pytest.approx(80 * (1 / found.primary.low - 1))


def test_displacement_quotient_by_hand() -> None:
    """Bowers & Johnson's formula as Guerette (2009, appendix B) prints it, and what its signs mean."""
    assert wdq((100, 50), (100, 150), (100, 100)) == pytest.approx((-1.0, -0.5, 0.5))
    assert wdq((100, 50), (100, 75), (100, 100))[0] == pytest.approx(0.5)
    assert wdq((207, 110), (178, 157), (308, 318))[0] == pytest.approx(
        (157 / 318 - 178 / 308) / (110 / 318 - 207 / 308)
    )
    assert wdq((10, 10), (5, 9), (10, 10)) == (None, 0.0, pytest.approx(0.4))
    assert wdq((10, 5), (5, 9), (10, 0)) == (None, None, None)


def test_displacement_difference_as_published() -> None:
    """Wheeler & Ratcliffe (2018), their example: -118, variance 1568, z -2.98, 95 % from -196 to -40."""
    found = wdd((207, 110), (308, 318), (178, 157), (150, 140))
    assert (found.total, found.error**2) == pytest.approx((-118, 1568))
    assert round(found.z, 2) == -2.98
    assert (round(found.low), round(found.high)) == (-196, -40)


def test_displacement_difference_of_unequal_lengths() -> None:
    """Wheeler's example with twice the time before (his test of `ptools::wdd`): -20, variance 115."""
    found = wdd((80, 20), (100, 50), scale=0.5)
    assert (found.total, found.error**2) == pytest.approx((-20, 115))


def test_rings_show_what_moved() -> None:
    """Half of what the places lose appears around them: the quotient's interval holds -0.5, not 0."""
    design = design_of(12, Protocol(periods=40))
    plan, random = tossed(design, 6), np.random.default_rng(6)
    table = plan.table()
    before = random.poisson(20, (24, 60))
    places, ring = random.poisson(20, (24, 40)), random.poisson(20, (24, 40))
    moved = np.where(table, random.binomial(places, 0.4), 0)
    landed = random.binomial(moved, 0.5)
    found = effect(
        design, plan, outcome_of(design, places - moved, before), [outcome_of(design, ring + landed, before)]
    )
    assert found.primary.low < 0.6 < found.primary.high
    assert found.rings[0].low < 1.2 < found.rings[0].high
    assert found.net.low < 0.9 < found.net.high
    spill = found.spill[0]
    assert spill.low < -0.5 < spill.high < 0
    assert spill.wdq == pytest.approx(spill.buffer / spill.success)
    assert spill.wdd.places < 0 < spill.wdd.rings


def test_a_quotient_without_a_gain_is_unbounded() -> None:
    """Where the places gained nothing that is clear of chance, displacement cannot be told."""
    design = design_of(6, Protocol(periods=6))
    random = np.random.default_rng(1)
    counts, before = random.poisson(3, (2, 12, 6)), random.poisson(3, (12, 20))
    places, ring = (outcome_of(design, one, before) for one in counts)
    found = effect(design, tossed(design, 1), places, [ring])
    assert (found.spill[0].low, found.spill[0].high) == (None, None)


def test_the_result_is_plain_data() -> None:
    """`asdict` of an effect survives JSON unchanged."""
    design = design_of(4, Protocol(periods=4))
    random = np.random.default_rng(1)
    outcome = outcome_of(design, random.poisson(3, (8, 4)), random.poisson(3, (8, 9)))
    body = asdict(effect(design, tossed(design, 1), outcome, [outcome]))
    assert json.loads(json.dumps(body)) == json.loads(json.dumps(body, default=str))
    assert "np." not in repr(body)


def test_an_outcome_that_does_not_fit_is_refused() -> None:
    """Longer than the trial, another design's schedule."""
    design = design_of(2, Protocol(periods=3))
    with pytest.raises(ValueError, match="periods"):
        effect(design, tossed(design, 1), outcome_of(design, np.ones((4, 4), int)))
    with pytest.raises(ValueError, match="plan"):
        effect(design, tossed(design_of(1, Protocol(periods=3)), 1), outcome_of(design, np.ones((4, 3), int)))


def doses_of(design: Design, plan: Schedule, treated: float, control: float) -> Doses:
    """The same dose in all treated place-periods, and in all others."""
    return Doses(design.places, np.where(plan.table(), treated, control))


def test_by_minutes_is_the_effect_where_all_got_the_same() -> None:
    """30 minutes everywhere: the ratio for 15 minutes is the square root, and so are its limits."""
    design = design_of(5, Protocol(periods=10, statistic=Statistic.RAW))
    plan, random = tossed(design, 4), np.random.default_rng(4)
    counts = np.where(plan.table(), random.poisson(4, (10, 10)), random.poisson(7, (10, 10)))
    outcome = outcome_of(design, counts, random.poisson(6, (10, 0)))
    whole = effect(design, plan, outcome).primary
    found = per_dose(design, plan, outcome, doses_of(design, plan, 30, 0), minutes=15)
    assert found.ratio == pytest.approx(np.sqrt(whole.ratio))
    assert (found.low, found.high) == pytest.approx((np.sqrt(whole.low), np.sqrt(whole.high)), rel=1e-4)
    same = per_protocol(design, plan, outcome, doses_of(design, plan, 30, 0))
    assert same.ratio == pytest.approx(whole.ratio)
    assert (same.kept, same.broken, same.unknown) == (50, 0, 0)


def test_minutes_spent_where_it_is_quiet_prove_nothing() -> None:
    """Patrol without effect that goes only where it is quiet: the minutes take in, the coin does not."""
    design = design_of(10, Protocol(periods=20, draws=1_999))
    plan, random = tossed(design, 3), np.random.default_rng(3)
    counts = random.poisson(6, (20, 20))
    minutes = np.where(plan.table() & (counts <= 6), 30.0, 0.0)
    outcome, doses = outcome_of(design, counts), Doses(design.places, minutes)
    assert per_protocol(design, plan, outcome, doses).ratio < 0.85
    found = per_dose(design, plan, outcome, doses)
    assert found.low < 1 < found.high
    assert (found.cells, found.unknown) == (200, 0)


def test_no_difference_in_dose_tells_nothing() -> None:
    """Where controls got as much as the treated the effect by minutes is unbounded."""
    design = design_of(4, Protocol(periods=6))
    plan = tossed(design, 4)
    outcome = outcome_of(design, np.random.default_rng(1).poisson(5, (8, 6)))
    found = per_dose(design, plan, outcome, doses_of(design, plan, 30, 30))
    assert (found.low, found.high) == (None, None)


def test_contamination_is_counted_and_the_unknown_kept_apart() -> None:
    """Treated without, controls with, and not checked, each in its own count."""
    design = design_of(2, Protocol(periods=3, hold=3, washout=1))
    plan = scheduled(design, np.array([[True] * 3, [False] * 3]))
    minutes = np.array([[99, 0, 20], [0, 0, 12], [0, 9, np.nan], [0, 15, np.nan]], float)
    found = contamination(design, plan, Doses(design.places, minutes), least=10)
    assert (found.treated, found.treated_without, found.treated_unknown) == (4, 1, 1)
    assert (found.control, found.control_with, found.control_unknown) == (4, 1, 1)
    assert found.treated_minutes == pytest.approx((0 + 20 + 15) / 3)
    assert found.control_minutes == pytest.approx((0 + 12 + 9) / 3)
    outcome = outcome_of(design, np.arange(12).reshape(4, 3))
    kept = per_protocol(design, plan, outcome, Doses(design.places, minutes))
    assert (kept.kept, kept.broken, kept.unknown) == (1, 1, 2)
    with pytest.raises(ValueError, match="none of B1"):
        contamination(design, plan, Doses(design.places[:3], minutes[:3]))


def test_defaults_are_those_with_a_source() -> None:
    """What the functions take by default is what the table of sources says."""
    assert Protocol(periods=1).effect == default("planned_effect").value
    assert Protocol(periods=1).period_days == default("days_between_coins").value
    assert contamination.__defaults__ == per_protocol.__defaults__ == (default("stop_minutes_least").value,)
    assert per_dose.__defaults__ == (default("stop_minutes").value,)
    assert all(one.source and one.limits for one in map(default, ["planned_effect", "review_after_weeks"]))
    with pytest.raises(ValueError, match="no default"):
        default("luck")


def test_a_level_can_be_asked_for() -> None:
    """The interval at 80 % lies within that at 95 %."""
    design = design_of(5, Protocol(periods=5))
    of = units(design, tossed(design, 1), outcome_of(design, np.random.default_rng(1).poisson(6, (10, 5))))
    drawn = assignments(len(of.periods), 999, 1)
    wide, narrow = (ratio(of, design.protocol, drawn, alpha) for alpha in (0.05, 0.2))
    assert wide.low <= narrow.low <= narrow.high <= wide.high
    assert narrow.confidence == 0.8
