"""Numbers as templates write them: rounded, not cut off."""

from __future__ import annotations

import pytest

from anlan.service.tags import number, percent


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [
        (2.678, 1, "2.7"),
        (7.999, 0, "8"),
        (-0.04, 1, "0.0"),
        (1234567.891, 1, "1,234,567.9"),
        (None, 0, "–"),
        ("", 0, "–"),
    ],
)  # fmt: skip
def test_numbers_are_rounded(value: float | str | None, decimals: int, written: str) -> None:
    """Digits beyond those asked for round the last one."""
    assert number(value, decimals) == written


def test_a_share_just_below_is_rounded() -> None:
    """0.2999… is 30 %, three quarters and a half are 76 %."""
    assert (percent(0.29999999999999993), percent(0.755)) == ("30 %", "76 %")
