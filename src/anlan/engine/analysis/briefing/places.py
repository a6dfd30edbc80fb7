"""Where: hot spots and near repeats on the map."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.spatial import cKDTree

from anlan.engine.analysis import density, repeats
from anlan.engine.analysis.briefing.model import Place
from anlan.engine.analysis.rhythm import busiest_hours

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from anlan.engine.analysis.briefing.model import Cells, Points

BANDWIDTH_M, FAR_M = 400.0, 100_000.0
RECENT_DAYS, SHOWN = 28, 8


def places(
    points: Points, cells: Cells, outline: BaseGeometry | None = None
) -> tuple[list[Place], list[Place], dict[str, int]]:
    """Return hot spots, near-repeat chains, and the incidents in chains by beat.

    `outline`: the county in WGS-84 degrees; the density is corrected at its edge.
    """
    if not len(points.lon):
        return [], [], {}
    origin = origin_of(points.lon, points.lat)
    x, y = density.to_metres(points.lon, points.lat, origin)
    kept = np.flatnonzero(~repeats.shared_places(x, y) & (np.hypot(x, y) < FAR_M))
    near, by_beat = _near_repeats(points, kept, x, y, origin)
    spots = _spots(points, kept, x, y, origin, outline)
    return _named(spots, cells, origin), _named(near, cells, origin), by_beat


def _named(found: list[Place], cells: Cells, origin: tuple[float, float]) -> list[Place]:
    """Return the places with the grid whose middle is nearest."""
    if not found or not len(cells.code):
        return found
    tree = cKDTree(np.stack(density.to_metres(cells.lon, cells.lat, origin), axis=1))
    at = density.to_metres([place.lon for place in found], [place.lat for place in found], origin)
    nearest = np.asarray(tree.query(np.stack(at, axis=1))[1], np.int64)
    return [
        replace(place, cell_code=str(cells.code[i])) for place, i in zip(found, nearest.tolist(), strict=True)
    ]


def origin_of(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> tuple[float, float]:
    """Return the middle of the points, where the local plane touches."""
    return float(np.median(lon)), float(np.median(lat))


def degrees(x: float, y: float, origin: tuple[float, float]) -> tuple[float, float]:
    """Return longitude and latitude of one place in metres, to a decimetre."""
    lon, lat = density.to_degrees(x, y, origin)
    return round(float(lon), 6), round(float(lat), 6)


def _spots(
    points: Points,
    kept: NDArray[np.int64],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    origin: tuple[float, float],
    outline: BaseGeometry | None,
) -> list[Place]:
    """Return the peaks of the density with the beat and the busiest hours of their incidents."""
    east, north = x[kept], y[kept]
    bounds, mask = _mask(outline, origin)
    shown = density.surface(east, north, bandwidth_m=BANDWIDTH_M, bounds=bounds, mask=mask)
    peaks = density.hot_spots(shown, east, north)
    spots = []
    for peak in peaks:
        near = kept[np.hypot(east - peak.x, north - peak.y) <= BANDWIDTH_M]
        place = degrees(peak.x, peak.y, origin)
        spots.append(
            Place(
                *place, peak.count, peak.share, beat_code=most(points.beat[near]), hours=_band(points, near)
            )
        )
    return spots


def _mask(
    outline: BaseGeometry | None, origin: tuple[float, float]
) -> tuple[tuple[float, float, float, float] | None, NDArray[np.bool_] | None]:
    """Return the bounds, metres, and the nodes inside the county; None for both without its shape."""
    if outline is None:
        return None, None
    shape = shapely.transform(
        outline, lambda part: np.stack(density.to_metres(part[:, 0], part[:, 1], origin), axis=1)
    )
    west, south, east, north = shape.bounds
    xs, ys = density.nodes((west, south, east, north), BANDWIDTH_M / 4)
    return (west, south, east, north), density.mask_of(shape, xs, ys)


def _near_repeats(
    points: Points,
    kept: NDArray[np.int64],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    origin: tuple[float, float],
) -> tuple[list[Place], dict[str, int]]:
    day = points.occurred[kept].astype("datetime64[D]").astype(np.int64)
    late = kept[day > day.max(initial=0) - RECENT_DAYS]
    days = points.occurred[late].astype("datetime64[D]").astype(np.int64)
    found = repeats.chains(x[late], y[late], days, points.type[late])
    members = [late[list(chain.members)] for chain in found]
    named, number = np.unique(
        np.concatenate([points.beat[rows] for rows in members]) if members else np.zeros(0, str),
        return_counts=True,
    )
    total = max(len(late), 1)
    near = [
        Place(
            *degrees(chain.x, chain.y, origin), chain.count, chain.count / total, chain.type, chain.last,
            most(points.beat[rows]), _band(points, rows),
        )
        for chain, rows in zip(found[:SHOWN], members, strict=False)
    ]  # fmt: skip
    return near, dict(zip(named.tolist(), number.tolist(), strict=True))


def most(codes: NDArray[np.str_]) -> str:
    """Return the code that occurs most, "" among none."""
    named, number = np.unique(codes[codes != ""], return_counts=True)
    return str(named[number.argmax()]) if len(named) else ""


def _band(points: Points, rows: NDArray[np.int64]) -> tuple[int, int] | None:
    """Return the shortest band that holds half of the points, None where no time is known."""
    hours = points.occurred[rows].astype("datetime64[h]").astype(np.int64) % 24
    seconds = points.occurred[rows].astype("datetime64[s]").astype(np.int64) % 86_400
    timed = hours[seconds > 0]
    return busiest_hours(np.bincount(timed, minlength=24)) if len(timed) else None
