"""Rolling origins never peek, skip what was not recorded, and add up."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from anlan.engine.analysis.evaluation import by_type, hits, rolling_origins
from anlan.engine.analysis.forecast.candidates import FourYears, Kde, LastYear
from anlan.engine.analysis.forecast.history import CellHistory

FIRST = np.datetime64("2024-01-01")
DAY = np.timedelta64(1, "D")


def small(seed=0, days=200):
    """Return a history of some 100 cells with a few busy ones."""
    rng = np.random.default_rng(seed)
    busy = rng.gamma(0.5, 500, (2, 1500)) + 100
    when = FIRST + rng.integers(0, days, 1500) * DAY
    return CellHistory.from_points(
        busy[0], busy[1], when, first=FIRST, end=FIRST + days * DAY, exposed=np.ones(days, bool)
    )


def mondays(number=6, start=140):
    """Return first days of windows in the later part of `small`."""
    return FIRST + (start + 7 * np.arange(number)) * DAY


@dataclass(frozen=True)
class Spy:
    """A candidate that remembers what it was shown."""

    seen: list
    name: str = "spy"

    def fit(self, history):
        """Note the last day and give a flat forecast."""
        self.seen.append((history.days[-1], history.counts.shape[1], len(history.exposed)))
        return self

    def expected(self, horizon):
        """Return ones."""
        return np.ones((CELLS, horizon))


CELLS = len(small().x)


def test_poisoning_the_future_changes_no_forecast():
    """Whatever is written into days from an origin on, that origin's forecast stays the same to the bit."""
    history, origins = small(), mondays()
    candidates = [LastYear(), FourYears(), Kde()]
    clean = rolling_origins(history, candidates, origins, 7)
    for number, origin in enumerate(origins):
        counts = history.counts.copy()
        counts[:, int((origin - FIRST).astype(int)) :] = 99
        poisoned = rolling_origins(replace(history, counts=counts), candidates, [origin], 7)
        assert (poisoned.expected[:, 0] == clean.expected[:, number]).all()


def test_a_candidate_is_shown_only_the_days_before():
    """Each fit sees a history that ends the day before its origin."""
    seen = []
    rolling_origins(small(), [Spy(seen)], mondays(), 7)
    assert [last + DAY for last, *_ in seen] == list(mondays())
    assert [(number, exposed) for _, number, exposed in seen] == [(140 + 7 * i,) * 2 for i in range(6)]


def test_windows_that_were_not_recorded_are_skipped():
    """A window with one closed day, one beyond the end, and one without a past are left out and counted."""
    history = small()
    exposed = history.exposed.copy()
    exposed[150] = False
    origins = [FIRST, *mondays(), FIRST + 198 * DAY]
    found = rolling_origins(replace(history, exposed=exposed), [LastYear()], origins, 7)
    assert found.origins.tolist() == [day for day in mondays().tolist() if day != (FIRST + 147 * DAY).item()]
    assert found.skipped == 3


def test_sums_over_windows_are_the_scores():
    """Hit rate, PAI, PEI, bits and totals of many windows are ratios of sums."""
    history = small()
    found = rolling_origins(history, [LastYear()], mondays(), 7, shares=(0.05, 0.2))
    came = np.stack([history.counts[:, at : at + 7].sum(axis=1) for at in 140 + 7 * np.arange(6)])
    caught = sum(hits(e, o, 0.05)[0] for e, o in zip(found.expected[0], came, strict=True))
    best = sum(hits(o, o, 0.05)[0] for o in came)
    assert found.hit_rate("last year")[0] == pytest.approx(caught / came.sum())
    assert found.pai("last year")[0] == pytest.approx(caught / came.sum() / 0.05)
    assert found.pei("last year")[0] == pytest.approx(caught / best)
    assert found.totals_ratio("last year") == pytest.approx(found.expected.sum() / came.sum(), rel=1e-6)
    assert found.pit("last year").sum() == pytest.approx(1)


def test_parts_of_the_area_add_up_to_the_whole():
    """Incidents, forecast and hits by group of cells sum to those of all, ties included."""
    found = rolling_origins(small(), [LastYear()], mondays(), 7, shares=(0.07,))
    groups = found.by_area("last year", np.arange(CELLS) % 3)
    assert sum(one.observed for one in groups.values()) == pytest.approx(found.events.sum())
    assert sum(one.hits for one in groups.values()) == pytest.approx(found.hits.sum())
    assert list(found.by_area("last year", np.where(np.arange(CELLS) < 9, 4, -1))) == [4]


def test_a_forecast_does_not_differ_from_itself():
    """Its difference to another of the same scores is nothing, with nothing around it."""
    found = rolling_origins(small(), [LastYear(), FourYears()], mondays(10, 120), 7)
    over = found.hits_over("last year", "four years")
    assert (over.value, over.low, over.high) == (0, 0, 0)
    assert found.bits_over("four years", "last year").value == 0


def test_each_type_is_scored_on_its_own_record():
    """One protocol, many types."""
    found = by_type({"a": small(), "b": small(1)}, [LastYear()], mondays(), 7)
    assert found["a"].events.sum() == small().counts[:, 140:182].sum()
    assert set(found) == {"a", "b"}


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (([LastYear(), LastYear()], mondays(), 7), "candidates"),
        (([LastYear()], mondays(), 0), "horizon"),
        (([LastYear()], [FIRST], 7), "origins"),
    ],
)
def test_what_has_no_meaning_is_refused(arguments, named):
    """The message names the parameter."""
    with pytest.raises(ValueError, match=named):
        rolling_origins(small(), *arguments)
