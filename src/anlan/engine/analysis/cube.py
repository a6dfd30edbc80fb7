"""The count cube: cell × period × type, the one exchange format between the warehouse and the engine.

Counts are kept sparse (one entry per non-empty triple), because a county's grids × hours × types are
mostly zero. Zero and "no data" are different things: a cube says how often something was recorded;
whether anything could have been recorded on a day is `exposure`'s question.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import ArrayLike, NDArray

Step = Literal["hour", "shift", "day"]
STEP_HOURS: dict[str, int] = {"hour": 1, "shift": 8, "day": 24}


def periods_between(start: date | np.datetime64, end: date | np.datetime64, step: Step) -> NDArray[Any]:
    """Return the local starts, datetime64[s], of all periods from `start` (included) to `end` (excluded)."""
    first, last = (np.datetime64(moment, "D").astype("datetime64[s]") for moment in (start, end))
    return np.arange(first, last, np.timedelta64(STEP_HOURS[step], "h").astype("timedelta64[s]"))


@dataclass(frozen=True)
class CountCube:
    """Counts by cell, period and type, sparse.

    Attributes:
        cells: codes of grids or beats, unique, shape (C,).
        periods: local start of each period, datetime64[s], rising by one step, shape (P,).
        types: taxonomy codes, unique, shape (T,).
        step: "hour", "shift" (00–08, 08–16, 16–24) or "day".
        cell, period, type: int32 indices into the three axes, shape (N,).
        count: int32, at least 1, shape (N,).

    Raises:
        ValueError: an axis repeats, lengths differ, or an index points outside its axis.

    """

    cells: NDArray[Any]
    periods: NDArray[Any]
    types: NDArray[Any]
    step: Step
    cell: NDArray[np.int32]
    period: NDArray[np.int32]
    type: NDArray[np.int32]
    count: NDArray[np.int32]

    def __post_init__(self) -> None:
        """Check axes and coordinates."""
        if self.step not in get_args(Step):
            raise ValueError(f"step {self.step!r}: expected hour, shift or day")
        for name in ("cells", "periods", "types"):
            axis = getattr(self, name)
            if len(np.unique(axis)) != len(axis):
                raise ValueError(f"{name}: an entry occurs twice")
        for name, axis_name in (("cell", "cells"), ("period", "periods"), ("type", "types")):
            index, size = getattr(self, name), len(getattr(self, axis_name))
            if len(index) != len(self.count):
                raise ValueError(f"{name}: {len(index)} entries, but count has {len(self.count)}")
            if len(index) and (index.min() < 0 or index.max() >= size):
                raise ValueError(f"{name}: index outside the {size} {axis_name}")
        if len(self.count) and self.count.min() < 0:
            raise ValueError("count: negative")

    @classmethod
    def from_table(  # noqa: PLR0913 three coordinates, three axes
        cls,
        *,
        cell: ArrayLike,
        start: ArrayLike,
        type: ArrayLike,  # noqa: A002 the axis is called type
        count: ArrayLike | None = None,
        step: Step,
        first: date | np.datetime64,
        end: date | np.datetime64,
        cells: Sequence[str] | NDArray[Any] | None = None,
        types: Sequence[str] | NDArray[Any] | None = None,
    ) -> CountCube:
        """Build a cube from rows (cell code, local moment, type code, count); equal triples are added up.

        `start` may be any local moment; it falls into its period. Rows outside [first, end), or of a cell or
        type that is not on the given axis, are left out. Axes not given hold the codes that occur, sorted.
        """
        cell_codes, type_codes = np.asarray(cell, dtype=str), np.asarray(type, dtype=str)
        moments = np.asarray(start, dtype="datetime64[s]")
        counts = np.ones(len(cell_codes), np.int64) if count is None else np.asarray(count, np.int64)
        periods = periods_between(first, end, step)
        cell_axis, cell_index = _axis(cell_codes, cells)
        type_axis, type_index = _axis(type_codes, types)
        period_index = _period_index(moments, periods, step)
        kept = (cell_index >= 0) & (type_index >= 0) & (period_index >= 0)
        parts = _add_up(
            (cell_index[kept], period_index[kept], type_index[kept]),
            counts[kept],
            (len(cell_axis), len(periods), len(type_axis)),
        )
        return cls(cell_axis, periods, type_axis, step, *parts)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Numbers of cells, periods, types."""
        return len(self.cells), len(self.periods), len(self.types)

    @property
    def days(self) -> NDArray[Any]:
        """The local days covered, datetime64[D]."""
        return np.unique(self.periods.astype("datetime64[D]"))

    @property
    def total(self) -> int:
        """All incidents in the cube."""
        return int(self.count.sum())

    def dense(self, types: Sequence[str] | None = None) -> NDArray[np.int32]:
        """Return counts as int32 of shape (cells, periods), summed over the given types (default all)."""
        kept = self._of_types(types)
        size = len(self.cells) * len(self.periods)
        flat = self.cell[kept].astype(np.int64) * len(self.periods) + self.period[kept]
        summed = np.bincount(flat, weights=self.count[kept], minlength=size)
        return summed.astype(np.int32).reshape(len(self.cells), len(self.periods))

    def by_type(self) -> NDArray[np.int32]:
        """Return counts as int32 of shape (types, periods), summed over cells."""
        size = len(self.types) * len(self.periods)
        flat = self.type.astype(np.int64) * len(self.periods) + self.period
        summed = np.bincount(flat, weights=self.count, minlength=size)
        return summed.astype(np.int32).reshape(len(self.types), len(self.periods))

    def select(
        self,
        *,
        start: date | np.datetime64 | None = None,
        end: date | np.datetime64 | None = None,
        cells: Sequence[str] | None = None,
        types: Sequence[str] | None = None,
    ) -> CountCube:
        """Return the part from `start` (included) to `end` (excluded); cells and types in the order given."""
        keep_period = np.ones(len(self.periods), bool)
        if start is not None:
            keep_period &= self.periods >= np.datetime64(start, "D").astype("datetime64[s]")
        if end is not None:
            keep_period &= self.periods < np.datetime64(end, "D").astype("datetime64[s]")
        new_cells = self.cells if cells is None else np.asarray(cells, dtype=str)
        new_types = self.types if types is None else np.asarray(types, dtype=str)
        cell = _reindex(self.cells, new_cells)[self.cell]
        kind = _reindex(self.types, new_types)[self.type]
        period = np.where(keep_period, np.cumsum(keep_period) - 1, -1).astype(np.int32)[self.period]
        kept = (cell >= 0) & (kind >= 0) & (period >= 0)
        return CountCube(
            new_cells, self.periods[keep_period], new_types, self.step,
            cell[kept], period[kept], kind[kept], self.count[kept],
        )  # fmt: skip

    def regroup(self, mapping: Mapping[str, str]) -> CountCube:
        """Return the cube with cells merged by `mapping` (grid → beat); unmapped cells are left out."""
        return self._merged("cells", mapping)

    def regroup_types(self, mapping: Mapping[str, str]) -> CountCube:
        """Return the cube with types merged by `mapping` (type → category); unmapped types are left out."""
        return self._merged("types", mapping)

    def coarsen(self, step: Step) -> CountCube:
        """Return the cube in a longer step.

        Raises:
            ValueError: the step is shorter than the cube's own.

        """
        if STEP_HOURS[step] < STEP_HOURS[self.step]:
            raise ValueError(f"step {step!r}: finer than the cube's {self.step!r}")
        if step == self.step or not len(self.periods):
            return self
        days = self.periods.astype("datetime64[D]")
        periods = periods_between(days[0], days[-1] + np.timedelta64(1, "D"), step)
        period = _period_index(self.periods, periods, step)[self.period]
        shape = (len(self.cells), len(periods), len(self.types))
        parts = _add_up((self.cell, period, self.type), self.count, shape)
        return CountCube(self.cells, periods, self.types, step, *parts)

    def _merged(self, axis: Literal["cells", "types"], mapping: Mapping[str, str]) -> CountCube:
        groups = np.array([mapping.get(str(code), "") for code in getattr(self, axis)], dtype=str)
        names = np.unique(groups[groups != ""])
        target = np.where(groups == "", -1, np.searchsorted(names, groups)).astype(np.int32)
        cells, types = (names, self.types) if axis == "cells" else (self.cells, names)
        cell = target[self.cell] if axis == "cells" else self.cell
        kind = target[self.type] if axis == "types" else self.type
        kept = (cell >= 0) & (kind >= 0)
        shape = (len(cells), len(self.periods), len(types))
        parts = _add_up((cell[kept], self.period[kept], kind[kept]), self.count[kept], shape)
        return CountCube(cells, self.periods, types, self.step, *parts)

    def _of_types(self, types: Sequence[str] | None) -> Any:
        if types is None:
            return slice(None)
        return np.isin(self.types, np.asarray(types, dtype=str))[self.type]


def _axis(codes: NDArray[Any], given: Any) -> tuple[NDArray[Any], NDArray[np.int32]]:
    """Return an axis and each row's index on it, −1 where the code is not on a given axis."""
    names, inverse = np.unique(codes, return_inverse=True)
    if given is None:
        return names, inverse.astype(np.int32)
    axis = np.asarray(given, dtype=str)
    if not len(names):
        return axis, np.zeros(0, np.int32)
    return axis, _reindex(names, axis)[inverse]


def _reindex(old: NDArray[Any], new: NDArray[Any]) -> NDArray[np.int32]:
    """Return for each old code its index on the new axis, −1 where absent."""
    place = {str(code): index for index, code in enumerate(new)}
    return np.array([place.get(str(code), -1) for code in old], dtype=np.int32)


def _period_index(moments: NDArray[Any], periods: NDArray[Any], step: Step) -> NDArray[np.int32]:
    """Return the index of the period that each moment falls in, −1 outside."""
    if not len(periods):
        return np.full(len(moments), -1, np.int32)
    seconds = (moments - periods[0]).astype(np.int64)
    index = seconds // (STEP_HOURS[step] * 3600)
    return np.where((index >= 0) & (index < len(periods)), index, -1).astype(np.int32)


def _add_up(
    index: tuple[NDArray[Any], NDArray[Any], NDArray[Any]], count: NDArray[Any], shape: tuple[int, int, int]
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Merge equal triples; returns cell, period, type, count in sorted order."""
    if not len(count):
        empty = np.zeros(0, np.int32)
        return empty, empty, empty, empty
    flat = np.ravel_multi_index(tuple(part.astype(np.int64) for part in index), shape)
    unique, inverse = np.unique(flat, return_inverse=True)
    summed = np.bincount(inverse, weights=count).astype(np.int32)
    cell, period, kind = (part.astype(np.int32) for part in np.unravel_index(unique, shape))
    return cell, period, kind, summed
