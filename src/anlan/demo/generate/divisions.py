"""Who is responsible for which cell: townships, villages and communities, beats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from anlan.demo.generate import names
from anlan.demo.generate.land import Character

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.demo.generate.cells import Cells
    from anlan.demo.generate.land import Land
    from anlan.demo.generate.scale import Scale

GRIDS_A_VILLAGE = 8
PEOPLE = np.array((520.0, 430.0, 340.0, 250.0))  # mean of a grid, by character


@dataclass(frozen=True, eq=False)
class Division:
    """Areas of one level, or beats: `cell` (cells,) is the index of the division that each cell lies in."""

    code: NDArray[np.str_]
    name: tuple[tuple[str, str], ...]
    parent: NDArray[np.str_]
    shape: NDArray[Any]
    cell: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.code)


@dataclass(frozen=True, eq=False)
class Divisions:
    """Townships with their `character`, villages, beats; `grid_code` and `population` of each cell."""

    county: Any
    townships: Division
    character: NDArray[np.int8]
    villages: Division
    beats: Division
    grid_code: NDArray[np.str_]
    population: NDArray[np.int64]


def divide(cells: Cells, land: Land, scale: Scale, rng: np.random.Generator) -> Divisions:
    """Give every cell its township, village, beat, code and population."""
    township = compact(nearest_centre(cells, land), cells.adjacent)
    character = land.character[township]
    people = PEOPLE[character] * rng.lognormal(-0.08, 0.4, len(township))
    population = np.maximum(people, 12).astype(np.int64)
    townships = township_division(township, land.character, cells)
    villages = village_division(townships, land.character, cells)
    beats = beat_division(townships, population, cells, scale.beats)
    return Divisions(
        shapely.coverage_union_all(cells.polygon),
        townships,
        land.character,
        villages,
        beats,
        grid_codes(villages),
        population,
    )


def nearest_centre(cells: Cells, land: Land) -> NDArray[np.int32]:
    """The township of each cell; blocks of the core belong to urban ones, all else does not."""
    label = np.empty(len(cells.seed), np.int32)
    for urban in (True, False):
        candidates = np.flatnonzero((land.character == Character.URBAN) == urban)
        mine = cells.urban == urban
        centres = land.centres[candidates] * cells.stretch
        label[mine] = candidates[cKDTree(centres).query(cells.seed[mine])[1]]
    return label


def compact(label: NDArray[np.int32], adjacent: NDArray[np.int32]) -> NDArray[np.int32]:
    """The labels with every part cut off from its division's largest given to a neighbour."""
    label = label.copy()
    for _ in range(6):
        same = adjacent[label[adjacent[:, 0]] == label[adjacent[:, 1]]]
        links = coo_array((np.ones(len(same)), (same[:, 0], same[:, 1])), shape=(len(label),) * 2)
        part = connected_components(links, directed=False)[1]
        size = np.bincount(part)[part]
        largest = np.zeros(label.max() + 1, np.int64)
        np.maximum.at(largest, label, size)
        stray = size < largest[label]
        if not stray.any():
            break
        for here, there in np.concatenate((adjacent, adjacent[:, ::-1])):
            if stray[here] and not stray[there]:
                label[here] = label[there]
    return label


def township_division(township: NDArray[np.int32], character: NDArray[np.int8], cells: Cells) -> Division:
    """The townships, coded and named by their character."""
    place = np.arange(len(character)) - np.searchsorted(character, character)
    serial = np.array(names.TOWNSHIP_SERIALS)[character] + place
    code = np.array([f"{names.COUNTY6}{number:03d}000" for number in serial])
    titles = tuple(names.TOWNSHIPS[kind][index] for kind, index in zip(character, place, strict=True))
    parent = np.full(len(code), f"{names.COUNTY6}000000")
    return Division(code, titles, parent, union(cells, township, len(code)), township)


def village_division(townships: Division, character: NDArray[np.int8], cells: Cells) -> Division:
    """Villages and communities: compact groups of about eight cells of one township."""
    cell = np.empty(len(cells.seed), np.int32)
    code, title, parent = [], [], []
    for index in range(len(townships)):
        mine = np.flatnonzero(townships.cell == index)
        groups = compact_groups(cells.seed[mine], max(1, round(len(mine) / GRIDS_A_VILLAGE)))
        cell[mine] = len(code) + groups
        for serial in range(groups.max() + 1):
            title.append(names.village(len(code), urban=character[index] <= Character.SUBURB))
            code.append(f"{townships.code[index][:9]}{serial + 1:03d}")
            parent.append(townships.code[index])
    return Division(np.array(code), tuple(title), np.array(parent), union(cells, cell, len(code)), cell)


def compact_groups(points: NDArray[np.float64], count: int) -> NDArray[np.int32]:
    """Group points into `count` groups of near-equal size: halve along the longer side, again and again."""
    if count <= 1:
        return np.zeros(len(points), np.int32)
    first = count // 2
    order = np.argsort(points[:, int(np.ptp(points[:, 1]) > np.ptp(points[:, 0]))], kind="stable")
    cut = round(len(points) * first / count)
    group = np.empty(len(points), np.int32)
    group[order[:cut]] = compact_groups(points[order[:cut]], first)
    group[order[cut:]] = first + compact_groups(points[order[cut:]], count - first)
    return group


def beat_division(townships: Division, population: NDArray[np.int64], cells: Cells, beats: int) -> Division:
    """One beat a township; the most populous townships have two, until there are `beats`."""
    people = np.bincount(townships.cell, population)
    parts = np.ones(len(townships), np.int64)
    for _ in range(beats - len(townships)):
        parts[np.argmax(people / parts)] += 1
    cell = np.empty(len(cells.seed), np.int32)
    code, title, parent = [], [], []
    for index, count in enumerate(parts):
        mine = np.flatnonzero(townships.cell == index)
        cell[mine] = len(code) + compact_groups(cells.seed[mine], int(count))
        for part in range(count):
            title.append(beat_name(townships.name[index], part if count > 1 else None))
            code.append(f"{names.COUNTY6}B{len(code) + 1:02d}")
            parent.append(townships.code[index])
    return Division(np.array(code), tuple(title), np.array(parent), union(cells, cell, len(code)), cell)


def beat_name(township: tuple[str, str], part: int | None) -> tuple[str, str]:
    """A beat is called after its township, numbered where that has several."""
    name, english = (
        township[0].removesuffix("街道").removesuffix("镇").removesuffix("乡"),
        township[1].rsplit(" ", 1)[0],
    )
    number = "" if part is None else "一二三四五六七八九"[part]
    return f"{name}{number and number}巡区", f"{english} Beat" + ("" if part is None else f" {part + 1}")


def grid_codes(villages: Division) -> NDArray[np.str_]:
    """A village's code and a four-digit serial."""
    order = np.argsort(villages.cell, kind="stable")
    first = np.searchsorted(villages.cell[order], np.arange(len(villages)))
    serial = np.empty(len(order), np.int64)
    serial[order] = np.arange(len(order)) - first[villages.cell[order]] + 1
    return np.char.add(villages.code[villages.cell], np.char.zfill(serial.astype(str), 4))


def union(cells: Cells, label: NDArray[np.int32], count: int) -> NDArray[Any]:
    """The union of each division's cells."""
    return np.array([shapely.coverage_union_all(cells.polygon[label == index]) for index in range(count)])
