"""Force per colour."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.engine.planning.force import COLOURS, Cells, Group, apportion, force_per_colour, strengths


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


CELLS = Cells(["1101", "1101", "1102", "1102"], ["A", "B", "B", ""], np.array([3.0, 1.0, 4.0, 9.0]))


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        (Group(8, "1101"), [6, 2]),
        (Group(8, "1102"), [0, 8]),
        (Group(8, "11"), [3, 5]),
        (Group(8, "12"), [3, 5]),
        (Group(8, "1102", "A"), [8, 0]),
        (Group(8, "1101", "gone"), [6, 2]),
    ],
)
def test_people_go_to_the_beats_of_their_area(group: Group, expected: list[int]) -> None:
    """By expected incidents within the area; a beat of their own comes first, an unknown area is all."""
    assert strengths([group], CELLS, ["A", "B"]).tolist() == expected


def test_where_nothing_is_expected_cells_count() -> None:
    """An area without expected incidents still staffs its beats."""
    quiet = Cells(["1", "1", "1"], ["A", "B", "B"], np.zeros(3))
    assert strengths([Group(6, "1")], quiet, ["A", "B"]).tolist() == [2, 4]
    assert strengths([], quiet, ["A", "B"]).tolist() == [0, 0]
    with pytest.raises(ValueError, match="total 6"):
        strengths([Group(6, "1")], quiet, [])


@given(
    st.lists(st.tuples(st.integers(0, 90), st.sampled_from(["1", "11", "12", "2", "3"])), max_size=30),
    st.lists(
        st.tuples(st.sampled_from(["11", "12", "21"]), st.sampled_from("ABC"), st.floats(0, 50)), max_size=20
    ),
)
def test_nobody_is_lost_or_invented(
    teams: list[tuple[int, str]], cells: list[tuple[str, str, float]]
) -> None:
    """The beats' strengths add up to all people, whatever the areas and the demand."""
    areas, beats, weight = zip(*cells, strict=True) if cells else ((), (), ())
    made = strengths([Group(*team) for team in teams], Cells(areas, beats, np.array(weight)), list("ABC"))
    assert made.sum() == sum(people for people, _ in teams)
    assert (made >= 0).all()
