"""Shares of calls that kept a time."""

from __future__ import annotations

import pytest

from anlan.engine.dispatch.clocks import measure


def test_share_and_wilson_interval() -> None:
    """81 of 263: 0.308 with 0.2553 to 0.3662, as in Newcombe 1998 (Stat. Med. 17, table I)."""
    met = measure([1.0] * 81 + [9.0] * 182, 5, 0.9)
    assert (met.known, met.within) == (263, 81)
    assert met.share == pytest.approx(0.308, abs=5e-4)
    assert (met.low, met.high) == (pytest.approx(0.2553, abs=5e-4), pytest.approx(0.3662, abs=5e-4))
    assert met.verdict == "not_met"


def test_missing_moments_count_neither_way() -> None:
    """A call without a moment is named as not checked and does not move the share."""
    met = measure([1.0, None, None], 5, 0.9)
    assert (met.known, met.missing, met.share) == (1, 2, 1.0)


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [
        ([], "unknown"),
        ([None], "unknown"),
        ([1.0] * 10, "uncertain"),
        ([1.0] * 400, "met"),
        ([9.0] * 5, "not_met"),
    ],
)
def test_verdicts(seconds: list[float | None], verdict: str) -> None:
    """Nothing known is unknown; an interval across the need is uncertain."""
    assert measure(seconds, 5, 0.9).verdict == verdict
