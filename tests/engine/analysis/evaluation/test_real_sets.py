"""The protocol on San Francisco's public record gives the hit rate that an independent prototype found."""

import numpy as np
import pytest

from anlan.engine.analysis.evaluation import rolling_origins
from anlan.engine.analysis.forecast.candidates import LastYear

pytestmark = pytest.mark.realdata


def test_a_year_of_counts_catches_what_it_was_found_to_catch(shared_data):
    """Burglary, 200 m, 7 days: 12-month counts with neighbours have 11.04 % at 1 % (found beforehand)."""
    from bench.sets import san_francisco

    assert shared_data.is_dir()
    data = san_francisco("BURGLARY", "burglary")
    weeks = data.weeks(52)
    iso = {day.item().isocalendar().week % 2 for day in weeks}
    found = rolling_origins(data.history(weeks[0]), [LastYear()], weeks, 7)
    assert iso == {0}
    assert found.skipped == 0
    assert found.hit_rate("last year")[0] == pytest.approx(0.1104, rel=0.03)
    assert np.all(np.diff(found.origins) >= np.timedelta64(14, "D"))
