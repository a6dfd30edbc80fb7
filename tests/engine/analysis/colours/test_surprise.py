"""Surprise, dispersion and calibration: nothing peeks, inputs are kept, budgets hold in every third."""

import numpy as np
import pytest
from scipy import stats

from anlan.engine.analysis.colours import (
    Budget,
    Pool,
    Watch,
    alerts,
    mornings,
    quantile,
    surprise,
    up_to,
    upper_mid_p,
    volume_classes,
)
from anlan.engine.analysis.colours.dispersion import dispersions

DAYS = np.datetime64("2021-01-01") + np.arange(1000).astype("timedelta64[D]")
ALL = np.ones(1000, bool)


def made(means, seed=0, dispersion=0.2):
    """Return overdispersed counts of beats with these daily means, (1, beats, 1000)."""
    rng = np.random.default_rng(seed)
    size = 1 / dispersion
    return rng.negative_binomial(size, size / (size + np.asarray(means, float)[:, None]), (len(means), 1000))[
        None
    ]


def test_what_comes_later_changes_nothing():
    """Past p-values are the same whatever the last 200 days bring."""
    counts = made([0.4, 2.0, 9.0])
    other = counts.copy()
    other[:, :, 800:] = 50
    first, second = (surprise(part, DAYS, ALL, [""], Watch()) for part in (counts, other))
    np.testing.assert_array_equal(first.p[..., :165], second.p[..., :165])
    np.testing.assert_array_equal(first.dispersion[..., :165], second.dispersion[..., :165])


def test_long_windows_are_for_quiet_streams():
    """Above two incidents a day only windows of up to three days are used."""
    found = surprise(made([0.4, 9.0]), DAYS, ALL, [""], Watch())
    used = np.isfinite(found.p[0]).any(axis=2)
    assert used[:, 0].tolist() == [True] * 4
    assert used[:, 1].tolist() == [True, True, False, False]


def test_dispersion_is_found_and_a_single_night_does_not_widen_it():
    """Moments give the known φ, also when one day had ten times the usual."""
    mean = np.full((30, 1000), 6.0)
    counts = made([6.0] * 30, dispersion=0.3)[0].astype(float)
    plain = dispersions(counts, mean, ALL, 1, 5)[:, -1]
    assert plain.mean() == pytest.approx(0.3, rel=0.15)
    counts[4, 980] = 60
    assert dispersions(counts, mean, ALL, 1, 5)[4, -1] == pytest.approx(plain[4], rel=0.1)


def test_incidents_recorded_in_pairs_are_told_from_levels_that_change():
    """Pairs make a variance of twice the mean: φ falls with volume, and quiet beats borrow that."""
    rng = np.random.default_rng(3)
    means = np.repeat([0.5, 2.0, 8.0], 10)
    counts = 2.0 * rng.poisson(means[:, None] / 2, (30, 1000))
    found = dispersions(counts, np.tile(means[:, None], 1000), ALL, 1, 5)[:, -1]
    for mean in (0.5, 2.0, 8.0):
        assert np.median(found[means == mean]) == pytest.approx(1 / mean, rel=0.2)


def test_an_alert_can_be_made_again_from_what_it_keeps():
    """Observed, expected and dispersion give the raw p that the alert tells."""
    counts = made([0.5, 1.0, 3.0, 8.0] * 3)
    for alert in alerts(
        surprise(counts, DAYS, ALL, [""], Watch()), [str(i) for i in range(12)], 80.0, Budget()
    ):
        again = upper_mid_p(np.array(alert.observed), np.array(alert.expected), np.array(alert.dispersion))
        assert float(again) == pytest.approx(alert.raw_p, rel=1e-9)
        assert (alert.effective_days, alert.method) == (80.0, "gamma-poisson-minp/2")


def test_alarms_keep_the_budget_in_every_third_by_volume():
    """Calibrated on the year before, quiet and busy beats alike alarm as often as allowed."""
    means = np.geomspace(0.15, 20, 45)
    found = surprise(made(means, seed=1), DAYS, ALL, [""], Watch(calibration=730))
    level = found.expected[0, -1]
    p = np.stack(
        [
            Pool.of(found.least[:, day - 365 : day], level[:, day]).calibrated(found.least[:, day])
            for day in range(365, 730)
        ],
        axis=1,
    )
    for third in np.array_split(np.arange(45), 3):
        for share in (0.05, 0.2):
            assert (p[third] <= share).mean() == pytest.approx(share, rel=0.3)
    assert (p <= 0.01).mean() == pytest.approx(0.01, rel=0.3)


def test_the_pool_is_the_rank_among_like_beat_days():
    """Brute force: ranks in the beat's third and, worth 300 beat-days, among all."""
    rng = np.random.default_rng(2)
    least, mean, now = rng.random((12, 40)), rng.random(12), rng.random(12)
    pool = Pool.of(least, mean)
    volume = volume_classes(mean)
    for beat in range(12):
        like = least[volume == volume[beat]]
        share = (least <= now[beat]).mean()
        expected = (1 + (like <= now[beat]).sum() + 300 * share) / (1 + like.size + 300)
        assert pool.calibrated(now)[beat] == pytest.approx(expected)


def test_few_beats_are_one_class():
    """Thirds of fewer than nine beats would be calibrated on next to nothing."""
    assert volume_classes(np.arange(8.0)).tolist() == [0] * 8
    assert volume_classes(np.arange(9.0)).tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]


def test_a_colour_is_held_and_says_so():
    """The morning after a red one is told as held, with its own colour beside."""
    counts = made([4.0] * 12, dispersion=0.05)
    counts[0, 3, -4] = 40
    found = surprise(counts, DAYS, ALL, [""], Watch(windows=(1,)))
    alert = alerts(found, [str(i) for i in range(12)], 80.0, Budget())[3]
    shown = mornings(found, Budget(), days=5)[1][3]
    assert shown[1:].tolist() == [3, 2, 1, max(0, int(shown[-1]))]
    assert alert.held == (alert.own != alert.colour)


@pytest.mark.parametrize("dispersion", [1e-7, 0.2, 4.0])
def test_quantiles_are_scipys(dispersion):
    """Also where the law is all but Poisson."""
    mean = np.array([0.01, 0.8, 12.0, 300.0])
    size = 1 / max(dispersion, 1e-6)
    law = stats.nbinom(size, size / (size + mean))
    for share in (0.1, 0.5, 0.9):
        assert quantile(share, mean, np.full(4, dispersion)).tolist() == law.ppf(share).tolist()
    np.testing.assert_allclose(up_to(np.arange(4), mean, dispersion), law.cdf(np.arange(4)), rtol=1e-7)
    assert up_to(-1, 3.0, dispersion) == 0


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: Watch(busy=-1), "busy"),
        (lambda: Watch(short=0), "short"),
        (lambda: Watch(calibration=0), "calibration"),
        (lambda: quantile(1.0, np.ones(1), np.ones(1)), "share"),
        (lambda: surprise(np.zeros((2, 3, 1000)), DAYS, ALL, [""], Watch()), "counts"),
    ],
)
def test_a_parameter_without_meaning_is_refused_by_name(make, name):
    """The message names the parameter."""
    with pytest.raises(ValueError, match=name):
        make()
