"""Near-repeat warnings: drawn from the type's own Knox table, merged per place."""

import numpy as np
import pytest

from anlan.engine.analysis.knox import Knox
from anlan.engine.analysis.repeats import raised, warnings

TODAY = 400


def history(seed=0, number=250):
    """Burglaries of a year of which a third draws another within 60 m and 5 days; thefts that draw none."""
    random = np.random.default_rng(seed)
    x, y = random.uniform(0, 6000, (2, 2 * number))
    day = random.integers(0, 380, 2 * number)
    kind = np.repeat(["burglary", "theft"], number)
    third = number // 3
    x, y = (np.append(part, part[:third] + random.uniform(-40, 40, third)) for part in (x, y))
    day = np.append(day, day[:third] + random.integers(0, 6, third))
    return x, y, day, np.append(kind, kind[:third])


def with_recent(*places):
    """The history and incidents at the places (x, y, day, type)."""
    x, y, day, kind = history()
    more = list(zip(*places, strict=True))
    return tuple(np.append(part, extra) for part, extra in zip((x, y, day, kind), more, strict=True))


def table(p, ratio, observed):
    """A Knox table of three by three bands."""
    observed = np.array(observed)
    ratio = np.array(ratio, float)
    return Knox(
        np.array([100.0, 200.0, 300.0]), np.array([3, 7, 14]), observed, observed / ratio, observed / ratio,
        ratio, np.array(p, float), 99,
    )  # fmt: skip


def test_a_fresh_burglary_warns_of_its_place_and_window():
    """Only the type whose table stands out warns, within its bands, until its window ends."""
    data = with_recent((9000.0, 9000.0, TODAY - 1, "burglary"), (8000.0, 9000.0, TODAY - 1, "theft"))
    (found,) = warnings(*data, today=TODAY)
    assert (found.type, found.x, found.y, found.members) == ("burglary", 9000.0, 9000.0, (len(data[0]) - 2,))
    assert found.radius_m == 100.0
    assert found.until in {TODAY - 1 + 3, TODAY - 1 + 7}
    assert found.ratio > 3


def test_incidents_of_one_place_make_one_warning():
    """Two burglaries 40 m apart merge, a third 500 m off stands alone; the window ends with the latest."""
    data = with_recent(
        (9000.0, 9000.0, TODAY - 2, "burglary"),
        (9040.0, 9000.0, TODAY, "burglary"),
        (9500.0, 9000.0, TODAY - 1, "burglary"),
    )
    found = {warned.x: warned for warned in warnings(*data, today=TODAY)}
    assert set(found) == {9020.0, 9500.0}
    assert found[9020.0].until == found[9500.0].until + 1


def test_an_expired_window_and_the_future_warn_of_nothing():
    """Neither an incident of long ago nor one after today counts."""
    data = with_recent((9000.0, 9000.0, TODAY + 1, "burglary"))
    assert warnings(*data, today=TODAY) == []


def test_a_default_address_warns_of_nothing():
    """A place with more than a hundredth of all incidents is nobody's home."""
    data = with_recent(*[(9000.0, 9000.0, TODAY, "burglary")] * 12)
    assert warnings(*data, today=TODAY) == []


def test_nothing_known_warns_of_nothing():
    """Without incidents there is no warning."""
    none = np.zeros(0)
    assert warnings(none, none, none.astype(int), none.astype(str), today=0) == []


def test_risk_reaches_as_far_as_bands_hold_without_a_gap():
    """Bands count outward and onward from the nearest; a gap ends them."""
    low = [[0.01, 0.01, 0.5], [0.01, 0.5, 0.5], [0.5, 0.01, 0.01]]
    found = raised(table(low, np.full((3, 3), 2.0), np.full((3, 3), 10)))
    assert (found.metres, found.days, found.p) == (200.0, 7, 0.01)
    assert found.ratio == pytest.approx(2.0)


@pytest.mark.parametrize(("p", "ratio", "observed"), [(0.06, 2, 10), (0.01, 1.1, 10), (0.01, 2, 4)])
def test_a_weak_nearest_band_raises_nothing(p, ratio, observed):
    """Neither an insignificant, nor a small, nor a thin excess is a warning."""
    whole = np.ones((3, 3))
    assert raised(table(whole * p, whole * ratio, (whole * observed).astype(int))) is None
