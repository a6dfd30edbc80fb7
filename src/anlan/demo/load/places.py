"""Storing the county's places and roads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from django.conf import settings

from anlan.demo.accounts import leader
from anlan.demo.generate import names
from anlan.demo.generate.land import Character
from anlan.demo.generate.plane import to_degrees
from anlan.engine.geo.roads import CLASS_INDEX, RoadGraph, road_links
from anlan.service.places import domain
from anlan.service.places.rows import AreaRow, BeatRow, FeatureRow, GridRow, PlaceRow

if TYPE_CHECKING:
    from anlan.demo.generate import DemoCounty
    from anlan.demo.generate.divisions import Division
    from anlan.demo.generate.places import Spot

SOURCE = "demo"
RIVER_M = 120.0  # width


def store_areas(demo: DemoCounty) -> None:
    """Store county, townships, villages."""
    parts = demo.divisions
    character = [Character(kind).name.lower() for kind in parts.character]
    county = AreaRow(
        code=f"{names.COUNTY6}000000",
        name=names.COUNTY[0],
        name_en=names.COUNTY[1],
        shape=parts.county,
        population=int(parts.population.sum()),
        time_zone=settings.TIME_ZONE,
    )
    townships = area_rows(demo, parts.townships, character)
    township_of = dict(zip(parts.townships.code, character, strict=True))
    villages = area_rows(demo, parts.villages, [township_of[code] for code in parts.villages.parent])
    domain.store_areas([county, *townships, *villages], source=SOURCE)


def area_rows(demo: DemoCounty, division: Division, character: list[str]) -> list[AreaRow]:
    """The divisions of one level with their population."""
    people = np.bincount(division.cell, demo.divisions.population, len(division))
    return [
        AreaRow(
            code=str(code),
            name=name,
            name_en=english,
            parent_code=str(parent),
            shape=shape,
            character=kind,
            population=int(count),
        )
        for code, (name, english), parent, shape, kind, count in zip(
            division.code, division.name, division.parent, division.shape, character, people, strict=True
        )
    ]


def store_grids(demo: DemoCounty) -> None:
    """Store beats and grids; one grid has no responsible person, for the partition check to find."""
    parts, beats, villages = demo.divisions, demo.divisions.beats, demo.divisions.villages
    domain.store_beats(
        names.COUNTY6,
        [
            BeatRow(code=str(code), area_code=str(parent), name=name, name_en=english, shape=shape)
            for code, parent, (name, english), shape in zip(
                beats.code, beats.parent, beats.name, beats.shape, strict=True
            )
        ],
        source=SOURCE,
    )
    rows = [
        GridRow(
            code=str(code),
            area_code=str(villages.code[village]),
            shape=shape,
            beat_code=str(beats.code[beat]),
            name=f"{villages.name[village][0]}第{int(code[-4:])}网格",
            name_en=f"{villages.name[village][1]} Grid {int(code[-4:])}",
            population=int(people),
            area_m2=float(size),
            responsible=leader(villages.code[village]) if serial else "",
        )
        for serial, (code, village, beat, shape, people, size) in enumerate(
            zip(
                parts.grid_code,
                villages.cell,
                beats.cell,
                demo.cells.polygon,
                parts.population,
                demo.cells.area_m2,
                strict=True,
            )
        )
    ]
    domain.store_grids(names.COUNTY6, rows, source=SOURCE)


def store_spots(demo: DemoCounty) -> None:
    """Store premises and the places of duty."""
    places = demo.places
    for kind, spots in (
        ("premises", places.premises),
        ("point", places.points),
        ("line", places.lines),
        ("post", places.posts),
        ("checkpoint", places.checkpoints),
    ):
        domain.store_points(names.COUNTY6, kind, [spot_row(kind, spot) for spot in spots], source=SOURCE)


def spot_row(kind: str, spot: Spot) -> PlaceRow:
    """A spot as the places app takes it."""
    own: dict[str, Any] = {}
    if kind == "premises":
        own = {"kind": spot.kind}
    elif kind == "checkpoint":
        own = {"ring": int(spot.kind)}
    return PlaceRow(code=spot.code, name=spot.name, name_en=spot.name_en, shape=spot.shape, **own)


def store_river(demo: DemoCounty) -> None:
    """Store the river, as wide as it is, up to the county's border."""
    bed = shapely.transform(demo.land.river, lambda points: points * demo.cells.stretch)
    water = shapely.transform(bed.buffer(RIVER_M / 2), to_degrees).intersection(demo.divisions.county)
    name, english = names.RIVER
    domain.store_features(names.COUNTY6, [FeatureRow("river", "water", water, name, english)], source=SOURCE)


def graph_of(demo: DemoCounty) -> RoadGraph:
    """The county's roads as a graph."""
    streets = demo.streets
    kinds = np.array([CLASS_INDEX[kind] for kind in streets.kind], np.uint8)
    links = road_links(
        streets.degrees[:, 0],
        streets.degrees[:, 1],
        streets.tail,
        streets.head,
        streets.length_m,
        streets.speed_mps,
        road_class=kinds,
        name=streets.name,
        names=streets.names,
    )
    return RoadGraph.from_links(links, facts={"source": SOURCE})


def store_roads(demo: DemoCounty) -> None:
    """Store the road network."""
    from anlan.service.places.network import store_network  # noqa: PLC0415  loads the road kernels

    store_network(names.COUNTY6, graph_of(demo), SOURCE, None)
