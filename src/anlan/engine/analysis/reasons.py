"""Why a beat has its colour: the types that rose most in the telling window, and its busiest hours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.engine.analysis.rhythm import busiest_hours

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from anlan.engine.analysis.cube import CountCube

SHOWN, YEAR_DAYS, GUARD_DAYS = 3, 366, 2


@dataclass(frozen=True)
class TypeShare:
    """A type's part in a window: observed and expected."""

    type: str
    observed: int
    expected: float


class Reasons:
    """Answers for all beats from one pass over the cubes per window length.

    Args:
        days: beat × day cube.
        hours: beat × hour cube with the same last day, None where only days are known.
        categories: type → category; a stream is a category, or "" for all.
        exposed: whether each day had data, shape (T,).

    """

    def __init__(
        self,
        days: CountCube,
        hours: CountCube | None,
        categories: Mapping[str, str],
        exposed: NDArray[np.bool_],
    ) -> None:
        self.cubes = days, hours
        self.categories, self.exposed = categories, exposed
        self.row = {str(code): i for i, code in enumerate(days.cells)}
        self._of_window = cache(self._by_window)
        self._of_hours = None if hours is None else cache(partial(self._by_hour, hours))

    def types(self, beat: str, stream: str, window: int) -> list[TypeShare]:
        """Return up to three types of the stream, the greatest excess over last year's level first."""
        observed, expected = (table[self.row[beat]] for table in self._of_window(window))
        codes = self.cubes[0].types
        shares = [
            TypeShare(str(codes[i]), int(observed[i]), float(expected[i]))
            for i in self._in_stream(codes, stream)
        ]
        shares.sort(key=lambda share: share.expected - share.observed)
        return [share for share in shares[:SHOWN] if share.observed]

    def band(self, beat: str, stream: str, window: int) -> tuple[int, int] | None:
        """Return the shortest band that holds half of the stream's incidents in the window."""
        hours = self.cubes[1]
        if hours is None or self._of_hours is None:
            return None
        inside = self._in_stream(hours.types, stream)
        return busiest_hours(self._of_hours(window)[self.row[beat]][inside].sum(axis=0))

    def _in_stream(self, codes: NDArray[Any], stream: str) -> list[int]:
        return [i for i, code in enumerate(codes) if not stream or self.categories.get(str(code)) == stream]

    def _by_window(self, length: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return observed in the last `length` days, expected from the year before; (beats, types) each."""
        days, cut = self.cubes[0], len(self.exposed) - length
        first, end = max(cut - YEAR_DAYS, 0), max(cut - GUARD_DAYS, 0)
        open_year = max(int(self.exposed[first:end].sum()), 1)
        now = _by_type(days, days.period >= cut)
        year = _by_type(days, (days.period >= first) & (days.period < end))
        return now, year / open_year * int(self.exposed[cut:].sum())

    def _by_hour(self, hours: CountCube, length: int) -> NDArray[np.int64]:
        """Return counts of the last `length` days by beat, type and hour of day."""
        row = np.array([self.row.get(str(code), -1) for code in hours.cells], np.int64)[hours.cell]
        kept = (hours.period >= len(hours.periods) - 24 * length) & (row >= 0)
        shape = (len(self.row), len(hours.types), 24)
        at = np.ravel_multi_index((row[kept], hours.type[kept], hours.period[kept] % 24), shape)
        found = np.bincount(at, hours.count[kept], int(np.prod(shape)))
        return found.astype(np.int64).reshape(shape)


def _by_type(cube: CountCube, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
    size = len(cube.cells) * len(cube.types)
    at = cube.cell[chosen].astype(np.int64) * len(cube.types) + cube.type[chosen]
    found = np.bincount(at, cube.count[chosen], size).astype(np.int64)
    return found.reshape(len(cube.cells), len(cube.types))
