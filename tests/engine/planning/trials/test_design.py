"""Who may take part, who is paired with whom, and the coins."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.planning.trials.made import FIRST, SECRET, design_of

from anlan.engine.planning.trials import (
    Design,
    Eligibility,
    Hotspots,
    Kind,
    Outcome,
    Pair,
    Protocol,
    Schedule,
    coins,
    commit,
    counted,
    design,
    kept,
    schedule,
)
from anlan.engine.planning.trials.match import distances, matched


def in_a_row(counts: list[float], apart_m: float = 1000.0, periods: int = 40) -> Hotspots:
    """Places on a line with the same count in each period."""
    n = len(counts)
    history = np.repeat(np.array(counts, int)[:, None], periods, axis=1)
    return Hotspots(
        [f"P{k}" for k in range(n)], apart_m * np.arange(n), np.zeros(n), np.full(n, 50.0), history
    )


def closest_by_trying_all(distance: np.ndarray, free: tuple[int, ...]) -> float:
    """Length of the closest perfect pairing, by trying every partner of the first place that is free."""
    if not free:
        return 0.0
    first, rest = free[0], free[1:]
    return min(
        distance[first, other] + closest_by_trying_all(distance, tuple(k for k in rest if k != other))
        for other in rest
    )


@given(st.integers(1, 4), st.integers(0, 2**31))
@settings(max_examples=40, deadline=None)
def test_no_pairing_is_closer(pairs: int, seed: int) -> None:
    """The pairs are as close as the best of all pairings, each place once."""
    at = np.random.default_rng(seed).normal(size=(2 * pairs, 2))
    distance = np.hypot(*(at[:, None] - at).transpose(2, 0, 1))
    found, proven = matched(distance)
    assert proven
    assert sorted(place for pair in found for place in pair) == list(range(2 * pairs))
    best = closest_by_trying_all(distance, tuple(range(2 * pairs)))
    assert sum(distance[pair] for pair in found) == pytest.approx(best)


def test_places_are_alike_in_level_and_trend() -> None:
    """A place that rose is far from one that fell, though both had as many."""
    rose, fell = np.repeat([2, 6], 20), np.repeat([6, 2], 20)
    history = np.stack([rose, rose, fell, fell])
    gap = distances(history)
    assert gap[0, 1] == gap[2, 3] == 0
    assert gap[0, 2] > 0.5


def test_each_exclusion_has_its_reason_and_figures() -> None:
    """Left out by name, short of past, quiet, too near, beyond the number, left over, unlike."""
    spots = in_a_row([9, 9, 8, 8, 7, 1, 1, 40])
    history = spots.history.copy()
    history[2, 5:] = -1
    x = spots.x.copy()
    x[3] = x[1] + 200.0
    spots = replace(spots, history=history, x=x)
    rules = Eligibility(rings=1, ring_m=150, least=1.5, least_periods=20, left_out={"P0": "building_site"})
    made = design(spots, rules, Protocol(periods=8))
    assert [(pair.first, pair.second) for pair in made.pairs] == [("P1", "P4")]
    reasons = {one.code: (one.reason, one.value, one.limit, one.other) for one in made.excluded}
    assert reasons == {
        "P0": ("named", 0.0, 0.0, "building_site"),
        "P2": ("short", 5, 20, ""),
        "P3": ("near", 200.0, 400.0, "P1"),
        "P5": ("quiet", 1.0, 1.5, ""),
        "P6": ("quiet", 1.0, 1.5, ""),
        "P7": ("odd", 0.0, 0.0, ""),
    }
    some = design(in_a_row([9, 8, 7, 6]), Eligibility(most=2), Protocol(periods=8))
    assert [(one.code, one.reason, one.limit) for one in some.excluded] == [
        ("P2", "full", 2),
        ("P3", "full", 2),
    ]
    with pytest.raises(ValueError, match="caliper"):
        design(in_a_row([90, 2]), Eligibility(), Protocol(periods=8))
    alike = design(in_a_row([90, 2, 3, 3]), Eligibility(), Protocol(periods=8))
    assert {one.code: (one.reason, one.other) for one in alike.excluded} == {
        "P0": ("unlike", "P1"),
        "P1": ("unlike", "P0"),
    }


def test_two_places_are_needed() -> None:
    """A trial of one place is refused."""
    with pytest.raises(ValueError, match="1 may take part"):
        design(in_a_row([5]), Eligibility(), Protocol(periods=8))


@given(st.integers(2, 12), st.integers(0, 2**31))
@settings(max_examples=25, deadline=None)
def test_the_order_of_the_candidates_does_not_matter(n: int, seed: int) -> None:
    """The same places in another order give the same design, and rings never touch."""
    random = np.random.default_rng(seed)
    history = random.poisson(random.gamma(4, 2, n)[:, None], (n, 40))
    spots = Hotspots([f"P{k}" for k in range(n)], *random.uniform(0, 4000, (2, n)), np.full(n, 80.0), history)
    order, rules = random.permutation(n), Eligibility(rings=2, ring_m=100)
    try:
        made = design(spots, rules, Protocol(periods=8))
    except ValueError:
        with pytest.raises(ValueError, match=r"spots|caliper"):
            design(spots.taken(order), rules, Protocol(periods=8))
        return
    again = design(spots.taken(order), rules, Protocol(periods=8))
    assert made.digest() == again.digest()
    rows = [spots.codes.index(code) for code in made.places]
    far = np.hypot(*(np.subtract.outer(one[rows], one[rows]) for one in (spots.x, spots.y)))
    assert (far[~np.eye(len(rows), dtype=bool)] >= 2 * (80 + 200) - 1e-6).all()
    names = [*made.places, *(one.code for one in made.excluded)]
    assert sorted(names) == sorted(spots.codes)


def test_points_become_counts_of_places_and_rings() -> None:
    """Inside the radius, in the first and the second ring, beyond, and outside the periods."""
    spots, rules = in_a_row([5, 5]), Eligibility(rings=2, ring_m=100)
    x, y = np.array([0, 50, 50.1, 150, 250, 251, 1000, 1000]), np.array([10, 0, 0, 0, 0, 0, 0, 0])
    table = counted(x, y, [0, 1, 0, 0, 1, 1, 1, 7], 2, spots, rules)
    assert table[0].tolist() == [[1, 1], [0, 1]]
    assert table[1].tolist() == [[2, 0], [0, 0]]
    assert table[2].tolist() == [[0, 1], [0, 0]]
    assert counted([], [], [], 2, spots, rules).sum() == 0


def test_a_commitment_binds_design_and_secret() -> None:
    """Another secret, another pair or another level is not what was committed to."""
    made = design_of(3, Protocol(periods=8))
    published = commit(made, SECRET)
    assert published.secret == hashlib.sha256(bytes.fromhex(SECRET)).hexdigest()
    assert kept(published, made, SECRET)
    assert not kept(published, made, SECRET[::-1])
    assert not kept(published, design_of(2, Protocol(periods=8)), SECRET)
    assert not kept(published, replace(made, protocol=Protocol(periods=8, alpha=0.1)), SECRET)
    turned = replace(made, pairs=made.pairs[::-1])
    assert kept(published, turned, SECRET)


def test_coins_can_be_tossed_again_by_anybody() -> None:
    """The coins as a verifier would compute them from the description alone; pairs in any order."""
    made = design_of(4, Protocol(periods=6))
    found = coins(made, SECRET, "7 11 23")
    for row, pair in enumerate(made.pairs):
        for k in range(6):
            text = f"7 11 23|{pair.first}+{pair.second}|{k}".encode()
            bit = hmac.new(bytes.fromhex(SECRET), text, hashlib.sha256).digest()[-1] % 2
            assert found[row, k] == bit
    turned = replace(made, pairs=made.pairs[::-1])
    assert (coins(turned, SECRET, "7 11 23") == found[::-1]).all()
    swapped = replace(made, pairs=tuple(replace(p, first=p.second, second=p.first) for p in made.pairs))
    assert (coins(swapped, SECRET, "7 11 23") == ~found).all()
    assert (coins(made, SECRET) != found).any()


def test_coins_are_fair() -> None:
    """Of 20,000 coins half fall each way, within four standard errors, and neighbours are unrelated."""
    tossed = coins(design_of(100, Protocol(periods=200)), SECRET)
    assert abs(tossed.mean() - 0.5) < 4 * 0.5 / np.sqrt(20_000)
    same = (tossed[:, 1:] == tossed[:, :-1]).mean()
    assert abs(same - 0.5) < 4 * 0.5 / np.sqrt(19_900)


@pytest.mark.parametrize(("secret", "message"), [("zz" * 16, "hexadecimal"), ("00ff", "at least 32")])
def test_a_weak_secret_is_refused(secret: str, message: str) -> None:
    """What could be found by trying would be no secret."""
    with pytest.raises(ValueError, match=message):
        commit(design_of(1, Protocol(periods=2)), secret)


@pytest.mark.parametrize("kind", list(Kind))
def test_a_schedule_treats_one_of_each_pair(kind: Kind) -> None:
    """In every period one place of each pair; a parallel coin never turns, a mirrored one does once."""
    made = design_of(5, Protocol(periods=8, kind=kind, hold=2))
    table = schedule(made, FIRST, SECRET).table()
    assert (table[:5] ^ table[5:]).all()
    holds = table[:5].reshape(5, 4, 2)
    assert (holds[..., 0] == holds[..., 1]).all()
    if kind is Kind.PARALLEL:
        assert (table == table[:, :1]).all()
    if kind is Kind.MIRRORED:
        assert (holds[:, 0::2] ^ holds[:, 1::2]).all()
    if kind is Kind.CROSSOVER:
        assert (table != table[:, :1]).any()


def test_what_the_route_planner_asks() -> None:
    """By place and day; None outside the trial and for strangers."""
    made = design_of(2, Protocol(periods=3, period_days=7, hold=3, washout=1))
    plan = schedule(made, FIRST, SECRET)
    table = plan.table()
    assert plan.is_treated("A0", FIRST) is bool(table[0, 0])
    assert plan.is_treated("B1", FIRST + dt.timedelta(days=20)) is bool(table[3, 2])
    assert plan.is_treated("A0", FIRST + dt.timedelta(days=21)) is None
    assert plan.is_treated("A0", FIRST - dt.timedelta(days=1)) is None
    assert plan.is_treated("Z", FIRST) is None
    assert plan.flags(FIRST) == dict(zip(made.places, table[:, 0].tolist(), strict=True))
    assert plan.flags(plan.end) == {}
    assert plan.counted == (False, True, True)
    rows = list(plan.rows())
    assert len(rows) == 12
    assert rows[4] == ("2026-03-09", "A0", bool(table[0, 1]))


def test_design_and_schedule_are_plain_data() -> None:
    """They survive JSON."""
    made = design_of(2, Protocol(periods=3, looks=(1,)))
    plan = schedule(made, FIRST, SECRET)
    body = json.loads(json.dumps(asdict(plan)))
    again = Schedule(
        body["first"], body["period_days"], tuple(body["places"]),
        tuple(tuple(row) for row in body["treated"]), tuple(body["counted"]),
    )  # fmt: skip
    assert again == plan
    assert json.loads(json.dumps(asdict(made)))["protocol"]["kind"] == "crossover"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("periods", 0, "periods"),
        ("period_days", 0, "period_days"),
        ("hold", 9, "hold"),
        ("washout", 1, "washout"),
        ("looks", (4, 2), "looks"),
        ("looks", (8,), "looks"),
        ("alpha", 1.0, "alpha"),
        ("power", 0.0, "power"),
        ("effect", 0.1, "effect"),
        ("prior", -1, "prior"),
        ("draws", 10, "draws"),
    ],
)
def test_a_protocol_names_what_is_wrong(field: str, value: object, message: str) -> None:
    """Each refusal names its field."""
    with pytest.raises(ValueError, match=message):
        Protocol(**{"periods": 8, field: value})


def test_wrong_tables_are_refused() -> None:
    """Shapes, negative counts, a place twice or without counts."""
    with pytest.raises(ValueError, match="during"):
        Outcome.of(["A"], [[1], [2]], [[1]])
    with pytest.raises(ValueError, match="negative"):
        Outcome.of(["A"], [[-1]], [[1]])
    with pytest.raises(ValueError, match="twice"):
        Outcome.of(["A", "A"], [[1], [1]], [[1], [1]])
    with pytest.raises(ValueError, match="no counts of B"):
        Outcome.of(["A"], [[1]], [[1]]).rows(["A", "B"])
    with pytest.raises(ValueError, match="twice"):
        Design((Pair("A", "A", 1, 1, 0),), Protocol(periods=2))
    with pytest.raises(ValueError, match="rings"):
        Eligibility(rings=3)
    with pytest.raises(ValueError, match="radius_m"):
        replace(in_a_row([5, 5]), radius_m=np.zeros(3))
