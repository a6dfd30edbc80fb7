"""Map matching on real traces whose true routes are known: Hof, 263 tracks."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import shapely

from anlan.engine.geo.roads import RoadGraph, road_links
from anlan.engine.geo.roads.connect import largest_part
from anlan.gateway.roads.matching import Fixes, Match, Matcher
from bench.claims import at_least, at_most, machine
from bench.networks import data_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

METRES = np.array([np.cos(np.radians(50.3)), 1.0]) * 111_195
EVERY_M = 5.0
LEAST_FIXES = 5


def hof(folder: Path) -> tuple[RoadGraph, dict[int, shapely.LineString]]:
    """Roads of Hof as the union of the true routes, noded at vertices, both ways, and those routes.

    There is no OSM extract of Hof in the data. Points in the middle of a road, where tracks begin and end or
    were cut, have more than seven digits: they are no vertices of the map and are left out.
    """
    table = pl.read_csv(folder / "hof_fcd_ground_truth.csv")
    true = shapely.get_parts(shapely.from_wkt(table["WKT"].to_numpy().astype(object)))
    points, line = shapely.get_coordinates(true, return_index=True)
    mapped = np.abs(points * 1e7 - np.rint(points * 1e7)).max(axis=1) < 1e-3
    points, line = points[mapped], line[mapped]
    place, node = np.unique(np.rint(points * 1e7), axis=0, return_inverse=True)
    node = node.ravel()
    along = np.flatnonzero((line[1:] == line[:-1]) & (node[1:] != node[:-1]))
    pairs = np.unique(np.sort(np.column_stack((node[along], node[along + 1])), axis=1), axis=0)
    lon, lat = place.T / 1e7
    metres = np.hypot(np.diff(lon[pairs]) * METRES[0], np.diff(lat[pairs]) * METRES[1]).ravel()
    both = np.concatenate((pairs, pairs[:, ::-1]))
    links = road_links(lon, lat, *both.T, np.tile(metres, 2), np.full(len(both), 11.0))
    graph = RoadGraph.from_links(largest_part(links).links)
    return graph, dict(zip(table["id"].to_list(), true, strict=True))


def tracks(folder: Path) -> Iterator[tuple[int, Fixes]]:
    """The recorded tracks of five fixes and more."""
    points = pl.read_csv(folder / "hof_fcd_points.csv").with_columns(
        pl.col("time").str.to_datetime("%Y-%m-%d %H:%M:%S%z")
    )
    for (track,), fixes in points.sort("id", "time").group_by("id", maintain_order=True):
        if len(fixes) >= LEAST_FIXES:
            at = shapely.get_coordinates(shapely.from_wkt(fixes["geometry"].to_numpy().astype(object)))
            yield int(track), Fixes(at[:, 0], at[:, 1], fixes["time"].dt.epoch("s").to_numpy().astype(float))


def agreement(found: Match, true: shapely.LineString) -> tuple[float, float, float, float]:
    """Metres of the true route, those matched to within 5 m, metres matched, those wrong: at every 5 m.

    Where a route runs twice over a road it counts twice.
    """
    want = shapely.transform(true, lambda xy: xy * METRES)
    lines = [shapely.transform(shapely.LineString(line), lambda xy: xy * METRES) for line in found.lines]
    right = EVERY_M * (shapely.distance(_along(want), shapely.union_all(lines)) <= 5.0).sum()
    got = np.concatenate([_along(line) for line in lines])
    wrong = EVERY_M * (shapely.distance(got, want) > 5.0).sum()
    return EVERY_M * len(_along(want)), right, EVERY_M * len(got), wrong


def _along(line: shapely.LineString) -> np.ndarray:
    return np.asarray(shapely.line_interpolate_point(line, np.arange(0.0, line.length, EVERY_M)))


def shares(
    matcher: Matcher, true: dict[int, shapely.LineString], every: int = 1
) -> tuple[float, float, int, int]:
    """Share of the true routes matched, share of the match that is wrong, tracks judged, tracks lost."""
    rows, lost = [], 0
    for track, fixes in tracks(data_folder() / "gps"):
        if track % every == 0:
            try:
                rows.append(agreement(matcher.match(fixes), true[track]))
            except ValueError:
                lost += 1
    length, right, matched, wrong = np.array(rows).sum(axis=0).tolist()
    return right / length, wrong / matched, len(rows), lost


if __name__ == "__main__":
    print(f"matching, {machine()}")
    roads, routes = hof(data_folder() / "gps")
    with tempfile.TemporaryDirectory() as tiles:
        share, error, judged, none = shares(Matcher(roads, Path(tiles)), routes)
    print(f"  {judged} tracks on {roads.length_km:.0f} km of road; {none} without a way along the roads")
    at_least("hof_true_route_matched", 100 * share, 95, "%")
    at_most("hof_match_wrong", 100 * error, 5, "%")
