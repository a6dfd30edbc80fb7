"""Slots of several visits keep their gap, whenever within them the visits begin."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from anlan.engine.planning.routes.slots import cut, most_visits, recut

cuts = st.lists(st.integers(0, 500), min_size=2, max_size=6, unique=True).map(sorted)
windows_of = cuts.map(lambda at: tuple(zip(at[::2], at[1::2], strict=False)))


def keeps(slots: list, windows: tuple, apart: int) -> None:
    """Slots lie within the windows, and one's last moment is `apart` before the next one's first."""
    assert all(slots)
    for slot in slots:
        assert all(any(early <= a <= b <= late for early, late in windows) for a, b in slot)
    assert all(after[0][0] - before[-1][1] >= apart for before, after in pairwise(slots))


@given(windows_of, st.integers(1, 200), st.integers(1, 6))
def test_cut_slots_are_apart_and_as_many_as_fit(windows: tuple, apart: int, visits: int) -> None:
    """As many as begins one after another, each as soon as it may be, would be."""
    begins, when = 0, windows[0][0]
    while begins < visits and any(late >= when for _, late in windows):
        when = next(max(early, when) for early, late in windows if late >= when) + apart
        begins += 1
    slots = cut(windows, apart, visits)
    keeps(slots, windows, apart)
    assert len(slots) == most_visits(windows, apart, visits) == begins


@given(windows_of, st.integers(1, 200), st.integers(1, 6), st.data())
def test_recut_slots_hold_the_visits_of_a_plan(
    windows: tuple, apart: int, visits: int, data: st.DataObject
) -> None:
    """Each begin in the slot that is named for it; further visits in between."""
    chosen = [data.draw(st.integers(a, b)) for slot in cut(windows, apart, visits) for a, b in slot[:1]]
    slots, held = recut(windows, apart, visits, chosen)
    keeps(slots, windows, apart)
    assert len(chosen) <= len(slots) <= visits
    assert all(any(a <= begin <= b for a, b in slots[row]) for begin, row in zip(chosen, held, strict=True))
