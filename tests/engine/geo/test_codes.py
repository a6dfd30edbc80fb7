"""Division codes: normal form, level, prefix, parent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.engine.geo import codes

TWO = st.integers(1, 99).map(lambda n: f"{n:02}")
THREE = st.integers(1, 999).map(lambda n: f"{n:03}")
FULL = st.tuples(TWO, TWO, TWO, THREE, THREE).map("".join)


@given(FULL, st.sampled_from(codes.LENGTHS))
def test_a_prefix_and_its_normal_form_are_inverse(code: str, length: int) -> None:
    """Cutting the empty levels off a code and filling them up again changes nothing."""
    assert codes.prefix(codes.normalise(code[:length])) == code[:length]


@given(FULL, st.sampled_from(codes.LENGTHS[1:]))
def test_every_area_lies_in_its_parent(code: str, length: int) -> None:
    """An area is within its parent and one level below it."""
    area = codes.normalise(code[:length])
    parent = codes.parent(area)
    assert parent is not None
    assert codes.within(area, parent)
    assert codes.LENGTHS.index(codes.level(area)) == codes.LENGTHS.index(codes.level(parent)) + 1


@given(FULL, FULL)
def test_within_is_true_both_ways_only_for_the_same_area(one: str, other: str) -> None:
    """Two areas that lie in each other are one."""
    if codes.within(one, other) and codes.within(other, one):
        assert one == other


@pytest.mark.parametrize("code", ["", "5", "50011", "5001170010001", "5001a7", "五00117", None])
def test_a_malformed_code_is_refused(code: str) -> None:
    """Anything but 2, 4, 6, 9 or 12 digits is an error that names the code."""
    with pytest.raises(ValueError, match="expected 2, 4, 6, 9 or 12 digits"):
        codes.normalise(code)


def test_a_grid_code_lies_in_its_area() -> None:
    """The serial at the end does not matter."""
    assert codes.within("5001170010000007", "500117001000")


def test_a_province_has_no_parent() -> None:
    """The hierarchy ends there."""
    assert codes.parent("500000000000") is None
