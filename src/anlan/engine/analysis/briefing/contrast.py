"""Two periods side by side: rates per day with data, by category, type, beat and part of the week."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.engine.analysis.briefing.changes import within
from anlan.engine.analysis.comparison import Change, compare_each
from anlan.engine.analysis.exposure import exposed_days
from anlan.engine.analysis.rhythm import Rhythm, rhythm

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from anlan.engine.analysis.briefing.periods import Span
    from anlan.engine.analysis.cube import CountCube

SHIFTS, SHIFT_HOURS = 3, 8


@dataclass(frozen=True)
class Contrast:
    """`first` against `second`; days are those with data.

    `slots`: changes by weekday and shift, keyed "0-2" for Monday 16–24 h, empty without hours; each compares
    rates per weekday with data. `rhythms`: of the first and the second.
    """

    first: Span
    second: Span
    first_days: int
    second_days: int
    total: Change
    categories: list[Change]
    types: list[Change]
    beats: list[Change]
    slots: list[Change]
    rhythms: list[Rhythm]


def contrast(
    days: CountCube,
    hours: tuple[CountCube, CountCube] | None,
    categories: Mapping[str, str],
    spans: tuple[Span, Span],
    beats: Sequence[str] = (),
) -> Contrast:
    """Hold one span against another.

    Args:
        days: beat × day over both spans, all of the county: it tells which days had data.
        hours: beat × hour of each span, None where only days are known.
        categories: type → category.
        spans: the first is held against the second.
        beats: what is looked at; empty for the county.

    Raises:
        ValueError: the cube does not reach over a span, or holds none of the beats.

    """
    cut = [within(days.periods, span) for span in spans]
    for name, span, part in zip(("first", "second"), spans, cut, strict=True):
        if part.stop - part.start != span.days:
            raise ValueError(f"{name}: the cube does not reach over {span.first} to {span.last}")
    exposed = exposed_days(days.dense().sum(axis=0))
    known = [code for code in days.cells.tolist() if not beats or code in set(beats)]
    if not known:
        raise ValueError("beats: none of them is in the cube")
    mine = days.select(cells=known)
    open_days = [int(exposed[part].sum()) for part in cut]

    def changes(keys: Iterable[Any], rows: NDArray[Any]) -> list[Change]:
        now, then = (rows[:, part].sum(axis=1) for part in cut)
        return compare_each([str(key) for key in keys], now, then, open_days[0], open_days[1])

    grouped, dense = mine.regroup_types(categories), mine.dense()
    slots, rhythms = _hours(hours, known, [exposed[part] for part in cut])
    return Contrast(
        first=spans[0], second=spans[1], first_days=open_days[0], second_days=open_days[1],
        total=changes([""], dense.sum(axis=0, keepdims=True))[0],
        categories=changes(grouped.types, grouped.by_type()), types=changes(mine.types, mine.by_type()),
        beats=changes(mine.cells, dense), slots=slots, rhythms=rhythms,
    )  # fmt: skip


def _hours(
    hours: tuple[CountCube, CountCube] | None, beats: list[str], exposed: list[NDArray[np.bool_]]
) -> tuple[list[Change], list[Rhythm]]:
    if hours is None:
        return [], []
    mine = [cube.select(cells=[code for code in cube.cells.tolist() if code in set(beats)]) for cube in hours]
    found = [rhythm(cube, days) for cube, days in zip(mine, exposed, strict=True)]
    counts = [np.array(row.counts).reshape(7, SHIFTS, SHIFT_HOURS).sum(axis=2) for row in found]
    slots = []
    for day in range(7):
        keys = [f"{day}-{shift}" for shift in range(SHIFTS)]
        slots += compare_each(
            keys, counts[0][day], counts[1][day], found[0].weekday_days[day], found[1].weekday_days[day]
        )
    return slots, found
