"""The Numba kernels of the density: cubic B-spline weights of a point on a grid, shared out and gathered."""

import numba
import numpy as np
from numpy.typing import NDArray


@numba.njit(cache=True, nogil=True, inline="always")
def _cubic(t: float, into: NDArray) -> None:
    """Write the four cubic B-spline weights of a point that lies `t` past its node into `into`."""
    rest = 1.0 - t
    into[0] = rest * rest * rest / 6.0
    into[1] = 2.0 / 3.0 - 0.5 * t * t * (2.0 - t)
    into[2] = 2.0 / 3.0 - 0.5 * rest * rest * (2.0 - rest)
    into[3] = t * t * t / 6.0


@numba.njit(cache=True, nogil=True)
def share_out(
    x: NDArray,
    y: NDArray,
    weight: NDArray,
    origin: tuple[float, float],
    step: float,
    rows: int,
    columns: int,
) -> NDArray:
    """Return the points' weights on the grid, one node wider on its low sides and two on the high."""
    grid = np.zeros((rows + 3, columns + 3))
    across, up = np.empty(4), np.empty(4)
    for i in range(len(x)):
        u, v = (x[i] - origin[0]) / step, (y[i] - origin[1]) / step
        if not (0.0 <= u <= columns - 1 and 0.0 <= v <= rows - 1):
            continue
        column, row = int(u), int(v)
        _cubic(u - column, across)
        _cubic(v - row, up)
        for a in range(4):
            part = weight[i] * up[a]
            for b in range(4):
                grid[row + a, column + b] += part * across[b]
    return grid


@numba.njit(cache=True, nogil=True)
def gather(grid: NDArray, x: NDArray, y: NDArray, origin: tuple[float, float], step: float) -> NDArray:
    """Return the spline whose coefficients are the (widened) grid at places; NaN beyond it."""
    rows, columns = grid.shape[0] - 3, grid.shape[1] - 3
    found = np.full(len(x), np.nan)
    across, up = np.empty(4), np.empty(4)
    for i in range(len(x)):
        u, v = (x[i] - origin[0]) / step, (y[i] - origin[1]) / step
        if not (0.0 <= u <= columns - 1 and 0.0 <= v <= rows - 1):
            continue
        column, row = int(u), int(v)
        _cubic(u - column, across)
        _cubic(v - row, up)
        total = 0.0
        for a in range(4):
            line = 0.0
            for b in range(4):
                line += grid[row + a, column + b] * across[b]
            total += up[a] * line
        found[i] = total
    return found


@numba.njit(cache=True, nogil=True)
def own_share(at: NDArray, low: float, step: float, taps: NDArray) -> NDArray:
    """Return what each point adds to itself along one axis; `taps` are the spline's at 0 to 3 nodes."""
    found = np.empty(len(at))
    weight = np.empty(4)
    for i in range(len(at)):
        u = (at[i] - low) / step
        _cubic(u - np.floor(u), weight)
        total = 0.0
        for a in range(4):
            for b in range(4):
                total += weight[a] * weight[b] * taps[abs(a - b)]
        found[i] = total
    return found
