"""The work of a beat at a quantile of its demand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.engine.planning.staffing.cases import some_work

from anlan.engine.planning.staffing import (
    Dispersion,
    Quantiles,
)


def test_demand_at_a_quantile() -> None:
    """Poisson counts have a sure rate; overdispersed ones widen both ways; given quantiles are kept."""
    work = some_work()
    assert replace(work, spread=Dispersion()).rates(0.9) == pytest.approx(work.rates())
    assert (work.rates(0.9) > work.rates()).all()
    assert (work.rates(0.1) < work.rates()).all()
    total = work.calls.sum(axis=0)
    given = replace(work, spread=Quantiles((0.1, 0.5, 0.9), np.stack((0.5 * total, total, 2 * total))))
    assert given.rates(0.9) == pytest.approx(2 * work.rates())
    assert given.rates(0.7) == pytest.approx(1.5 * work.rates())
    assert replace(work, units=(2.0, 1.0)).rates()[0] == pytest.approx(2 * work.rates()[0])
