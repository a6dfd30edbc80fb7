"""Knox's table against counting every pair, and against pointpats."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.engine.analysis.knox import knox

METRES, DAYS = [0, 100, 400], [0, 3, 14]


def incidents(number=120, seed=0):
    """Incidents on a grid of 50 m, so that places are shared and distances meet the edges."""
    random = np.random.default_rng(seed)
    x, y = random.integers(0, 40, (2, number)) * 50.0
    return x, y, random.integers(-20, 40, number)


def counted(x, y, day):
    """The table by going through every pair."""
    table = np.zeros((len(METRES), len(DAYS)), int)
    for i in range(len(x)):
        for j in range(i):
            far, apart = np.hypot(x[i] - x[j], y[i] - y[j]), abs(int(day[i]) - int(day[j]))
            if far <= METRES[-1] and apart <= DAYS[-1]:
                table[np.searchsorted(METRES, far), np.searchsorted(DAYS, apart)] += 1
    return table


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 120), st.integers(0, 10_000))
def test_pairs_are_counted_once(number, seed):
    """Each pair falls into its one band, edges inclusive, wherever strips divide the plane."""
    x, y, day = incidents(number, seed)
    assert (knox(x, y, day, METRES, DAYS, permutations=0).observed == counted(x, y, day)).all()


def test_expected_is_the_mean_over_every_order():
    """The margins' product equals the mean over all orders of days, here all 720 of six incidents."""
    from itertools import permutations

    x, y, day = incidents(6, 3)
    x, y = x / 10, y / 10
    tables = [counted(x, y, np.array(order)) for order in permutations(day.tolist())]
    assert knox(x, y, day, METRES, DAYS, permutations=0).expected == pytest.approx(np.mean(tables, axis=0))


def test_p_counts_ties_against_the_find():
    """p is the rank of the observed among orders of days, equals included."""
    x, y, day = incidents(60, 5)
    table = knox(x, y, day, METRES, DAYS, permutations=400, seed=1)
    random = np.random.default_rng(9)
    tables = np.array([counted(x, y, random.permutation(day)) for _ in range(200)])
    exact = (tables >= table.observed).mean(axis=0)
    # Two Monte Carlo estimates of one share: five standard errors of their difference.
    assert np.abs(table.p - exact).max() < 5 * np.sqrt(0.25 / 200 + 0.25 / 400)
    assert table.simulated == pytest.approx(table.expected, abs=0.6)
    assert (table.p[table.observed == 0] == 1).all()


def test_the_statistic_is_pointpats():
    """One band each gives the number pointpats counts."""
    x, y, day = incidents(200, 11)
    # pointpats 2.6: Knox(np.c_[x, y], day[:, None], delta=400, tau=14, permutations=0).statistic_
    assert knox(x, y, day, [400], [14], permutations=0).observed.tolist() == [[884]]


def test_repeats_are_found():
    """Where a quarter of incidents draws another within 50 m and 3 days, the first band stands out."""
    random = np.random.default_rng(2)
    x, y = random.uniform(0, 5000, (2, 300))
    day = random.integers(0, 365, 300)
    x, y = (np.append(part, part[:75] + random.uniform(-30, 30, 75)) for part in (x, y))
    table = knox(x, y, np.append(day, day[:75] + random.integers(0, 4, 75)), [100, 400], [3, 14])
    assert table.p[0, 0] == 0.001
    assert table.ratio[0, 0] > 3
    assert table.p[1, 1] > 0.05


def test_the_same_seed_gives_the_same_p():
    """Threads change nothing; another seed does."""
    runs = [knox(*incidents(), METRES, DAYS, permutations=99, seed=seed).p.tolist() for seed in (1, 1, 2)]
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


def test_without_permutations_there_is_no_p():
    """The table alone has no p, and no ratio where nothing is expected."""
    table = knox([0.0], [0.0], [3], METRES, DAYS, permutations=0)
    assert np.isnan(table.p).all()
    assert np.isnan(table.ratio).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": [0.0]}, "x, y, day"),
        ({"x": [np.nan, 0.0]}, "x, y"),
        ({"day": [0.5, 1.0]}, "day"),
        ({"day": [0, 40_000]}, "day"),
        ({"distance_bands": []}, "distance_bands"),
        ({"distance_bands": [200, 100]}, "distance_bands"),
        ({"day_bands": [-1, 3]}, "day_bands"),
        ({"day_bands": [1.5]}, "day_bands"),
        ({"permutations": -1}, "permutations"),
    ],
)
def test_wrong_input_is_refused(change, message):
    """The message names what is wrong."""
    arguments = {
        "x": [0.0, 1.0], "y": [0.0, 1.0], "day": [0, 1], "distance_bands": METRES, "day_bands": DAYS,
    } | change  # fmt: skip
    with pytest.raises(ValueError, match=message):
        knox(**arguments)
