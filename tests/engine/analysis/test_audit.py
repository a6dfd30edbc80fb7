"""The audit finds what was planted: officers' share, exploration, disparity, and feedback or its absence."""

import numpy as np
import pytest

from anlan.engine.analysis.audit import disparity, exploration, feedback_test, officer_share


def test_officers_share_by_group_with_exact_intervals():
    """R: binom.test(3, 4)$conf.int, binom.test(0, 6)$conf.int; all together first."""
    officer = [True, True, True, False, *[False] * 6]
    rows = officer_share(officer, ["drugs"] * 4 + ["theft"] * 6)
    assert [(row.group, row.found, row.total) for row in rows] == [
        ("", 3, 10),
        ("drugs", 3, 4),
        ("theft", 0, 6),
    ]
    assert (rows[1].low, rows[1].high) == pytest.approx((0.1941204, 0.9936905), abs=1e-6)
    assert (rows[2].low, rows[2].high) == pytest.approx((0, 0.4592581), abs=1e-6)


def test_exploration_is_time_outside_the_days_choice():
    """30 of 100 minutes went where the plan of that day did not point; one cell was never seen."""
    found = exploration([[60, 10], [10, 20], [0, 0]], [[True, False], [True, False], [False, True]])
    assert found.share == pytest.approx(0.3)
    assert (found.visited, found.cells, found.never) == (2, 3, (2,))
    assert exploration([[0.0]], [[True]]).share == 0


def test_patrol_in_proportion_to_harm_has_no_disparity():
    """The ratio is 1 in every beat and every draw, and no time has to move."""
    harm = np.random.default_rng(1).poisson(3, (4, 60))
    found = disparity(2 * harm, harm, draws=200)
    assert found.ratio == pytest.approx(1)
    assert found.ratio_high == pytest.approx(1)
    assert found.moved == pytest.approx(0, abs=1e-12)


def test_a_beat_with_twice_its_share_is_seen():
    """Equal time, harm of 1, 1 and 2: the ratios are 4/3, 4/3 and 2/3, and a sixth of the time would move."""
    harm = np.random.default_rng(2).poisson([[10], [10], [20]], (3, 364))
    found = disparity(np.ones((3, 364)), harm, draws=500)
    assert found.ratio == pytest.approx([4 / 3, 4 / 3, 2 / 3], abs=0.05)
    assert (found.ratio_low < found.ratio).all()
    assert (found.ratio < found.ratio_high).all()
    assert found.ratio_high[2] < 1
    assert found.ratio_low[0] > 1
    assert found.moved == pytest.approx(1 / 6, abs=0.02)
    assert found.moved_interval[0] < 1 / 6 < found.moved_interval[1]


def test_bootstrap_intervals_hold_the_truth():
    """In 60 records of a beat with half of the harm and a third of the time, about 95 % hold 2/3."""
    rng = np.random.default_rng(3)
    held = 0
    for seed in range(60):
        harm = rng.poisson([[4], [2], [2]], (3, 140))
        found = disparity(rng.exponential(1, (3, 140)), harm, draws=200, seed=seed)
        held += found.ratio_low[0] <= 2 / 3 <= found.ratio_high[0]
    assert held >= 50


def record(effect, *, seed=0, cells=60, days=150, chasing=False):
    """Return counts and patrols; a patrol multiplies the next day's rate; chasing follows incidents."""
    rng = np.random.default_rng(seed)
    rates = rng.gamma(2, 0.3, cells)
    week = 1 + 0.3 * np.sin(np.arange(days) * 2 * np.pi / 7)
    counts, patrols = np.zeros((cells, days), int), np.zeros((cells, days), bool)
    for day in range(days):
        counts[:, day] = rng.poisson(rates * week[day] * np.where(patrols[:, day - 1], effect, 1.0))
        chance = np.minimum(0.1 + 0.3 * counts[:, day], 0.9) if chasing else 0.3
        patrols[:, day] = rng.random(cells) < chance
    return counts, patrols


@pytest.mark.parametrize("chasing", [False, True])
@pytest.mark.parametrize("effect", [1.0, 1.5])
def test_feedback_is_found_where_it_is_and_not_where_it_is_not(effect, chasing):
    """Of 30 records about 95 % of the intervals hold the truth, even where patrols chase incidents."""
    found = [
        feedback_test(*record(effect, seed=seed, chasing=chasing), permutations=199) for seed in range(30)
    ]
    assert np.mean([one.ratio for one in found]) == pytest.approx(effect, rel=0.03)
    assert np.mean([one.low <= effect <= one.high for one in found]) >= 0.8
    alarms = np.mean([one.p <= 0.05 for one in found])
    assert alarms <= 0.2 if effect == 1 else alarms == 1


def test_the_estimate_is_that_of_a_poisson_regression():
    """The same e^β and clustered error as Newton's method on explicit dummies."""
    counts, patrols = record(1.3, cells=8, days=40)
    found = feedback_test(counts, patrols, permutations=9)
    y, x = counts[:, 1:], patrols[:, :-1].astype(float)
    cell, day = np.indices(y.shape)
    columns = np.column_stack(
        [x.ravel(), *[(cell == c).ravel() for c in range(8)], *[(day == d).ravel() for d in range(1, 39)]]
    ).astype(float)
    beta = np.zeros(columns.shape[1])
    for _ in range(60):
        mean = np.exp(columns @ beta)
        beta += np.linalg.solve(
            columns.T @ (columns * mean[:, None]) + 1e-9 * np.eye(len(beta)), columns.T @ (y.ravel() - mean)
        )
    bread = np.linalg.inv(columns.T @ (columns * mean[:, None]) + 1e-9 * np.eye(len(beta)))
    scores = np.stack(
        [columns[cell.ravel() == c].T @ (y.ravel() - mean)[cell.ravel() == c] for c in range(8)]
    )
    error = np.sqrt((bread @ (scores.T @ scores) @ bread)[0, 0] * 8 / 7)
    assert found.ratio == pytest.approx(np.exp(beta[0]), rel=1e-6)
    assert found.high / found.ratio == pytest.approx(np.exp(1.959964 * error), rel=1e-5)


def test_what_was_expected_is_taken_out():
    """Patrols go where a forecast rises with reason: with the forecast given, nothing is left."""
    found = []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        expected = np.exp(rng.normal(0, 0.7, (60, 100)))
        counts, patrols = rng.poisson(expected), np.roll(expected, -1, axis=1) > 1.5
        assert feedback_test(counts, patrols, permutations=9).low > 1.5
        found.append(feedback_test(counts, patrols, expected=expected, permutations=9))
    assert np.mean([one.ratio for one in found]) == pytest.approx(1, abs=0.02)
    assert sum(one.low < 1 < one.high for one in found) >= 8


def test_a_silent_day_does_no_harm():
    """A day without any incident teaches nothing, and breaks nothing."""
    counts, patrols = record(1.0)
    counts[:, 50] = 0
    assert 0 < feedback_test(counts, patrols, permutations=19).p <= 1


ONES = np.ones((3, 30))


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: officer_share([True], ["a", "b"]), "group"),
        (lambda: exploration(-ONES, ONES), "minutes"),
        (lambda: exploration(ONES, ONES[:2]), "chosen"),
        (lambda: disparity(ONES, ONES[:2]), "harm"),
        (lambda: disparity(ONES, 0 * ONES), "all 0"),
        (lambda: disparity(ONES, ONES, block=31), "block"),
        (lambda: disparity(ONES, ONES, draws=0), "draws"),
        (lambda: feedback_test(ONES, ONES[:2]), "patrolled"),
        (lambda: feedback_test(ONES[:, :9], ONES[:, :9]), "counts"),
        (lambda: feedback_test(ONES, ONES, expected=0 * ONES), "expected"),
        (lambda: feedback_test(ONES, ONES, permutations=0), "permutations"),
        (lambda: feedback_test(ONES, ONES), "both after a patrol"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(call, named):
    """The message names the parameter."""
    with pytest.raises(ValueError, match=named):
        call()


def test_patrols_on_the_same_days_everywhere_are_no_comparison():
    """With all cells patrolled alike, a day's effect and a patrol's are one: refused by name."""
    counts = np.random.default_rng(3).poisson(2.0, (1, 60))
    with pytest.raises(ValueError, match="no telling patrol from day"):
        feedback_test(counts, np.arange(60)[None] < 30)
