"""Points → grid → Gaussian convolution → places, the machinery that every density on a grid shares.

A point is shared out to 4 × 4 nodes by cubic B-splines and the kernel is replaced by the spline that equals
it at the nodes (its coefficients by division in the Fourier domain, Unser 1999). What comes out is the exact
sum with the kernel interpolated cubically: the error falls with the fourth power of node distance over
bandwidth, where linear binning's falls with the second.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import fft

if TYPE_CHECKING:
    from numpy.typing import NDArray

REACH = 5.0  # kernel radius in bandwidths: exp(−12.5) is below 4e-6 of the peak
LOW = 1  # nodes that a spline reaches beyond the grid on its low side; two on the high side


@dataclass(frozen=True)
class Lattice:
    """Nodes `step` metres apart from (west, south), and room around them for kernels of `reach_m`."""

    west: float
    south: float
    step: float
    rows: int
    columns: int
    reach_m: float

    @cached_property
    def _sizes(self) -> tuple[int, int]:
        room = int(np.ceil(self.reach_m / self.step)) + 3
        return fft.next_fast_len(self.rows + room, real=True), fft.next_fast_len(
            self.columns + room, real=True
        )

    def share_out(
        self, x: NDArray[np.float64], y: NDArray[np.float64], weight: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the spline weights of points, (rows + 3, columns + 3); points off the grid are left out."""
        grid = _kernels().share_out(x, y, weight, (self.west, self.south), self.step, self.rows, self.columns)
        return np.asarray(grid)

    def transform(self, grid: NDArray[np.float64]) -> NDArray[np.complex128]:
        """Return the Fourier transform of a widened grid."""
        return np.asarray(fft.rfft2(grid, self._sizes))

    def widened(self, grid: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return a (rows, columns) grid with the nodes that splines need around it, at 0."""
        return np.pad(grid, (LOW, 2))

    def kernel(self, bandwidth: float, *, splines: int) -> NDArray[np.float64]:
        """Return the transform of the Gaussian, per m².

        Args:
            bandwidth: standard deviation, metres.
            splines: 0 the kernel at the nodes, 1 its spline's coefficients (for shared-out points), 2 once
                more (for points, to be read by `at`).

        """
        return self._outer([self._line(size, bandwidth, splines) for size in self._sizes])

    @cached_property
    def spline(self) -> NDArray[np.float64]:
        """The transform by which values at the nodes are divided to be coefficients for `at`."""
        return self._outer([_spline(size) for size in self._sizes])

    def back(self, transformed: NDArray[np.complex128]) -> NDArray[np.float64]:
        """Return the widened grid of a transform."""
        grid = fft.irfft2(transformed, self._sizes)
        return np.asarray(grid[: self.rows + LOW + 2, : self.columns + LOW + 2])

    def nodes(self, grid: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the (rows, columns) inside a widened grid."""
        return grid[LOW : LOW + self.rows, LOW : LOW + self.columns]

    def at(
        self, grid: NDArray[np.float64], x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the spline with a widened grid's coefficients at places, NaN off the grid."""
        return np.asarray(_kernels().gather(grid, x, y, (self.west, self.south), self.step))

    def own(self, x: NDArray[np.float64], y: NDArray[np.float64], bandwidth: float) -> NDArray[np.float64]:
        """Return what a point of weight 1 adds to itself by `kernel(…, splines=2)` and `at`, per m²."""
        parts = []
        for at, low, size in ((x, self.west, self._sizes[1]), (y, self.south, self._sizes[0])):
            taps = fft.ifft(self._line(size, bandwidth, 2)).real[:4]
            parts.append(_kernels().own_share(at, low, self.step, np.ascontiguousarray(taps)))
        return np.asarray(parts[0] * parts[1])

    def _line(self, size: int, bandwidth: float, splines: int) -> NDArray[np.float64]:
        half = int(np.ceil(REACH * bandwidth / self.step))
        offset = np.arange(-half, half + 1)
        samples = np.exp(-0.5 * (offset * self.step / bandwidth) ** 2) / (np.sqrt(2 * np.pi) * bandwidth)
        line = np.bincount(offset % size, samples, size)
        return np.asarray(fft.fft(line).real / _spline(size) ** splines)

    def _outer(self, lines: list[NDArray[np.float64]]) -> NDArray[np.float64]:
        return np.outer(lines[0], lines[1][: self._sizes[1] // 2 + 1])


def _kernels() -> Any:
    from anlan.engine.analysis.density import _kernels as kernels  # noqa: PLC0415  Numba is slow to import

    return kernels


def _spline(size: int) -> NDArray[np.float64]:
    """Return the transform of the cubic B-spline at the nodes, 1/6, 4/6, 1/6."""
    return (2 + np.cos(2 * np.pi * np.arange(size) / size)) / 3
