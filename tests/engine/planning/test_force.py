"""Force per colour."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.engine.planning.force import COLOURS, apportion, force_per_colour


def test_default_levels() -> None:
    """A red beat sends four fifths on patrol, green one fifth; unknown counts as yellow."""
    colours = [*COLOURS, "unknown"]
    force = force_per_colour(list("abcde"), colours, [10] * 5)
    assert [beat.on_patrol for beat in force] == [8, 6, 4, 2, 4]
    assert [beat.reserve for beat in force] == [2, 4, 6, 8, 6]


@given(st.lists(st.tuples(st.sampled_from([*COLOURS, "unknown"]), st.integers(0, 60)), max_size=40))
def test_people_add_up(beats: list[tuple[str, int]]) -> None:
    """The sum is the rounded sum of shares, nobody is halved, no beat is off its share by a whole person."""
    colours, strengths = [colour for colour, _ in beats], [people for _, people in beats]
    force = force_per_colour([str(row) for row in range(len(beats))], colours, strengths)
    exact = [Fraction(beat.share).limit_denominator(100) * beat.strength for beat in force]
    assert sum(beat.on_patrol for beat in force) == round(sum(exact))
    assert all(abs(beat.on_patrol - quota) < 1 for beat, quota in zip(force, exact, strict=True))
    assert all(0 <= beat.on_patrol <= beat.strength for beat in force)


def test_largest_remainder() -> None:
    """The largest fractions are rounded up, the first of equals."""
    assert apportion([1.5, 2.25, 1.25], 5).tolist() == [2, 2, 1]
    assert apportion([Fraction(1, 3)] * 3, 1).tolist() == [1, 0, 0]


def test_a_total_that_rounding_cannot_explain_is_refused() -> None:
    """Apportioning cannot invent people."""
    with pytest.raises(ValueError, match="total 9"):
        apportion([1.0, 2.0], 9)


@pytest.mark.parametrize(
    ("colours", "strengths", "levels", "message"),
    [
        (["blue"], [1], None, "blue"),
        (["red"], [-1], None, "beat A"),
        (["red", "red"], [1], None, "lengths"),
        (["red"], [1], {"red": 1.5}, "level of red"),
    ],
)
def test_wrong_input_is_named(
    colours: list[str], strengths: list[int], levels: dict[str, float] | None, message: str
) -> None:
    """Each refusal names what is wrong."""
    extra = {} if levels is None else {"levels": levels}
    with pytest.raises(ValueError, match=message):
        force_per_colour(["A"], colours, strengths, **extra)
