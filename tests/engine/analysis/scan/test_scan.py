"""The space-time scan against a scan written as the definition reads."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.engine.analysis.scan import Search, _kernels, space_time_scan

SIDE, DAYS = 4, 9
X, Y = (part.ravel() * 100.0 for part in np.meshgrid(np.arange(SIDE), np.arange(SIDE)))
QUICK = {"replicas": 19, "max_radius_m": 210.0, "max_days": 4}


def incidents(seed=0):
    """Sixteen cells of nine days, and five more incidents at one corner in the end."""
    counts = np.random.default_rng(seed).poisson(0.4, (SIDE * SIDE, DAYS))
    counts[[0, 1, 4], -2:] += 2
    return counts


def naive(counts, baseline, search):
    """The highest ratio, by going through every circle round every cell and every span of days."""
    total, best = counts.sum(), (0.0, None)
    baseline = baseline * total / baseline.sum()
    days = counts.shape[1]
    for centre in range(len(counts)):
        far = np.hypot(X - X[centre], Y - Y[centre])
        for radius in sorted({round(metres, 6) for metres in far}):
            inside = far <= radius + 1e-3
            if radius > search.max_radius_m or baseline[inside].sum() > search.max_share * total * (1 + 1e-9):
                continue
            for end in [days] if search.prospective else range(1, days + 1):
                for begin in range(max(0, end - search.max_days), end):
                    seen = int(counts[inside, begin:end].sum())
                    due = float(baseline[inside, begin:end].sum())
                    if seen < search.least or seen <= due:
                        continue
                    ratio = seen * math.log(seen / due)
                    if seen < total:
                        ratio += (total - seen) * math.log((total - seen) / (total - due))
                    if ratio > best[0] + 1e-9:
                        best = ratio, (frozenset(np.flatnonzero(inside).tolist()), begin, end - 1, seen, due)
    return best


@pytest.mark.parametrize("prospective", [True, False])
@pytest.mark.parametrize("model", ["poisson", "permutation"])
@pytest.mark.parametrize("seed", range(3))
def test_the_first_cluster_is_the_naive_scan_s(seed, model, prospective):
    """Cells, days, counts and ratio equal those of a scan without any shortcut."""
    counts = incidents(seed)
    search = Search(prospective=prospective, **QUICK)
    baseline = np.random.default_rng(seed).uniform(0.5, 2, counts.shape)
    if model == "permutation":
        found = space_time_scan(counts, X, Y, search=search)
        baseline = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    else:
        found = space_time_scan(counts, X, Y, expected=baseline, model="poisson", search=search)
    ratio, (cells, start, end, seen, due) = naive(counts, baseline, search)
    first = found[0]
    assert first.llr == pytest.approx(ratio, rel=1e-9)
    assert (frozenset(first.cells.tolist()), first.start, first.end, first.observed) == (
        cells, start, end, seen,
    )  # fmt: skip
    assert first.expected == pytest.approx(due, rel=1e-9)


@pytest.mark.parametrize("first_end", [1, DAYS])
@pytest.mark.parametrize("seed", range(4))
def test_each_replica_s_highest_ratio_is_exact(seed, first_end):
    """The kernel for many replicas, which skips by a bound in single precision, finds each one's maximum."""
    from anlan.engine.analysis.scan.replicas import summed
    from anlan.engine.analysis.scan.windows import circles

    sets = np.stack([incidents(seed * 50 + number) for number in range(20)], axis=2)
    search = Search(prospective=first_end == DAYS, **QUICK)
    baseline = np.full(sets.shape[:2], sets.sum() / sets.size)
    hoop = circles(X, Y, baseline.sum(axis=1), search)
    before = np.zeros((len(X), DAYS + 1, 20), np.float32)
    before[:, 1:] = np.cumsum(sets, axis=1)
    total = float(baseline.sum())
    highest = _kernels.highest(hoop.rows, before, summed(baseline), (total, first_end, 4, 2))
    for number in range(20):
        best, _ = _kernels.strongest(
            hoop.rows, before[:, :, number], summed(baseline), (total, first_end, 4, 2)
        )
        assert highest[number] == best.max()


def test_poisson_replicas_are_multinomial():
    """Cells and days of the window share the incidents in proportion to what is expected of them."""
    from anlan.engine.analysis.scan.replicas import Scanned, scattered
    from anlan.engine.analysis.scan.windows import circles

    expected = np.array([[1.0, 3.0], [6.0, 10.0]])
    search = Search(replicas=4000)
    hoop = circles(np.zeros(2), np.zeros(2), expected.sum(axis=1), search)
    fill = scattered(Scanned(hoop, expected, 100.0, longest=2, last_only=True, least=2), search)
    out = np.zeros((2, 3, 4000), np.float32)
    fill(np.arange(4000), out)
    assert not out[:, 0].any()
    drawn = out[:, 1:].astype(float)
    # A binomial share q of 100: mean 100 q, variance 100 q (1 - q); five standard errors.
    share = expected / 100
    assert np.abs(drawn.mean(axis=2) - expected).max() < 5 * np.sqrt(expected.max() / 4000)
    assert drawn.var(axis=2) == pytest.approx(100 * share * (1 - share), rel=0.15)


def test_permutation_replicas_keep_the_margins():
    """Each replica has the same days, and each cell has at most its own incidents."""
    from anlan.engine.analysis.scan.replicas import shuffled

    counts = incidents()
    out = np.zeros((*np.add(counts.shape, (0, 1)), 50), np.float32)
    shuffled(counts, 0, Search(replicas=50))(np.arange(50), out)
    assert (out[:, 1:].sum(axis=0) == counts.sum(axis=0)[:, None]).all()
    assert (out[:, 1:].sum(axis=1) == counts.sum(axis=1)[:, None]).all()
    margins = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    assert np.abs(out[:, 1:].mean(axis=2) - margins).max() < 5 * np.sqrt(margins.max() / 50)


def test_a_planted_cluster_is_found_with_its_recurrence():
    """Where twelve incidents are added in two days, the scan tells place, days and a recurrence in years."""
    counts = np.random.default_rng(4).poisson(0.4, (SIDE * SIDE, 60))
    counts[5, -2:] += 6
    first = space_time_scan(counts, X, Y, search=Search(replicas=999, max_radius_m=100))[0]
    assert first.cells.tolist() == [5]
    assert (first.start, first.end, first.radius_m) == (58, 59, 0.0)
    assert first.p == 0.001
    assert first.recurrence_days == 1000.0


def test_p_is_fair_without_clusters():
    """Among data sets without clusters, p is at most 0.1 in about a tenth."""
    search = Search(replicas=39, max_radius_m=150, max_days=3, most=1)
    small = [
        space_time_scan(
            np.random.default_rng(seed).poisson(1.0, (16, 12)), X, Y,
            population=np.ones(16), model="poisson", search=search,
        )[0].p <= 0.1
        for seed in range(200)
    ]  # fmt: skip
    assert 0.03 < np.mean(small) < 0.18


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_clusters_share_no_cell_and_weaken(seed, prospective):
    """Every cluster has more than expected, none shares a cell with another, ratios fall and p rises."""
    found = space_time_scan(incidents(seed), X, Y, search=Search(prospective=prospective, seed=seed, **QUICK))
    cells = np.concatenate([cluster.cells for cluster in found])
    assert len(cells) == len(set(cells.tolist()))
    assert all(cluster.observed > cluster.expected for cluster in found)
    assert all(a.llr >= b.llr - 1e-9 and a.p <= b.p for a, b in pairwise(found))


def test_the_same_seed_gives_the_same_p():
    """Blocks and threads change nothing; another seed does."""
    quiet = np.random.default_rng(3).poisson(0.4, (16, 9))
    runs = [
        [cluster.p for cluster in space_time_scan(quiet, X, Y, search=Search(seed=seed, replicas=200))]
        for seed in (1, 1, 2)
    ]
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


def test_nothing_counted_gives_no_cluster():
    """Without incidents, or with too few, there is no cluster."""
    assert space_time_scan(np.zeros((16, 5)), X, Y) == []
    assert space_time_scan(np.eye(16, 5), X, Y, search=Search(least=20)) == []


def test_without_replicas_there_is_no_p():
    """A scan without replicas tells clusters, and that p is unknown."""
    assert math.isnan(space_time_scan(incidents(), X, Y, search=Search(replicas=0))[0].p)


def test_a_scan_back_has_no_recurrence():
    """Only a scan repeated day by day has a recurrence interval."""
    found = space_time_scan(incidents(), X, Y, search=Search(prospective=False, **QUICK))
    assert math.isnan(found[0].recurrence_days)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"counts": np.ones(16)}, "counts"),
        ({"counts": np.full((16, 9), 0.5)}, "counts"),
        ({"counts": np.full((16, 9), -1)}, "counts"),
        ({"x": X[:3]}, "x, y"),
        ({"y": Y * np.nan}, "x, y"),
        ({"model": "bernoulli"}, "model"),
        ({"model": "poisson"}, "expected, population"),
        ({"population": np.ones(16)}, "expected, population"),
        ({"model": "poisson", "expected": np.ones(16)}, "expected"),
        ({"model": "poisson", "population": np.zeros(16)}, "population"),
        ({"model": "poisson", "population": np.arange(16)}, "population"),
    ],
)
def test_wrong_input_is_refused(change, message):
    """The message names what is wrong."""
    arguments = {"counts": incidents() + 1, "x": X, "y": Y} | change
    with pytest.raises(ValueError, match=message):
        space_time_scan(**arguments)


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_radius_m": -1.0}, {"max_share": 0.0}, {"max_share": 1.1}, {"max_days": 0}, {"least": 0},
        {"every_days": 0}, {"most": 0}, {"replicas": -1}, {"seed": -1},
    ],
)  # fmt: skip
def test_a_wrong_search_is_refused(wrong):
    """The message names the parameter."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Search(**wrong)
