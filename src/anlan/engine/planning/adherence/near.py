"""Time within a circle, covered stretches of a line, and what a gap may hide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from anlan.engine.planning.adherence.model import Floats

if TYPE_CHECKING:
    from numpy.typing import NDArray


STEP_M = 2.0  # a line is looked at in steps of at most this


@dataclass(frozen=True)
class Stay:
    """Seconds inside a circle, moment of the first entry (None: never), closest approach in metres."""

    seconds: float
    first_s: float | None
    nearest_m: float | None


def stay(pieces: Floats, centre: tuple[float, float], radius_m: float) -> Stay:
    """Return the time that pieces (m, 6) spend inside a circle: exact for straight ways at an even speed."""
    if not len(pieces):
        return Stay(0.0, None, None)
    start, way = pieces[:, 1:3] - centre, pieces[:, 4:6] - pieces[:, 1:3]
    span = pieces[:, 3] - pieces[:, 0]
    length2 = (way**2).sum(axis=1)
    moving = length2 > 0
    along = np.where(moving, -(start * way).sum(axis=1) / np.where(moving, length2, 1.0), 0.0)
    closest = np.hypot(*(start + np.clip(along, 0, 1)[:, None] * way).T)
    middle2 = ((start + along[:, None] * way) ** 2).sum(axis=1)
    half = np.sqrt(np.maximum(radius_m**2 - middle2, 0) / np.where(moving, length2, 1.0))
    half = np.where(moving, half, np.inf)
    low, high = np.clip(along - half, 0, 1), np.clip(along + half, 0, 1)
    inside = closest <= radius_m
    seconds = np.where(inside, (high - low) * span, 0.0)
    entries = (pieces[:, 0] + low * span)[inside]
    return Stay(float(seconds.sum()), float(entries.min()) if len(entries) else None, float(closest.min()))


def hidden_s(
    gaps: Floats, centre: tuple[float, float], radius_m: float, window: tuple[float, float], top_mps: float
) -> float:
    """Return the longest time that gaps (g, 6) allow inside a circle in a window; -1: not even a visit."""
    if not len(gaps):
        return -1.0
    before, after = (
        np.maximum(np.hypot(*(gaps[:, place] - centre).T) - radius_m, 0) / top_mps
        for place in (slice(1, 3), slice(4, 6))
    )
    arrive = np.maximum(gaps[:, 0] + np.nan_to_num(before), window[0])
    leave = np.minimum(gaps[:, 3] - np.nan_to_num(after), window[1])
    able = leave >= arrive
    return float((leave - arrive)[able].sum()) if able.any() else -1.0


def told(stays: Floats, pieces: Floats, window: tuple[float, float]) -> tuple[float, float | None]:
    """Return the seconds in a window that timers (k, 2) tell of and no piece covers, and when they begin."""
    spans = np.clip(stays, *window)
    spans = spans[spans[:, 1] > spans[:, 0]]
    if not len(spans):
        return 0.0, None
    said = shapely.union_all([shapely.LineString([(a, 0), (b, 0)]) for a, b in spans.tolist()])
    seen = pieces[pieces[:, 3] > pieces[:, 0]]
    known = shapely.union_all([shapely.LineString([(a, 0), (b, 0)]) for a, b in seen[:, [0, 3]].tolist()])
    left = shapely.difference(said, known)
    return float(left.length), float(left.bounds[0]) if left.length else None


@dataclass(frozen=True, eq=False)
class Steps:
    """A line cut into equal short steps: their middles (s, 2), and metres from its begin to each, (s,)."""

    middles: Floats
    length_m: float
    at_m: Floats


def steps(line: Floats, step_m: float = STEP_M) -> Steps:
    """Cut a line (k, 2) into steps of at most `step_m`."""
    geometry = shapely.LineString(line)
    count = max(1, int(np.ceil(geometry.length / step_m)))
    at = (np.arange(count) + 0.5) * geometry.length / count
    middles = shapely.get_coordinates(shapely.line_interpolate_point(geometry, at))
    return Steps(middles, float(geometry.length), at)


def covered(of: Steps, pieces: Floats, line_m: float) -> NDArray[np.bool_]:
    """Whether each step has the way within `line_m`, in whatever direction, (s,)."""
    seen = np.zeros(len(of.middles), bool)
    if not len(pieces):
        return seen
    ways = shapely.linestrings(pieces[:, [1, 2, 4, 5]].reshape(-1, 2, 2))
    tree = shapely.STRtree(shapely.points(of.middles))
    seen[tree.query(ways, predicate="dwithin", distance=line_m)[1]] = True
    return seen


def reachable(of: Steps, gaps: Floats, line_m: float, top_mps: float) -> NDArray[np.bool_]:
    """Whether some gap is long enough to have passed each step, (s,)."""
    able = np.zeros(len(of.middles), bool)
    for gap in gaps:
        ways = [
            np.maximum(np.hypot(*(of.middles - end).T) - line_m, 0) if np.isfinite(end).all() else 0.0
            for end in (gap[1:3], gap[4:6])
        ]
        able |= (ways[0] + ways[1]) <= top_mps * (gap[3] - gap[0])
    return able


def between(of: Steps, from_m: Floats, to_m: Floats) -> NDArray[np.bool_]:
    """Whether each step lies in one of the stretches given in metres along the line, (s,)."""
    low, high = np.minimum(from_m, to_m), np.maximum(from_m, to_m)
    return np.asarray(((of.at_m[:, None] >= low) & (of.at_m[:, None] <= high)).any(axis=1))


def first_reached(of: Steps, pieces: Floats, line_m: float) -> float | None:
    """Return when the way first came within `line_m` of the line, to the piece; None: never."""
    if not len(pieces):
        return None
    ways = shapely.linestrings(pieces[:, [1, 2, 4, 5]].reshape(-1, 2, 2))
    near = shapely.dwithin(ways, shapely.MultiPoint(of.middles), line_m)
    return float(pieces[near, 0].min()) if near.any() else None
