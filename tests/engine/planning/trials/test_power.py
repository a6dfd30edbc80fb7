"""Power stated before, and that trials have it: the level holds and a planted effect is found.

Seeds are fixed; shares of N simulated trials are allowed 3.9 standard errors (1 in 10,000 by chance).
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from scipy import stats
from tests.engine.planning.trials.made import Impatient, design_of, outcome_of, tossed, uneven

from anlan.engine.planning.trials import (
    Eligibility,
    Hotspots,
    Kind,
    Outcome,
    Plays,
    Protocol,
    design,
    effect,
    look,
    plant,
    power,
    rehearse,
)
from anlan.engine.planning.trials.play import found, stretches
from anlan.engine.planning.trials.units import inflation

FAR = 3.9


def near(share: float, of: float, trials: int) -> bool:
    """Whether a share of simulated trials is what it should be, within chance."""
    return abs(share - of) <= FAR * np.sqrt(max(of * (1 - of), 0.01) / trials)


def hotspots(n: int, periods: int, seed: int, spread: float = 0.3) -> Hotspots:
    """Places of uneven level and uneven weeks, far apart."""
    random = np.random.default_rng(seed)
    history = uneven(random.gamma(4, 1.0, n) + 1, periods, spread, random)
    codes = [f"P{k:03}" for k in range(n)]
    return Hotspots(codes, 1000.0 * np.arange(n), np.zeros(n), np.full(n, 50.0), history)


def test_a_planted_effect_is_found_as_often_as_stated() -> None:
    """The whole way: power stated from the past, then 250 trials of the real thing at 0 and at -15 %."""
    protocol = Protocol(periods=16, draws=499)
    spots = hotspots(44, 160, 1)
    past = replace(spots, history=spots.history[:, :104])
    stated = rehearse(past, Eligibility(), protocol, Plays(number=400, draws=499), watch=Impatient()).stated
    assert 0.6 < stated.power < 0.95
    made = design(past, Eligibility(), protocol)
    rows = [spots.codes.index(code) for code in made.places]
    before, after = past.history[rows], spots.history[rows, 104:]
    random, hits, misses = np.random.default_rng(2), 0, 0
    covered, ratios = 0, []
    for trial in range(250):
        plan, counts = tossed(made, trial), stretches(after, 16, 4, random)
        misses += effect(made, plan, outcome_of(made, counts, before)).primary.p <= 0.05
        planted = plant(counts, plan.table(), -0.15, random)
        one = effect(made, plan, outcome_of(made, planted, before)).primary
        hits += one.p <= 0.05
        covered += one.low <= 0.85 <= one.high
        ratios.append(np.log(one.ratio))
    assert near(misses / 250, 0.05, 250)
    assert abs(hits / 250 - stated.power) <= FAR * np.sqrt(0.25 / 250 + 0.25 / 400)
    assert near(covered / 250, 0.95, 250)
    assert abs(np.mean(ratios) - np.log(0.85)) <= FAR * np.std(ratios) / np.sqrt(250)


def test_power_of_poisson_counts_is_the_textbooks() -> None:
    """Many incidents, no unevenness: Φ(|log ratio| / error - 1.96) of two Poisson sums."""
    made = design_of(8, Protocol(periods=20, draws=999))
    random = np.random.default_rng(4)
    past = outcome_of(made, random.poisson(5, (16, 400)), random.poisson(5, (16, 400)))
    stated = power(made, past, Plays(number=500, stretch=1), watch=Impatient()).stated
    error = np.sqrt(1 / (8 * 20 * 5) + 1 / (8 * 20 * 5 * 0.85))
    expected = float(stats.norm.cdf(-np.log(0.85) / error - 1.96))
    assert abs(stated.power - expected) < FAR * np.sqrt(0.25 / 500)
    assert stated.low <= stated.power <= stated.high
    assert inflation(made, past) == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("kind", list(Kind))
def test_the_level_holds_in_every_kind(kind: Kind) -> None:
    """400 plays with very uneven counts and no effect; with looks no more than without."""
    made = design_of(12, Protocol(periods=12, kind=kind, hold=1))
    random = np.random.default_rng(5)
    counts = uneven(random.gamma(2, 2, 24), 120, 1.0, random)
    past = outcome_of(made, counts[:, :60], counts[:, 60:])
    plays = Plays(number=400, draws=499)
    assert near(found(made, past, plays, 0.0).mean(), 0.05, 400)
    looked = replace(made, protocol=replace(made.protocol, looks=(4, 8)))
    assert found(looked, past, plays, 0.0).mean() <= 0.05 + FAR * np.sqrt(0.05 * 0.95 / 400)


def test_more_effect_and_more_weeks_mean_more_power() -> None:
    """The curves rise; what is detectable and how long it takes lie on them."""
    protocol = Protocol(periods=16)
    stated = rehearse(hotspots(36, 104, 3), Eligibility(), protocol, Plays(number=200))
    falls = [one.power for one in stated.by_effect]
    lengths = [one.power for one in stated.by_length]
    assert [one.effect for one in stated.by_effect] == [-0.05, -0.1, -0.15, -0.2, -0.25, -0.3, -0.4]
    assert min(np.diff(falls)) >= -0.05
    assert min(np.diff(lengths)) >= -0.05
    below = [one.effect for one in stated.by_effect if one.power < 0.8]
    above = [one.effect for one in stated.by_effect if one.power >= 0.8]
    assert max(above) <= stated.detectable <= min(below)
    assert stated.periods in range(4, 33)
    assert stated.inflation > 1.3
    assert json.loads(json.dumps(asdict(stated)))["stated"]["periods"] == 16


def test_the_same_seed_states_the_same_power() -> None:
    """And another one nearly the same."""
    spots = hotspots(20, 60, 3)
    one, two, other = (
        rehearse(spots, Eligibility(), Protocol(periods=8), Plays(number=50, seed=seed), watch=Impatient())
        for seed in (1, 1, 2)
    )
    assert one == two
    assert abs(one.stated.power - other.stated.power) <= FAR * np.sqrt(0.5 / 50)


def test_a_watcher_stops_it_with_what_is_known() -> None:
    """The planned effect and length come first, so they are always stated."""

    found_now = rehearse(
        hotspots(12, 60, 3), Eligibility(), Protocol(periods=8), Plays(number=20), watch=Impatient()
    )
    assert [one.effect for one in found_now.by_effect] == [-0.15]
    assert (found_now.stated.effect, found_now.stated.periods) == (-0.15, 8)
    assert found_now.plays == 20


def test_planting_keeps_the_untreated_and_scales_the_rest() -> None:
    """A fall thins, a rise adds, both to the ratio within four standard errors."""
    random = np.random.default_rng(1)
    counts, treated = np.full((2, 5000), 10), np.array([[True], [False]])
    for change in (-0.3, 0.3):
        made = plant(counts, treated, change, random)
        assert (made[1] == 10).all()
        assert made[0].mean() == pytest.approx(10 * (1 + change), abs=4 * np.sqrt(10 / 5000))


def test_looking_costs_little_power() -> None:
    """With two looks on the way the whole trial finds nearly as much; the same by `look` itself."""
    protocol = Protocol(periods=16, looks=(8, 12), draws=299)
    made = design_of(10, protocol)
    random = np.random.default_rng(9)
    past = outcome_of(made, random.poisson(5, (20, 100)), random.poisson(5, (20, 50)))
    plain = replace(made, protocol=replace(protocol, looks=()))
    plays = Plays(number=300, draws=299)
    assert found(plain, past, plays, -0.2).mean() - found(made, past, plays, -0.2).mean() < 0.06
    stopped = 0
    for trial in range(60):
        plan = tossed(made, trial)
        counts = plant(stretches(past.during, 16, 1, random), plan.table(), -0.2, random)
        for at, taken in ((8, []), (12, [8]), (16, [8, 12])):
            seen = look(made, plan, Outcome.of(made.places, counts[:, :at], past.before), taken=taken)
            if seen.crossed_at:
                stopped += 1
                break
    assert near(stopped / 60, found(made, past, plays, -0.2).mean(), 60)


def test_weeks_that_were_not_recorded_are_no_quiet_weeks() -> None:
    """Unrecorded weeks for one place leave the level as it is: nothing is played on them."""
    spots = hotspots(12, 104, 6, spread=0.0)
    history = spots.history.copy()
    history[3, 60:75] = -1
    whole, holed = (
        rehearse(one, Eligibility(), Protocol(periods=8), Plays(number=20), watch=Impatient())
        for one in (spots, replace(spots, history=history))
    )
    assert (whole.past, holed.past) == (52, 37)
    assert holed.expected == pytest.approx(whole.expected, rel=0.05)


def test_too_short_a_past_is_refused() -> None:
    """A past that cannot be halved into stretches, and a trial without any."""
    with pytest.raises(ValueError, match="history"):
        rehearse(hotspots(8, 12, 1), Eligibility(), Protocol(periods=8))
    made = design_of(2, Protocol(periods=4))
    with pytest.raises(ValueError, match="past"):
        power(made, outcome_of(made, np.ones((4, 2), int)))
    with pytest.raises(ValueError, match="draws"):
        Plays(draws=5)


@pytest.mark.realdata
@pytest.mark.slow
def test_recorded_thefts_of_chicago(shared_data: object) -> None:
    """Paired on 2016, run on 2017, 200 trials at 0 and at -15 %: the level holds, the power is as stated."""
    from bench.sets import chicago
    from bench.trials import recorded

    world = recorded(chicago("THEFT", "Chicago theft"))
    rules = Eligibility(rings=1, ring_m=125, least_periods=13, most=40)
    protocol = Protocol(periods=20, draws=499)
    plays = Plays(number=300, draws=499)
    stated = rehearse(world.spots, rules, protocol, plays, watch=Impatient()).stated.power
    made = design(world.spots, rules, protocol)
    rows = [world.spots.codes.index(code) for code in made.places]
    past = Outcome(made.places, world.after[0, rows], world.spots.history[rows])
    plays = Plays(number=200, draws=499, seed=7)
    assert near(found(made, past, plays, 0.0).mean(), 0.05, 200)
    assert abs(found(made, past, plays, -0.15).mean() - stated) <= FAR * np.sqrt(0.25 / 200 + 0.25 / 300)
