"""Wilson's interval of a share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from anlan.engine.proportion import wilson

COUNTS = st.integers(1, 5000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


@given(COUNTS, st.floats(0.5, 0.999))
def test_equals_scipys(counts: tuple[int, int], confidence: float) -> None:
    """SciPy's own interval is the oracle."""
    found = stats.binomtest(*counts).proportion_ci(confidence, method="wilson")
    assert wilson(*counts, confidence) == pytest.approx((found.low, found.high), abs=1e-9)


@pytest.mark.parametrize("counts", [(-1, 3), (4, 3), (0, 0)])
def test_no_share_is_refused(counts: tuple[int, int]) -> None:
    """Counts that make no share are named."""
    with pytest.raises(ValueError, match="is no share"):
        wilson(*counts)


def test_a_confidence_beyond_one_is_refused() -> None:
    """Confidence lies between 0 and 1."""
    with pytest.raises(ValueError, match="confidence"):
        wilson(1, 2, 1.0)
