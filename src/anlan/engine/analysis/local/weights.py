"""Who is next to whom: binary neighbour lists in compressed sparse rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The neighbours of n cells; those of cell i are `indices[indptr[i]:indptr[i + 1]]`, never i itself.

    Attributes:
        indptr: int64, shape (n + 1,), rising from 0.
        indices: int32 cells, shape (indptr[-1],), rising within a row.

    Raises:
        ValueError: the rows are no valid lists of other cells, or a cell is listed twice.

    """

    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]

    def __post_init__(self) -> None:
        """Check that the rows hold other cells, each once, in order."""
        pointers, cells = np.asarray(self.indptr, np.int64), np.asarray(self.indices, np.int32)
        object.__setattr__(self, "indptr", pointers)
        object.__setattr__(self, "indices", cells)
        if (
            not len(pointers)
            or pointers[0] != 0
            or pointers[-1] != len(cells)
            or (np.diff(pointers) < 0).any()
        ):
            raise ValueError(f"indptr: does not rise from 0 to the {len(cells)} indices")
        if len(cells) and (cells.min() < 0 or cells.max() >= len(self)):
            raise ValueError(f"indices: a cell outside the {len(self)}")
        of = np.repeat(np.arange(len(self)), self.degree)
        if (cells == of).any():
            raise ValueError("indices: a cell is its own neighbour")
        if (np.diff(of * len(self) + cells) <= 0).any():
            raise ValueError("indices: not rising within a cell")

    def __len__(self) -> int:
        """Return the number of cells."""
        return len(self.indptr) - 1

    @property
    def degree(self) -> NDArray[np.int64]:
        """How many neighbours each cell has, shape (n,)."""
        return np.diff(self.indptr)

    def sums(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the sum over each cell's neighbours, exact for integers; shape (n, ...) like `values`."""
        running = np.zeros((len(self.indices) + 1, *values.shape[1:]), values.dtype)
        np.cumsum(values[self.indices], axis=0, out=running[1:])
        return np.asarray(running[self.indptr[1:]] - running[self.indptr[:-1]])

    @classmethod
    def from_pairs(cls, one: ArrayLike, other: ArrayLike, cells: int) -> Neighbours:
        """Build from pairs (cell, its neighbour) in any order; pairs given twice count once."""
        left, right = np.asarray(one, np.int64), np.asarray(other, np.int64)
        key = np.unique(left[left != right] * cells + right[left != right])
        counts = np.bincount(key // cells, minlength=cells)
        return cls(np.concatenate(([0], np.cumsum(counts))), (key % cells).astype(np.int32))

    @classmethod
    def queen(cls, shape: tuple[int, int]) -> Neighbours:
        """Return the up to eight cells around each one of a (rows, columns) grid, numbered row by row."""
        rows, columns = shape
        if rows < 1 or columns < 1:
            raise ValueError(f"shape: {shape} has no cells")
        row, column = np.divmod(np.arange(rows * columns), columns)
        steps = np.array([(up, right) for up in (-1, 0, 1) for right in (-1, 0, 1) if up or right])
        to_row, to_column = row[:, None] + steps[:, 0], column[:, None] + steps[:, 1]
        inside = (to_row >= 0) & (to_row < rows) & (to_column >= 0) & (to_column < columns)
        pointers = np.concatenate(([0], np.cumsum(inside.sum(axis=1))))
        return cls(pointers, (to_row * columns + to_column)[inside].astype(np.int32))

    @classmethod
    def within(cls, x: ArrayLike, y: ArrayLike, metres: float) -> Neighbours:
        """Return the cells whose centres (metres) lie at most `metres` apart."""
        if not metres > 0:
            raise ValueError(f"metres: {metres} is not positive")
        places = np.column_stack((np.asarray(x, float), np.asarray(y, float)))
        pairs = cKDTree(places).query_pairs(metres, output_type="ndarray")
        both = np.concatenate((pairs, pairs[:, ::-1]))
        return cls.from_pairs(both[:, 0], both[:, 1], len(places))

    @classmethod
    def nearest(cls, x: ArrayLike, y: ArrayLike, k: int) -> Neighbours:
        """Return the k nearest cells of each by centre (metres); who is near need not be so in return."""
        places = np.column_stack((np.asarray(x, float), np.asarray(y, float)))
        if not 1 <= k < len(places):
            raise ValueError(f"k: {k} is not between 1 and the {len(places) - 1} other cells")
        _, found = cKDTree(places).query(places, k + 1)
        # A cell that shares its place with others need not come first in its own list.
        own = found == np.arange(len(places))[:, None]
        own[~own.any(axis=1), -1] = True
        return cls.from_pairs(np.repeat(np.arange(len(places)), k), found[~own], len(places))
