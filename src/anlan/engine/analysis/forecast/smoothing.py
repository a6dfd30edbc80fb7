"""Spreading weights over neighbouring cells so that nothing is lost at the edge of the study area."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import ndimage

from anlan.engine.analysis.forecast import _kernels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.analysis.forecast.history import CellHistory

TRUNCATE = 3.0


class Raster:
    """The pixels under the cells; irregular cells in one pixel share what falls on it."""

    def __init__(self, history: CellHistory) -> None:
        """Find each cell's pixel."""
        if history.shape is not None and history.index is not None:
            self.shape, self.index = history.shape, history.index
        else:
            row = ((history.y - history.y.min()) / history.cell_m).astype(np.int64)
            column = ((history.x - history.x.min()) / history.cell_m).astype(np.int64)
            self.shape = int(row.max()) + 1, int(column.max()) + 1
            self.index = row * self.shape[1] + column
        size = self.shape[0] * self.shape[1]
        self.cells_in = np.bincount(self.index, minlength=size)[self.index]
        self.mask = (np.bincount(self.index, minlength=size) > 0).astype(np.float64)
        self.cell_m = history.cell_m
        self._inside: dict[float, NDArray[np.float64]] = {}
        self._inside32: dict[float, NDArray[np.float32]] = {}

    def gaussian(self, values: NDArray[Any], bandwidth_m: float) -> NDArray[np.float64]:
        """Spread values of cells, (..., C), by a Gaussian; the part that would leave the area stays in it.

        Each pixel's kernel is divided by its mass inside the area (Diggle 1985), so sums are kept exactly.
        """
        if bandwidth_m <= 0:
            return np.asarray(values, np.float64)
        planes = self._planes(np.asarray(values, np.float64))
        spread = self._blur(planes / np.maximum(self._mass(bandwidth_m), 1e-12), bandwidth_m)
        return np.asarray(self._back(spread), np.float64)

    def gaussian32(self, values: NDArray[np.float32], bandwidth_m: float) -> NDArray[np.float32]:
        """Do the same in single precision by a compiled kernel, for the many planes of a bank."""
        if bandwidth_m <= 0:
            return values
        half = _kernels.taps(bandwidth_m / self.cell_m, TRUNCATE)
        if bandwidth_m not in self._inside32:
            mask = self.mask.reshape(1, *self.shape).astype(np.float32)
            self._inside32[bandwidth_m] = _kernels.blurred(mask, half)[0]
        planes: NDArray[np.float32] = self._planes(values, np.float32)
        spread = _kernels.blurred(
            (planes / self._inside32[bandwidth_m].clip(1e-12)).reshape(-1, *self.shape), half
        )
        return np.asarray(self._back(spread.reshape(planes.shape)), np.float32)

    def neighbours(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """Return the sum of values over the eight pixels around each cell's own, (..., C)."""
        planes = self._planes(np.asarray(values, np.float64))
        size = (1,) * (planes.ndim - 2) + (3, 3)
        around = ndimage.uniform_filter(planes, size=size, mode="constant") * 9 - planes
        return np.asarray(np.maximum(self._back(around), 0.0), np.float64)

    def _mass(self, bandwidth_m: float) -> NDArray[np.float64]:
        if bandwidth_m not in self._inside:
            self._inside[bandwidth_m] = self._blur(self.mask.reshape(self.shape), bandwidth_m)
        return self._inside[bandwidth_m]

    def _blur(self, planes: NDArray[np.float64], bandwidth_m: float) -> NDArray[np.float64]:
        sigma = (0.0,) * (planes.ndim - 2) + (bandwidth_m / self.cell_m,) * 2
        return np.asarray(ndimage.gaussian_filter(planes, sigma, mode="constant", truncate=TRUNCATE))

    def _planes(self, values: NDArray[Any], kind: Any = np.float64) -> NDArray[Any]:
        flat = values.reshape(-1, values.shape[-1])
        planes = np.zeros((len(flat), self.shape[0] * self.shape[1]), kind)
        if (self.cells_in == 1).all():
            planes[:, self.index] = flat
        else:
            for i, row in enumerate(flat):
                planes[i] = np.bincount(self.index, row, planes.shape[1])
        return planes.reshape(*values.shape[:-1], *self.shape)

    def _back(self, planes: NDArray[Any]) -> NDArray[Any]:
        flat = planes.reshape(*planes.shape[:-2], -1)
        return np.asarray(flat[..., self.index] / self.cells_in.astype(planes.dtype))
