"""EARS and Farrington say what R's `surveillance` says (fixtures with their script are beside)."""

import csv
from pathlib import Path

import numpy as np
import pytest

from anlan.engine.analysis.surveillance import Flexible, ears, farrington, farrington_flexible
from anlan.engine.analysis.surveillance.farrington import How

FIXTURES = Path(__file__).parent.parent / "fixtures/surveillance"
CASES = {
    "default": {},
    "log_free": {"power": "none", "alpha": 0.01},
    "root": {"power": "1/2", "alpha": 0.01, "years": 3, "half_width": 2},
    "unweighted": {"reweight": False},
    "no_trend": {"trend": False, "least": (0, 4)},
    "two_years": {"years": 2, "half_width": 5, "alpha": 0.001},
}
FLEXIBLE = {
    "improved": {},
    "muan": {"bound": "muan", "weights_above": 2.58},
    "delta": {"bound": "delta", "blocks": 1, "left_out": 3, "trend_p": 0.05},
}


def rows(name):
    """Return a fixture as columns of floats or names, empty cells NaN."""
    with (FIXTURES / name).open() as file:
        found = list(csv.DictReader(file))
    return {key: np.array([_value(row[key]) for row in found]) for key in found[0]}


def _value(text):
    try:
        return float(text or "nan")
    except ValueError:
        return np.nan if text.strip() == "NA" else text


def of(table, **chosen):
    """Return the rows where the named columns have these values."""
    kept = np.all([table[key] == value for key, value in chosen.items()], axis=0)
    return {key: column[kept] for key, column in table.items()}


@pytest.mark.parametrize("series", ["sparse", "busy"])
@pytest.mark.parametrize("sigma", [0.0, 0.5])
@pytest.mark.parametrize("method", ["C1", "C2", "C3"])
def test_ears_is_rs(method, sigma, series):
    """Upper bounds and alarms equal earsC's, whatever the least deviation."""
    known = of(rows("ears.csv"), method=method, sigma=sigma, series=series)
    found = ears(rows("daily.csv")[series], method, least_sigma=sigma, alpha=0.01)
    time = known["time"].astype(int) - 1
    assert np.isnan(found.upper[: time[0]]).all()
    np.testing.assert_allclose(found.upper[time], known["upper"], atol=1e-9)
    assert found.alarm[time].tolist() == (known["alarm"] == 1).tolist()


@pytest.mark.parametrize("series", ["agona", "rising", "bursts"])
@pytest.mark.parametrize("case", CASES)
def test_farrington_is_rs(case, series):
    """Bounds, tails, alarms and the kept trends equal algo.farrington's within 1e-6."""
    known = of(rows("farrington.csv"), case=case, series=series)
    time = known["time"].astype(int) - 1
    how = How(**{"years": 4, **CASES[case]})
    found = farrington(rows("weekly.csv")[series], how, start=time[0])
    few = known["upper"] == 0
    assert np.isnan(found.upper[time][few]).all()
    np.testing.assert_allclose(found.upper[time][~few], known["upper"][~few], rtol=1e-6)
    np.testing.assert_allclose(found.p[time], known["p"], atol=1e-6)
    assert found.alarm[time].tolist() == (known["alarm"] == 1).tolist()
    assert found.trend[time].tolist() == (known["trend"] == 1).tolist()


@pytest.mark.parametrize("series", ["agona", "rising", "bursts"])
@pytest.mark.parametrize("case", FLEXIBLE)
def test_flexible_farrington_is_rs(case, series):
    """Bounds, tails, means and dispersions equal farringtonFlexible's within 1e-6."""
    known = of(rows("flexible.csv"), case=case, series=series)
    time = known["time"].astype(int) - 1
    found = farrington_flexible(
        rows("weekly.csv")[series], Flexible(years=4, alpha=0.01, **FLEXIBLE[case]), start=time[0]
    )
    for name, values in {"upper": found.upper, "p": found.p, "phi": found.dispersion}.items():
        np.testing.assert_allclose(values[time], known[name], rtol=1e-6, atol=1e-6, err_msg=name)
    assert found.trend[time].tolist() == (known["trend"] == 1).tolist()
    assert found.alarm[time].tolist() == (known["alarm"] == 1).tolist()


def test_the_fixtures_ring():
    """The made series do raise alarms: the comparison is not of silence with silence."""
    assert (rows("farrington.csv")["alarm"] == 1).sum() > 20
    assert (rows("flexible.csv")["alarm"] == 1).sum() > 5


def test_a_silent_past_is_never_an_alarm_of_farrington():
    """Without events the model has a mean of about 0 and too few events for an alarm."""
    found = farrington(np.zeros(300), How(years=4))
    assert not found.alarm.any()
    assert np.isnan(found.upper).all()


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: ears([1, 2], "C4"), "method"),
        (lambda: ears([1, 2], baseline=2), "baseline"),
        (lambda: ears([1, 2], least_sigma=-1), "least_sigma"),
        (lambda: ears([1, 2], alpha=1.0), "alpha"),
        (lambda: How(years=0), "years"),
        (lambda: How(half_width=26), "half_width"),
        (lambda: How(alpha=0), "alpha"),
        (lambda: How(power="log"), "power"),
        (lambda: How(least=(5, 0)), "least"),
        (lambda: Flexible(blocks=50), "blocks"),
        (lambda: Flexible(left_out=1), "left_out"),
        (lambda: Flexible(bound="normal"), "bound"),
        (lambda: farrington(np.zeros((2, 3))), "counts"),
        (lambda: farrington([-1]), "counts"),
        (lambda: farrington(np.zeros(300), start=3), "start"),
        (lambda: farrington_flexible(np.zeros(300), start=3), "start"),
    ],
)
def test_a_parameter_without_meaning_is_refused_by_name(make, name):
    """The message names the parameter."""
    with pytest.raises(ValueError, match=name):
        make()
