"""The grids: a Voronoi partition whose cells are street blocks in the core and follow the river's banks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import Voronoi, cKDTree

from anlan.demo.generate.land import Land, density
from anlan.demo.generate.plane import to_degrees

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLOCKS = 0.36  # share of the grids that are blocks of the core
BLOCK_SHAPE = 1.25  # a block's length against its width
MERGE_M = 0.5


@dataclass(frozen=True, eq=False)
class Cells:
    """A partition into n cells: `seed` (n, 2) metres, `polygon` (n,) WGS-84, `adjacent` (k, 2), `urban` (n,).

    `block` is the size of the core's blocks in metres (along, across).
    """

    seed: NDArray[np.float64]
    polygon: NDArray[Any]
    area_m2: NDArray[np.float64]
    adjacent: NDArray[np.int32]
    urban: NDArray[np.bool_]
    block: tuple[float, float]
    stretch: float


def turned(points: NDArray[np.float64], angle: float) -> NDArray[np.float64]:
    """Points turned about the core by an angle in radians."""
    cos, sin = np.cos(angle), np.sin(angle)
    return points @ np.array(((cos, sin), (-sin, cos)))


def partition(land: Land, grids: int, km2: float, rng: np.random.Generator) -> Cells:
    """Cut the land into exactly `grids` cells that cover exactly `km2`."""
    block = block_size(land, int(grids * BLOCKS))
    blocks = clear_of(land.river, block_seeds(land, block), 0.55 * block[0])
    banks = bank_seeds(land, block, int(grids * 0.05))
    fixed = np.concatenate((blocks, banks))
    free = settle(fixed, land, grids - len(fixed), rng)
    seed = np.concatenate((fixed, free))
    urban = np.hypot(*seed.T) <= land.core_radius
    return cut(seed, land, urban, block, km2)


def block_size(land: Land, count: int) -> tuple[float, float]:
    """Length and width of a block so that about `count` of them fill the core."""
    across = np.sqrt(np.pi * land.core_radius**2 / count / BLOCK_SHAPE)
    return float(BLOCK_SHAPE * across), float(across)


def block_seeds(land: Land, block: tuple[float, float]) -> NDArray[np.float64]:
    """Middles of the blocks of the core's street pattern."""
    reach = int(land.core_radius / min(block)) + 2
    steps = np.arange(-reach, reach + 1)
    lattice = np.stack(np.meshgrid(steps * block[0], steps * block[1]), -1).reshape(-1, 2)
    return turned(lattice[np.hypot(*lattice.T) < land.core_radius], land.tilt)


def clear_of(line: shapely.LineString, points: NDArray[np.float64], metres: float) -> NDArray[np.float64]:
    """The points farther than that from the line."""
    return points[shapely.distance(line, shapely.points(points)) > metres]


def bank_seeds(land: Land, block: tuple[float, float], most: int) -> NDArray[np.float64]:
    """Pairs of points on both banks, so that cells end at the river; denser in the core."""
    inside = shapely.intersection(land.river, shapely.buffer(land.outline, -0.02 * land.radius))
    lines = [line for line in shapely.get_parts(inside) if line.length > 0.1 * land.radius]
    at, width = [], []
    for line in lines:
        along = 0.0
        while along < line.length:
            point = np.array(line.interpolate(along).coords[0])
            step = block[0] * (1 + 5.0 * min(max(np.hypot(*point) / land.core_radius - 1, 0), 1))
            at.append((point, np.array(line.interpolate(along + 1).coords[0]) - point))
            width.append(step)
            along += step
    middle = np.array([point for point, _ in at][: most // 2])
    heading = np.array([direction for _, direction in at][: most // 2])
    normal = np.column_stack((-heading[:, 1], heading[:, 0]))
    normal /= np.hypot(*normal.T)[:, None] + 1e-12
    offset = normal * (0.5 * np.array(width[: most // 2]))[:, None]
    return np.concatenate((middle + offset, middle - offset))


def settle(
    fixed: NDArray[np.float64], land: Land, count: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Place `count` seeds by Lloyd's method on points drawn as people live, leaving the fixed ones alone."""
    people = density(land, 40 * count, rng)
    free = people[rng.choice(len(people), count, replace=False)]
    for _ in range(8):
        nearest = cKDTree(np.concatenate((fixed, free))).query(people)[1] - len(fixed)
        mine = nearest >= 0
        number = np.bincount(nearest[mine], minlength=count)
        sums = np.stack([np.bincount(nearest[mine], people[mine, axis], count) for axis in (0, 1)], 1)
        free = np.where(number[:, None] > 0, sums / np.maximum(number, 1)[:, None], free)
    return free


def mirrored(seed: NDArray[np.float64], outline: shapely.Polygon, reach: float) -> NDArray[np.float64]:
    """Reflections across the outline of the seeds near it: their cells' borders are the county's border."""
    border = np.array(shapely.segmentize(outline.exterior, reach / 100).coords)
    distance, nearest = cKDTree(border).query(seed)
    near = distance < reach
    return 2 * border[nearest[near]] - seed[near]


def cut(
    seed: NDArray[np.float64], land: Land, urban: NDArray[np.bool_], block: tuple[float, float], km2: float
) -> Cells:
    """Cut the cells of the seeds and stretch the whole to the wanted size."""
    count = len(seed)
    diagram = Voronoi(np.concatenate((seed, mirrored(seed, land.outline, 0.4 * land.radius))))
    vertices = merged(diagram.vertices)
    rings = [ring(vertices, diagram.regions[diagram.point_region[i]], seed[i]) for i in range(count)]
    flat = shapely.polygons([shapely.linearrings(r) for r in rings])
    stretch = float(np.sqrt(km2 * 1e6 / shapely.area(flat).sum()))
    polygon = shapely.polygons([shapely.linearrings(to_degrees(r * stretch)) for r in rings])
    pairs = diagram.ridge_points
    adjacent = pairs[(pairs < count).all(1)].astype(np.int32)
    return Cells(
        seed * stretch,
        polygon,
        shapely.area(flat) * stretch**2,
        adjacent,
        urban,
        (block[0] * stretch, block[1] * stretch),
        stretch,
    )


def merged(vertices: NDArray[np.float64]) -> NDArray[np.float64]:
    """The vertices with those closer than `MERGE_M` made one: blocks meet four at a corner."""
    pairs = cKDTree(vertices).query_pairs(MERGE_M, output_type="ndarray")
    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(vertices),) * 2)
    label = connected_components(links, directed=False)[1]
    return vertices[np.unique(label, return_index=True)[1][label]]


def ring(vertices: NDArray[np.float64], region: list[int], seed: NDArray[np.float64]) -> NDArray[np.float64]:
    """A convex cell's corners anticlockwise, each once."""
    corners = np.unique(vertices[region], axis=0)
    offset = corners - seed
    return corners[np.argsort(np.arctan2(offset[:, 1], offset[:, 0]))]
