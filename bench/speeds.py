"""Speeds from recorded trips: planted factors on a real network, and real traces of a congested centre."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import polars as pl

from anlan.engine.geo.roads import CLASS_INDEX, HourClass, RoadGraph, road_links
from anlan.engine.geo.roads.calibration import GROUPS, Calibration, Trips, calibrate
from anlan.engine.geo.roads.connect import largest_part
from anlan.gateway.roads.tags import KMH
from bench.claims import at_least, at_most, machine
from bench.networks import data_folder, network, somewhere

if TYPE_CHECKING:
    from pathlib import Path

PLANTED = np.array([[1.3, 1.2, 1.0], [1.6, 1.4, 1.1], [2.2, 1.7, 1.3]])
FIXED_S = 45.0
NOISE = 0.25
WRONG = 0.05
TRIPS = 1500


def athens(folder: Path) -> RoadGraph:
    """The centre of Athens as OSMnx saved it; speeds by class as for OSM files."""
    space = {"g": "http://graphml.graphdrawing.org/xmlns"}
    root = ET.parse(folder / "athens_pneuma_network.graphml").getroot()  # noqa: S314
    keys = {key.get("id"): key.get("attr.name") for key in root.findall("g:key", space)}
    number: dict[str | None, int] = {}
    places, rows = [], []
    for node in root.findall(".//g:node", space):
        facts = {keys[item.get("key")]: item.text for item in node}
        number[node.get("id")] = len(places)
        places.append((float(facts["x"] or 0), float(facts["y"] or 0)))
    for edge in root.findall(".//g:edge", space):
        facts = {keys[item.get("key")]: item.text for item in edge}
        kind = str(facts["highway"])
        ends = number[edge.get("source")], number[edge.get("target")]
        rows.append((*ends, float(facts["length"] or 0), KMH[kind] / 3.6, CLASS_INDEX[kind]))
    tail, head, length, speed, kinds = zip(*rows, strict=True)
    lon, lat = zip(*places, strict=True)
    links = road_links(lon, lat, tail, head, length, speed, road_class=kinds)
    return RoadGraph.from_links(largest_part(links).links)


def legs(graph: RoadGraph, folder: Path) -> Trips:
    """Trips of 200, 500 and 900 m as the crow flies in turn, cut from the vehicles' tracks."""
    goals, rows = (200.0, 500.0, 900.0), []
    tracks = pl.read_csv(folder / "athens_pneuma_1hz.csv", try_parse_dates=True).sort("track_id", "time")
    for _, track in tracks.group_by("track_id", maintain_order=True):
        metres = graph.project(track["lon"], track["lat"])
        second = (track["time"] - track["time"][0]).dt.total_seconds().to_numpy()
        begin = 0
        for end in range(len(track)):
            if np.hypot(*(metres[end] - metres[begin])) >= goals[len(rows) % 3]:
                ends = (*track.row(begin)[1:3], *track.row(end)[1:3])
                rows.append((*ends, second[end] - second[begin]))
                begin = end
    lon, lat, to_lon, to_lat, seconds = zip(*rows, strict=True)
    return Trips.of(lon, lat, to_lon, to_lat, HourClass.PEAK, seconds)


def planted(graph: RoadGraph) -> Trips:
    """Trips between random places at the planted factors, with noise and some grossly wrong."""
    random = np.random.default_rng(3)
    factors = graph.factors.copy()
    for group, names in enumerate(GROUPS.values()):
        factors[:, [CLASS_INDEX[name] for name in names]] *= PLANTED[:, group, None].astype(np.float32)
    truth = graph.with_factors(factors)
    source, target = somewhere(graph, TRIPS, 11), somewhere(graph, TRIPS, 12)
    hour = random.integers(0, len(HourClass), TRIPS)
    seconds = np.empty(TRIPS)
    for one in HourClass:
        for row in np.flatnonzero(hour == one):
            seconds[row] = truth.times([source[row]], [target[row]], one)[0, 0]
    seconds = (seconds + FIXED_S) * np.exp(random.normal(0, NOISE, TRIPS))
    wrong = random.random(TRIPS) < WRONG
    seconds[wrong] *= random.uniform(2, 5, wrong.sum())
    lon, lat = graph.node_lon, graph.node_lat
    return Trips.of(lon[source], lat[source], lon[target], lat[target], hour, seconds)


def told(found: Calibration) -> None:
    """The errors before and after, and the multipliers, in lines."""
    for when, errors in (("before", found.before["all"]), ("held out", found.after["all"])):
        print(f"    {when}: median {errors.median_abs_s:.0f} s, bias {errors.bias_s:.0f} s, "
              f"80 % from {errors.low_s:.0f} to {errors.high_s:.0f} s, {errors.trips} trips")  # fmt: skip
    for one in found.multipliers:
        if one.trips:
            print(f"    {one.hour} {one.group}: {one.multiplier:.2f} ({one.low:.2f}-{one.high:.2f})")


if __name__ == "__main__":
    print(f"speeds, {machine()}")
    roads = network("sf")
    trips = planted(roads)
    begun = time.perf_counter()
    learnt = calibrate(roads, trips)
    print(f"  San Francisco NE, planted: {time.perf_counter() - begun:.0f} s, {learnt.rounds} rounds, "
          f"fixed {learnt.fixed_s:.0f} s ({learnt.fixed_low_s:.0f}-{learnt.fixed_high_s:.0f})")  # fmt: skip
    told(learnt)
    pairs = zip(learnt.multipliers, PLANTED.ravel().tolist(), strict=True)
    inside = sum(one.low <= true <= one.high for one, true in pairs)
    at_least("speeds_planted_within_their_interval", inside, 7, "of 9")
    found = np.array([one.multiplier for one in learnt.multipliers])
    at_most("speeds_planted_farthest_off", 100 * np.abs(found / PLANTED.ravel() - 1).max(), 20, "%")
    noise = float(np.median(np.abs(np.exp(np.random.default_rng(0).normal(0, NOISE, 100_000)) - 1)))
    at_most("speeds_planted_held_out_error", learnt.after["all"].median_share / noise, 1.3, "of the noise")
    centre = athens(data_folder() / "gps")
    learnt = calibrate(centre, legs(centre, data_folder() / "gps"))
    print(f"  Athens, morning peak, fixed {learnt.fixed_s:.0f} s")
    told(learnt)
    ratio = learnt.after["peak"].median_abs_s / learnt.before["peak"].median_abs_s
    at_most("speeds_athens_held_out_error", ratio, 0.7, "of that before")
