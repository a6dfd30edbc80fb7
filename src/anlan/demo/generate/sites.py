"""Addresses in the cells, and how much of each kind of life goes on where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.spatial import cKDTree

from anlan.demo.generate.plane import to_metres

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.demo.generate.cells import Cells
    from anlan.demo.generate.divisions import Divisions
    from anlan.demo.generate.streets import Streets

SITES = 24  # addresses a cell
FAVOUR = 0.75  # Zipf exponent with which some addresses are favoured


@dataclass(frozen=True, eq=False)
class Sites:
    """`point` (cells, SITES, 2) metres; `chance` (SITES,); `weight` (cells,) a place profile, sum 1."""

    point: NDArray[np.float64]
    chance: NDArray[np.float64]
    weight: dict[str, NDArray[np.float64]]

    def draw(self, cell: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.float64]:
        """A point in each of the cells, shape (n, 2): some addresses come up much more often."""
        return self.point[cell, np.searchsorted(np.cumsum(self.chance), rng.random(len(cell)))]


def settle_sites(cells: Cells, divisions: Divisions, streets: Streets, rng: np.random.Generator) -> Sites:
    """Choose addresses and weights for all cells."""
    chance = (np.arange(SITES) + 1.0) ** -FAVOUR
    point = np.stack([inside(cells, rng) for _ in range(SITES)], 1)
    return Sites(point, chance / chance.sum(), weights(cells, divisions, streets, rng))


def inside(cells: Cells, rng: np.random.Generator) -> NDArray[np.float64]:
    """A point uniformly in each (convex) cell, shape (cells, 2)."""
    corners, cell = shapely.get_coordinates(cells.polygon, return_index=True)
    corners = to_metres(corners)
    first = np.flatnonzero(cell[:-1] == cell[1:])
    owner = cell[first]
    a, b, c = cells.seed[owner], corners[first], corners[first + 1]
    u, v = b - a, c - a
    size = np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0])
    total = np.cumsum(size)
    start = np.concatenate(([0.0], total))[np.searchsorted(owner, np.arange(len(cells.seed)))]
    share = start + rng.random(len(start)) * np.bincount(owner, size)
    chosen = np.minimum(np.searchsorted(total, share), len(size) - 1)
    r, s = rng.random((2, len(start)))
    fold = r + s > 1
    r, s = np.where(fold, 1 - r, r) * 0.97, np.where(fold, 1 - s, s) * 0.97
    return a[chosen] + r[:, None] * u[chosen] + s[:, None] * v[chosen]


def weights(
    cells: Cells, divisions: Divisions, streets: Streets, rng: np.random.Generator
) -> dict[str, NDArray[np.float64]]:
    """How much of each kind of life goes on in each cell, with hot spots."""
    people = divisions.population.astype(float)
    kind = divisions.character[divisions.townships.cell]
    main = np.isin(streets.kind, ("trunk", "primary", "secondary", "tertiary"))
    nearest = cKDTree(cells.seed).query(streets.node[streets.tail[main]])[1]
    traffic = np.bincount(nearest, streets.length_m[main], len(cells.seed)) + 60
    centre = np.exp(-np.hypot(*cells.seed.T) / 4500)
    drawn = {
        "home": people * rng.lognormal(0, 0.6, len(people)),
        "shops": people * np.array((2.2, 1.0, 0.8, 0.35))[kind] * rng.lognormal(0, 1.0, len(people)),
        "night": people * (0.25 + 2 * centre) * rng.lognormal(0, 1.5, len(people)),
        "roads": traffic * np.array((3.0, 1.5, 0.7, 0.35))[kind] * rng.lognormal(0, 0.5, len(people)),
        "fields": people * np.array((0.6, 1.0, 1.2, 1.6))[kind] * rng.lognormal(0, 0.5, len(people)),
    }
    return {name: weight / weight.sum() for name, weight in drawn.items()}
