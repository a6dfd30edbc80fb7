"""Waits and responses of a beat, against sampling."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engine.planning.staffing.cases import CURVE

from anlan.engine.planning.staffing import (
    service,
)


@pytest.mark.parametrize(("units", "away"), [(2, 0.0), (4, 0.0), (4, 0.25)])
def test_service_agrees_with_sampling(units: int, away: float) -> None:
    """P(late), mean response and P(wait) of urgent calls, drawn state by state."""
    rates, service_s, limit = (0.6, 1.2), (2400.0, 1800.0), 500.0
    found = service(units, rates, service_s, CURVE, limit, away)
    random = np.random.default_rng(3)
    mean_s = np.dot(rates, service_s) / sum(rates)
    load = sum(rates) * mean_s / 3600
    own = away * units / (units * (1 - away) - load)
    chance = np.cumprod([1.0] + [(load + own * (units - i)) / (i + 1) for i in range(units)])
    chance[-1] /= 1 - load / units
    busy = random.choice(units + 1, 300_000, p=chance / chance.sum())
    waits = np.where(busy == units, random.exponential(1 / (units / mean_s - rates[0] / 3600), len(busy)), 0)
    mean = CURVE.mean(np.maximum(units - busy, 1))
    ride = mean * np.sqrt(4 / np.pi * random.exponential(1, len(busy)))
    assert found.wait_chance == pytest.approx(np.mean(busy == units), abs=0.004)
    assert found.late == pytest.approx(np.mean(waits + ride > limit), abs=0.004)
    if not away and units > 2:
        urgent = waits * units / mean_s / (units / mean_s)
        assert found.waits_s[0] == pytest.approx(urgent.mean(), rel=0.05)


def test_too_few_units_are_infinitely_late() -> None:
    """No number is made up where the queue would grow without end."""
    found = service(1, (3.0,), (3600.0,), CURVE, 600.0)
    assert found.response_s == np.inf
    assert found.late == 1
