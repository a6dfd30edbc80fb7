"""Merging faces that are too small into neighbours of the same region, and dissolving the groups."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Choose = Callable[[int, dict[int, float], "Groups"], int | None]


def adjacency(faces: NDArray[Any]) -> list[tuple[int, int, float]]:
    """Return (face, face, length of shared border) of noded faces that share whole segments."""
    parts, owner = shapely.get_parts(faces, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    ends = np.hstack([xy[:-1][same], xy[1:][same]])
    face = owner[part[ring[1:][same]]]
    flip = (ends[:, 0] > ends[:, 2]) | ((ends[:, 0] == ends[:, 2]) & (ends[:, 1] > ends[:, 3]))
    ends[flip] = ends[flip][:, [2, 3, 0, 1]]
    order = np.lexsort(ends.T)
    ends, face = ends[order], face[order]
    pair = np.flatnonzero((ends[1:] == ends[:-1]).all(axis=1))
    shrink = np.cos(np.radians(ends[pair, 1]))
    length = np.hypot((ends[pair, 2] - ends[pair, 0]) * shrink, ends[pair, 3] - ends[pair, 1])
    shared: dict[tuple[int, int], float] = defaultdict(float)
    for a, b, metres in zip(face[pair].tolist(), face[pair + 1].tolist(), length.tolist(), strict=True):
        if a != b:
            shared[min(a, b), max(a, b)] += metres
    return [(a, b, metres) for (a, b), metres in shared.items()]


class Groups:
    """Faces joined step by step: which group a face is in, each group's weight and neighbours."""

    def __init__(
        self, weight: NDArray[np.float64], region: NDArray[Any], borders: list[tuple[int, int, float]]
    ):
        self.parent = list(range(len(weight)))
        self.weight = [float(w) for w in weight]
        self.near: list[dict[int, float]] = [{} for _ in weight]
        for a, b, length in borders:
            if region[a] == region[b]:
                self.near[a][b] = self.near[b][a] = length

    def find(self, face: int) -> int:
        """Return the group of a face."""
        while self.parent[face] != face:
            self.parent[face] = self.parent[self.parent[face]]
            face = self.parent[face]
        return face

    def join(self, small: int, large: int) -> None:
        """Put one group into another."""
        self.parent[small] = large
        self.weight[large] += self.weight[small]
        for other, length in self.near[small].items():
            del self.near[other][small]
            if other != large:
                joined = self.near[large].get(other, 0.0) + length
                self.near[large][other] = self.near[other][large] = joined
        self.near[small] = {}


def merge_small(groups: Groups, least: float, choose: Choose) -> None:
    """Join the lightest group into the neighbour that `choose` names until all reach `least`."""
    heap = [(weight, i) for i, weight in enumerate(groups.weight) if weight < least]
    heapq.heapify(heap)
    while heap:
        weight, i = heapq.heappop(heap)
        if groups.parent[i] != i or weight != groups.weight[i]:
            continue
        into = choose(i, groups.near[i], groups)
        if into is None:
            continue
        groups.join(i, into)
        if groups.weight[into] < least:
            heapq.heappush(heap, (groups.weight[into], into))


def longest_border(_face: int, near: dict[int, float], _groups: Groups) -> int | None:
    """Choose the neighbour with the longest shared border."""
    return max(near, key=lambda other: (near[other], -other), default=None)


def lightest(_face: int, near: dict[int, float], groups: Groups) -> int | None:
    """Choose the lightest neighbour, the longer border deciding between equals."""
    return min(near, key=lambda other: (groups.weight[other], -near[other], other), default=None)


def dissolve(faces: NDArray[Any], label: NDArray[np.int64]) -> NDArray[Any]:
    """Return the union of the faces of each label, in order of label."""
    order = np.argsort(label, kind="stable")
    cuts = np.flatnonzero(np.diff(label[order])) + 1
    joined = [shapely.coverage_union_all(faces[part]) for part in np.split(order, cuts)]
    made = np.empty(len(joined), dtype=object)
    made[:] = [_simple(shape) for shape in joined]
    return made


def _simple(shape: Any) -> Any:
    return shape.geoms[0] if shape.geom_type == "MultiPolygon" and len(shape.geoms) == 1 else shape
