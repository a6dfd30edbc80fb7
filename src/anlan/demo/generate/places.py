"""Premises, and the places of duty: patrol points and lines, standby posts, checkpoints in three rings."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from scipy.spatial import cKDTree

from anlan.demo.generate import names
from anlan.demo.generate.plane import to_degrees

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.demo.generate.incidents import Town

MAIN = ("trunk", "primary", "secondary", "tertiary")
KINDS = (
    # kind, Chinese, English, how many in the full county, where
    ("school", "小学", "Primary School", 96, "home"),
    ("school", "中学", "Middle School", 38, "home"),
    ("hospital", "卫生院", "Clinic", 34, "home"),
    ("market", "市场", "Market", 62, "shops"),
    ("station", "汽车站", "Bus Station", 14, "roads"),
    ("entertainment", "娱乐城", "Entertainment Centre", 58, "night"),
    ("hotel", "宾馆", "Hotel", 66, "shops"),
    ("factory", "工厂", "Factory", 84, "fields"),
    ("office", "办公楼", "Offices", 40, "shops"),
)


@dataclass(frozen=True)
class Spot:
    """A place with its code, names, cell and shape in WGS-84; `kind` of premises, or a checkpoint's ring."""

    code: str
    name: str
    name_en: str
    cell: int
    shape: Any
    kind: str = ""


@dataclass(frozen=True)
class Places:
    """All places of the county."""

    premises: tuple[Spot, ...]
    points: tuple[Spot, ...]
    lines: tuple[Spot, ...]
    posts: tuple[Spot, ...]
    checkpoints: tuple[Spot, ...]


def furnish(town: Town, share: float, points: int, rng: np.random.Generator) -> Places:
    """Choose all places; `share` is the county's size against the full one."""
    premises = tuple(choose_premises(town, share, rng))
    return Places(
        premises,
        tuple(patrol_points(town, premises, points, rng)),
        tuple(patrol_lines(town)),
        tuple(standby_posts(town)),
        tuple(checkpoints(town)),
    )


def village_of(town: Town, cell: int) -> tuple[str, str]:
    """The bare names of the village of a cell."""
    name, english = town.divisions.villages.name[town.divisions.villages.cell[cell]]
    return name.removesuffix("社区").removesuffix("村"), english.rsplit(" ", 1)[0]


def choose_premises(town: Town, share: float, rng: np.random.Generator) -> list[Spot]:
    """Schools, hospitals, markets and the rest, where people are."""
    spots: list[Spot] = []
    seen: Counter[tuple[str, str]] = Counter()
    for kind, chinese, english, full, where in KINDS:
        count = max(1, round(full * share))
        cell = rng.choice(len(town.cells.seed), count, replace=False, p=town.sites.weight[where])
        for place, point in zip(cell, to_degrees(town.sites.draw(cell, rng)), strict=True):
            name, name_en = village_of(town, place)
            code = f"{names.COUNTY6}-V{len(spots) + 1:04d}"
            seen[name, chinese] += 1
            number = seen[name, chinese]
            if number > 1:
                name, name_en = f"{name}第{'零一二三四五六七八九'[number]}", f"{name_en} No. {number}"
            spots.append(
                Spot(code, name + chinese, f"{name_en} {english}", int(place), shapely.Point(point), kind)
            )
    return spots


def patrol_points(town: Town, premises: tuple[Spot, ...], count: int, rng: np.random.Generator) -> list[Spot]:
    """Gates of premises, and busy corners for the rest."""
    gates = [
        spot for spot in premises if spot.kind in {"school", "market", "hospital", "station", "entertainment"}
    ]
    chosen = [(spot.name + "门口", f"{spot.name_en} Gate", spot.cell, spot.shape) for spot in gates[:count]]
    cell = rng.choice(len(town.cells.seed), count - len(chosen), replace=False, p=town.sites.weight["shops"])
    for place, point in zip(cell, to_degrees(town.sites.point[cell, 0]), strict=True):
        name, name_en = village_of(town, place)
        chosen.append((f"{name}路口", f"{name_en} Corner", int(place), shapely.Point(point)))
    return [Spot(f"{names.COUNTY6}-P{i + 1:04d}", *row) for i, row in enumerate(chosen)]


def patrol_lines(town: Town) -> list[Spot]:
    """In each beat the two longest stretches of main road."""
    streets, beats = town.streets, town.divisions.beats
    way = np.flatnonzero(np.isin(streets.kind, MAIN) & (streets.tail < streets.head))
    middle = (streets.node[streets.tail[way]] + streets.node[streets.head[way]]) / 2
    cell = cKDTree(town.cells.seed).query(middle)[1]
    spots: list[Spot] = []
    for beat in range(len(beats)):
        mine = beats.cell[cell] == beat
        for name, line in longest(town, way[mine])[:2]:
            place = int(cKDTree(town.cells.seed).query(line_middle(line))[1])
            shape = shapely.transform(line, to_degrees)
            spots.append(Spot(f"{names.COUNTY6}-L{len(spots) + 1:03d}", name, "", place, shape))
    return spots


def line_middle(line: shapely.LineString) -> tuple[float, float]:
    """The point halfway along."""
    point = line.interpolate(0.5, normalized=True)
    return point.x, point.y


def longest(town: Town, links: NDArray[np.int64]) -> list[tuple[str, Any]]:
    """The longest unbroken stretch of each named road among the links, longest first."""
    streets, found = town.streets, []
    for name in np.unique(streets.name[links]):
        own = links[streets.name[links] == name]
        ends = np.stack((streets.node[streets.tail[own]], streets.node[streets.head[own]]), 1)
        merged = shapely.line_merge(shapely.multilinestrings(shapely.linestrings(ends)))
        part = max(shapely.get_parts(merged), key=lambda line: line.length)
        found.append((streets.names[name], part))
    return sorted(found, key=lambda row: -row[1].length)


def main_nodes(town: Town) -> NDArray[np.int64]:
    """Nodes on main roads."""
    return np.unique(town.streets.tail[np.isin(town.streets.kind, MAIN)])


def standby_posts(town: Town) -> list[Spot]:
    """Two a beat, on main roads: by its busiest cell, and by the cell farthest from that."""
    nodes, beats = main_nodes(town), town.divisions.beats
    tree = cKDTree(town.streets.node[nodes])
    spots: list[Spot] = []
    for beat in range(len(beats)):
        mine = np.flatnonzero(beats.cell == beat)
        busiest = mine[np.argmax(town.sites.weight["home"][mine])]
        farthest = mine[np.argmax(np.hypot(*(town.cells.seed[mine] - town.cells.seed[busiest]).T))]
        for number, cell in enumerate((busiest, farthest)):
            node = nodes[tree.query(town.cells.seed[cell])[1]]
            name, english = beats.name[beat]
            spots.append(
                Spot(
                    f"{names.COUNTY6}-S{len(spots) + 1:03d}",
                    f"{name}{number + 1}号停靠点",
                    f"{english} Post {number + 1}",
                    int(cKDTree(town.cells.seed).query(town.streets.node[node])[1]),
                    shapely.Point(town.streets.degrees[node]),
                )
            )
    return spots


def checkpoints(town: Town) -> list[Spot]:
    """Where the radials meet the inner ring, the outer ring and the county's edge."""
    streets = town.streets
    at = {name: np.unique(streets.tail[streets.name == index]) for index, name in enumerate(streets.names)}
    spots: list[Spot] = []
    for ring, ring_name in ((1, "内环路"), (2, "外环路"), (3, "")):
        for chinese, english in names.DIRECTIONS:
            nodes = at[f"澜{chinese}大道"]
            if ring_name:
                nodes = np.intersect1d(nodes, at[ring_name])
            if not len(nodes):
                continue
            node = nodes[np.argmax(np.hypot(*streets.node[nodes].T))]
            cell = int(cKDTree(town.cells.seed).query(streets.node[node])[1])
            spots.append(
                Spot(
                    f"{names.COUNTY6}-K{len(spots) + 1:02d}",
                    f"{chinese}{'一二三'[ring - 1]}环卡点",
                    f"{english} Checkpoint, Ring {ring}",
                    cell,
                    shapely.Point(streets.degrees[node]),
                    str(ring),
                )
            )
    return spots
