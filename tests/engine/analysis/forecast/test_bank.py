"""The kernel bank, the trees on it, the blend and the choice."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.engine.analysis.forecast import _kernels, boosted
from anlan.engine.analysis.forecast.bank import Bank, KernelBank, block_starts
from anlan.engine.analysis.forecast.blend import Blend, trial
from anlan.engine.analysis.forecast.boosted import Boosted
from anlan.engine.analysis.forecast.candidates import Kde, LastYear
from anlan.engine.analysis.forecast.choose import Chosen, choose
from anlan.engine.analysis.forecast.history import CellHistory

SMALL = KernelBank(half_lives=(7.0, 60.0, 365.0), bandwidths=(0.0, 200.0), blocks=20)
DAYS = np.arange(np.datetime64("2020-01-01"), np.datetime64("2021-07-01"))


def city(seed: int = 0, *, alternate: bool = False, size: int = 6000) -> CellHistory:
    """Return 18 months of a city whose busy place moved after a year; alternate weeks missing on demand."""
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, 2400, size), rng.uniform(0, 2000, size)
    day = rng.choice(DAYS, size)
    third = size // 3
    late = day[:third] >= np.datetime64("2021-01-01")
    x[:third] = np.where(late, 1900, 500) + rng.normal(0, 80, third)
    y[:third] = np.where(late, 1500, 500) + rng.normal(0, 80, third)
    exposed = np.ones(len(DAYS), bool)
    if alternate:
        exposed = (np.arange(len(DAYS)) // 7) % 2 == 0
        kept = exposed[(day - DAYS[0]).astype(int)]
        x, y, day = x[kept], y[kept], day[kept]
    return CellHistory.from_points(x, y, day, first=DAYS[0], end="2021-07-01", exposed=exposed)


@pytest.mark.parametrize("alternate", [False, True])
def test_every_kernel_alone_forecasts_the_right_total(alternate):
    """With half of the weeks missing each kernel still sums to the county's rate per recorded day."""
    history = city(alternate=alternate)
    bank = Bank(history, (30.0, 90.0, 365.0), (0.0, 100.0, 400.0))
    kernels = bank.features(np.array([len(DAYS)]))[0]
    rate = history.daily.sum() / history.exposed.sum()
    assert kernels.sum(axis=1) == pytest.approx(np.full(10, rate), rel=0.12)


def test_kernels_equal_brute_force():
    """Decayed counts by decayed exposure, before an end, as their definition says."""
    history = city(alternate=True)
    bank = Bank(history, (9.0,), (0.0,))
    ends = np.array([100, 300])
    for row, end in zip(bank.rates(ends)[:, 0], ends, strict=True):
        weight = 0.5 ** ((end - 1 - np.arange(end)) / 9.0)
        open_days = (weight * bank.beat[:end]).sum()
        assert np.allclose(row, history.counts[:, :end] @ weight / open_days, rtol=1e-4, atol=1e-6)


def test_a_kernel_never_sees_its_own_block():
    """Changing what comes from a day on changes no kernel before that day."""
    history = city()
    counts = history.counts.copy()
    counts[:, 400:] = 0
    other = CellHistory(
        history.x, history.y, counts, history.days, history.exposed, 200.0, history.shape, history.index
    )
    ends = np.array([300, 400])
    ours, theirs = (Bank(one, (7.0, 90.0), (0.0,)) for one in (history, other))
    theirs.beat = ours.beat
    assert np.array_equal(ours.rates(ends), theirs.rates(ends))


@given(seed=st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_em_never_loses_likelihood_and_stays_positive(seed):
    """Each iteration of EM raises the Poisson likelihood; weights never turn negative."""
    rng = np.random.default_rng(seed)
    features = rng.gamma(0.5, 1.0, (80, 4)).astype(np.float32) + np.float32(0.01)
    count = rng.poisson(1.0, 80).astype(np.float32) + np.float32(1)
    mass = features.sum(axis=0, dtype=float) * 1.7
    none = np.zeros(4)
    last = -np.inf
    for iterations in (1, 2, 5, 20, 60):
        weight = _kernels.em(features, count, mass, np.full(4, 0.25), none, iterations)
        value = float(count @ np.log(features @ weight) - mass @ weight)
        assert value >= last - 1e-3
        assert (weight >= 0).all()
        last = value


def test_em_finds_the_mixture_that_made_the_data():
    """Counts drawn from known weights give those weights back."""
    rng = np.random.default_rng(1)
    features = rng.gamma(0.5, 1.0, (40_000, 3)).astype(np.float32)
    true = np.array([0.6, 0.0, 0.3])
    count = rng.poisson(features @ true).astype(np.float32)
    some = count > 0
    weight = _kernels.em(
        features[some], count[some], features.sum(axis=0, dtype=float), np.full(3, 0.3), np.zeros(3), 300
    )
    assert weight == pytest.approx(true, abs=0.02)


def test_blur_equals_a_dense_convolution():
    """The compiled blur is the sum over pixels of the product of one-dimensional taps."""
    rng = np.random.default_rng(2)
    plane = rng.random((1, 9, 7)).astype(np.float32)
    half = _kernels.taps(1.3, 3.0)
    reach = len(half) - 1
    full = np.outer(np.r_[half[:0:-1], half], np.r_[half[:0:-1], half])
    padded = np.pad(plane[0], reach)
    windows = np.lib.stride_tricks.sliding_window_view(padded, full.shape)
    assert np.allclose(_kernels.blurred(plane, half)[0], (windows * full).sum(axis=(2, 3)), atol=1e-5)


def test_points_on_one_place_do_not_collapse_the_fit():
    """Half of all incidents snapped to one point leave the other places with their share."""
    rng = np.random.default_rng(3)
    x, y = rng.uniform(0, 2000, 3000), rng.uniform(0, 2000, 3000)
    x[:1500], y[:1500] = 1010.0, 1010.0
    history = CellHistory.from_points(x, y, rng.choice(DAYS, 3000), first=DAYS[0], end="2021-07-01")
    share = SMALL.fit(history).expected(1)[:, 0]
    share /= share.sum()
    assert share.max() == pytest.approx(0.5, abs=0.05)
    assert share.min() > 0


def test_blocks_are_whole_and_do_not_overlap():
    """With alternate weeks only recorded weeks are learned on."""
    exposed = (np.arange(140) // 7) % 2 == 0
    starts = block_starts(exposed, 7, 50)
    assert all(exposed[s : s + 7].all() for s in starts)
    assert (np.diff(starts) >= 7).all()
    assert len(starts) == 9  # the first has no past


@pytest.mark.parametrize("alternate", [False, True])
def test_a_move_is_followed_and_the_total_is_right(alternate):
    """The busy place of the last half year comes first, and totals agree with the recorded rate."""
    history = city(alternate=alternate)
    expected = Blend((SMALL, LastYear()), blocks=6).fit(history).expected(7)
    best = expected.sum(axis=1).argmax()
    assert np.hypot(history.x[best] - 1900, history.y[best] - 1500) < 200
    assert expected.sum() / 7 == pytest.approx(history.daily.sum() / history.exposed.sum(), rel=0.1)


def test_trials_see_only_the_past_of_their_block():
    """A trial's forecasts equal those of a history cut off at each block."""
    history = city()
    done = trial(history, (Kde(),), 7, 3)
    for j, start in enumerate(done.starts):
        alone = Kde().fit(history.until(int(start))).expected(7).sum(axis=1)
        assert np.allclose(done.expected[0, j], alone)


@pytest.mark.skipif(not boosted.available(), reason="LightGBM is not installed")
def test_trees_repeat_and_keep_the_total():
    """Two fits agree to the last digit; the county's level is untouched."""
    history = city()
    trees = Boosted(SMALL, blocks=20, trees=10, rows=4000)
    ours, again = trees.fit(history).expected(7), trees.fit(history).expected(7)
    assert np.array_equal(ours, again)
    assert ours.sum() == pytest.approx(SMALL.fit(history).expected(7).sum())


def test_a_better_model_is_chosen_and_says_its_marks():
    """Where the busy place moved, the choice is a model and no counts; every candidate has its marks."""
    choice = choose(city(), Chosen(blocks=6, trees=False))
    assert choice.better_than_counts
    assert {row.name for row in choice.table} >= {"kernel bank", "last year", "four years", "kde"}
    assert max(row.bits for row in choice.table) > next(
        row.bits for row in choice.table if row.name == "last year"
    )


def test_few_incidents_are_left_to_counts():
    """With too little to judge by, four-year counts are used and the reason says so."""
    choice = choose(city(size=90), Chosen(blocks=6, trees=False))
    assert (choice.name, choice.reason, choice.better_than_counts) == ("four years", "few", False)
    low, high = choice.predictive(28).interval(0.8)
    assert (low <= high).all()
    assert high.sum() > 0


def test_without_lightgbm_the_trees_are_named_missing(monkeypatch):
    """A missing library leaves the bank and says who could not run."""
    monkeypatch.setattr(boosted, "available", lambda: False)
    assert choose(city(size=3000), Chosen(blocks=4)).missing == ("boosted",)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: KernelBank(half_lives=()), "half_lives"),
        (lambda: KernelBank(bandwidths=(-1.0,)), "bandwidths"),
        (lambda: KernelBank(horizon=0), "horizon"),
        (lambda: KernelBank(background=0.0), "background"),
        (lambda: Boosted(trees=0), "trees"),
        (lambda: Boosted(rate=2.0), "rate"),
        (lambda: Blend(()), "parts"),
        (lambda: Chosen(blocks=0), "blocks"),
    ],
)
def test_refused(make, message):
    """Values without meaning are refused by name."""
    with pytest.raises(ValueError, match=message):
        make()
