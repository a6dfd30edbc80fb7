"""Grids by population target: small cells joined with their lightest neighbours until each has enough."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anlan.engine.geo.make.cells import Cells, MakeError
from anlan.engine.geo.make.merge import Groups, adjacency, dissolve, lightest, merge_small


def by_population(
    cells: Cells, population: NDArray[np.float64], target: float
) -> tuple[Cells, NDArray[np.float64]]:
    """Join cells of the same area and beat, lightest first, until each has three quarters of the target.

    Joining into the lightest neighbour keeps the result contiguous and below about twice the target; a cell
    above the target from the start stays as it is. Cells whose whole region has fewer people stay one.

    Args:
        cells: the base cells, a noded partition such as `squares` gives.
        population: shape (n,), people in each base cell.
        target: people wanted in each grid.

    Returns:
        The joined cells and the population of each.

    Raises:
        MakeError: the target is not positive, lengths differ, or nobody lives there.

    """
    if not target > 0:
        raise MakeError(f"target {target}: expected a population above 0")
    if len(population) != len(cells):
        raise MakeError(f"{len(population)} populations for {len(cells)} cells")
    if not population.sum() > 0:
        raise MakeError("the population of all cells is 0: give a file of places with their population")
    region = np.char.add(np.char.add(cells.areas, "|"), cells.beats)
    groups = Groups(population, region, adjacency(cells.shapes))
    merge_small(groups, 0.75 * target, lightest)
    label = np.array([groups.find(i) for i in range(len(cells))])
    first, index = np.unique(label, return_inverse=True)
    sizes = np.bincount(index, weights=cells.area_m2)
    joined = Cells(dissolve(cells.shapes, label), cells.areas[first], cells.beats[first], sizes)
    return joined, np.bincount(index, weights=population)
