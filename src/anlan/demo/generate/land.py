"""The lie of the land: outline, river, urban core and the centres of the townships, in metres."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely import LineString, Polygon

    from anlan.demo.generate.scale import Scale

Points = "NDArray[np.float64]"
CORE_SHARE = 0.15  # radius of the urban core against the county's
MIDDLE = np.array((0.11, -0.07))  # the county's middle lies off the core


class Character(IntEnum):
    """The four characters of a township."""

    URBAN = 0
    SUBURB = 1
    TOWN = 2
    COUNTRYSIDE = 3


@dataclass(frozen=True, eq=False)
class Land:
    """Outline and river of the county; `centres` (townships, 2) with `character` (townships,)."""

    outline: Polygon
    river: LineString
    radius: float
    tilt: float
    centres: NDArray[np.float64]
    character: NDArray[np.int8]

    @property
    def core_radius(self) -> float:
        """Radius of the urban core in metres."""
        return CORE_SHARE * self.radius


def lie(scale: Scale, rng: np.random.Generator) -> Land:
    """Draw the land for a county of the given size."""
    radius = float(np.sqrt(scale.km2 * 1e6 / np.pi))
    outline = draw_outline(radius, rng)
    tilt = float(np.radians(rng.uniform(8, 16)))
    character = np.repeat(np.arange(4, dtype=np.int8), scale.townships)
    centres = np.concatenate(
        [ring_of(kind, count, outline, radius, rng) for kind, count in enumerate(scale.townships)]
    )
    return Land(outline, draw_river(radius, rng), radius, tilt, centres, character)


def draw_outline(radius: float, rng: np.random.Generator) -> Polygon:
    """A smooth closed curve around a circle's area."""
    angle = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    wave = sum(
        rng.uniform(0.4, 1) * size * np.cos(k * angle + rng.uniform(0, 2 * np.pi))
        for k, size in ((2, 0.13), (3, 0.09), (5, 0.035), (8, 0.02), (13, 0.01))
    )
    reach = radius * (1 + wave)
    return shapely.Polygon(np.column_stack((np.cos(angle), np.sin(angle))) * reach[:, None] + MIDDLE * radius)


def draw_river(radius: float, rng: np.random.Generator) -> LineString:
    """A winding line from west to east that passes just south of the core's middle."""
    x = np.linspace(-1.6, 1.7, 400)
    swing = 0.16 * np.sin(2.3 * x + rng.uniform(-0.4, 0.4)) + 0.035 * np.sin(8.5 * x + rng.uniform(0, 6))
    y = -0.04 + swing - np.interp(0.0, x, swing) + 0.12 * x
    return shapely.LineString(np.column_stack((x, y)) * radius)


def ring_of(
    kind: int, count: int, outline: Polygon, radius: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Centres of the townships of one character: in the core, around it, halfway out, and far out."""
    turn = rng.uniform(0, 2 * np.pi)
    angle = turn + 2 * np.pi * (np.arange(count) + rng.uniform(-0.16, 0.16, count)) / max(count, 1)
    direction = np.column_stack((np.cos(angle), np.sin(angle)))
    if kind == Character.URBAN:
        return in_core(direction, radius)
    edge = np.array(
        [
            shapely.intersection(
                shapely.LineString(((0, 0), 3 * radius * d)), outline.exterior
            ).centroid.coords[0]
            for d in direction
        ]
    )
    share = {Character.SUBURB: 0.28, Character.TOWN: 0.52, Character.COUNTRYSIDE: 0.8}[Character(kind)]
    return edge * (share + rng.uniform(-0.04, 0.04, (count, 1)))


def in_core(direction: NDArray[np.float64], radius: float) -> NDArray[np.float64]:
    """One township in the middle, the others around it."""
    around = direction * 0.62 * CORE_SHARE * radius
    if len(around) > 2:
        around[0] = 0.0
    return around


def density(land: Land, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw points outside the core as people live there: suburbs, around the centres, and scattered."""
    outer = land.centres[land.character > Character.URBAN]
    kinds = land.character[land.character > Character.URBAN]
    weight = np.array([0, 1.0, 1.1, 0.6])[kinds]
    spread = np.array([0, 0.085, 0.05, 0.045])[kinds] * land.radius
    near = rng.choice(len(outer), int(count * 2.2), p=weight / weight.sum())
    clustered = outer[near] + rng.normal(size=(len(near), 2)) * spread[near][:, None]
    belt = rng.normal(size=(count, 2)) * 0.17 * land.radius
    west, south, east, north = land.outline.bounds
    scattered = rng.uniform((west, south), (east, north), (int(count * 1.6), 2))
    points = rng.permutation(np.concatenate((clustered, belt, scattered)))
    kept = shapely.contains_xy(land.outline, points) & (np.hypot(*points.T) > 1.03 * land.core_radius)
    return points[kept][:count]
