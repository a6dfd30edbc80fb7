"""Belief stays at the truth on residents' reports, and runs away on what patrols discover."""

import numpy as np
import pytest

from anlan.engine.analysis.feedback import World, simulate

SMALL = World(cells=60, patrols=6, days=500, runs=8)


@pytest.fixture(scope="module")
def late():
    """Return the last quarter's figures by what is learned and by exploration."""
    kinds = ("reported", "recorded", "discovered")
    return {
        (kind, share): simulate(SMALL, learns=kind, exploration=share).late()
        for kind in kinds
        for share in (0.0, 0.1)
    }


def test_residents_reports_keep_belief_at_the_truth(late):
    """Believed within 5 % of the truth, and nearly the best patrol there is."""
    found = late["reported", 0.0]
    assert found["inflation"] == pytest.approx(1, abs=0.05)
    assert found["distance"] < 0.06
    assert found["covered"] > 0.97


def test_what_patrols_discover_runs_away(late):
    """Learned as well, the patrolled cells look half as bad again; learned alone, they take over the map."""
    assert late["recorded", 0.0]["inflation"] > 1.4
    assert late["recorded", 0.0]["misplaced"] > 1.5 * late["reported", 0.0]["misplaced"]
    assert late["discovered", 0.0]["inflation"] > 4
    assert late["discovered", 0.0]["distance"] > 0.5


def test_it_grows_with_time():
    """The distance from the truth rises from the first months on, where discoveries are learned."""
    found = simulate(SMALL, learns="discovered").distance
    assert found[20:50].mean() < found[100:150].mean() < found[300:].mean()


def test_exploration_costs_what_it_says(late):
    """A tenth of the patrols elsewhere: at most 8 % less harm covered, and lock-in eased."""
    cost = late["reported", 0.0]["covered"] - late["reported", 0.1]["covered"]
    assert 0 < cost < 0.08
    assert late["recorded", 0.1]["misplaced"] < late["recorded", 0.0]["misplaced"]


def test_without_discovery_all_records_are_the_same():
    """At a factor of 1 learning from everything is learning from reports."""
    world = World(cells=20, patrols=3, days=60, runs=3, discovery=1)
    one, other = simulate(world, learns="reported"), simulate(world, learns="recorded")
    assert (one.distance == other.distance).all()


def test_the_seed_repeats_a_run():
    """Same seed, same figures; another seed, others."""
    world = World(cells=20, patrols=3, days=30, runs=3)
    assert (simulate(world, seed=4).covered == simulate(world, seed=4).covered).all()
    assert not np.array_equal(simulate(world, seed=5).covered, simulate(world, seed=4).covered)


def test_patrols_are_never_more_than_there_are():
    """With every patrol exploring, and with every cell patrolled, the best stays 1."""
    world = World(cells=20, patrols=20, days=20, runs=2)
    assert simulate(world, exploration=0.5).covered == pytest.approx(1)
    assert simulate(World(cells=20, patrols=3, days=20, runs=2), exploration=1.0).covered.max() <= 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cells", 0),
        ("patrols", 101),
        ("rate", -1),
        ("spread", -1),
        ("discovery", 0.5),
        ("days", 0),
        ("half_life", 0),
    ],
)
def test_a_world_without_meaning_is_refused_by_name(name, value):
    """The message names the parameter."""
    with pytest.raises(ValueError, match=name):
        World(**{name: value})


@pytest.mark.parametrize(("name", "value"), [("learns", "all"), ("exploration", 1.5)])
def test_a_run_without_meaning_is_refused_by_name(name, value):
    """The message names the parameter."""
    with pytest.raises(ValueError, match=name):
        simulate(SMALL, **{name: value})
