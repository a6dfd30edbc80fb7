"""The county's places by name, for the search while a call is taken: made from what is imported."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db.models import Max

from anlan.engine.geo import codes
from anlan.engine.geo.gazetteer import Entry, Gazetteer, Kind, crossings, streets
from anlan.gateway.coordinates import Box
from anlan.service.log.models import Event
from anlan.service.places.models import (
    Area,
    Beat,
    Checkpoint,
    Grid,
    PatrolLine,
    PatrolPoint,
    Premises,
    StandbyPost,
)
from anlan.service.places.network import base_graph, file_in_use
from anlan.service.places.queries import resolve_many

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOK_S = 5.0
TABLES = {
    Kind.PREMISES: Premises, Kind.PATROL_POINT: PatrolPoint, Kind.PATROL_LINE: PatrolLine,
    Kind.POST: StandbyPost, Kind.CHECKPOINT: Checkpoint, Kind.BEAT: Beat, Kind.GRID: Grid,
}  # fmt: skip
SPREAD = 0.02
_kept: dict[str, tuple[float, Any, Gazetteer]] = {}
_building = threading.Lock()


def gazetteer(county6: str) -> Gazetteer:
    """Return the county's gazetteer; a change of places or roads is in it within `LOOK_S` seconds."""
    kept = _kept.get(county6)
    if kept is not None and time.monotonic() - kept[0] < LOOK_S:
        return kept[2]
    with _building:
        state, kept = _state(county6), _kept.get(county6)
        found = kept[2] if kept is not None and kept[1] == state else Gazetteer(_entries(county6))
        _kept[county6] = (time.monotonic(), state, found)
    return found


def forget() -> None:
    """Drop what is kept."""
    _kept.clear()


def _state(county6: str) -> tuple[Any, ...]:
    """What changes whenever the county's names do: roads, logged changes of places, numbers of rows."""
    about = Event.objects.filter(county=county6, record_type__in=("places.area", "places.grid"))
    sizes = tuple(table.objects.in_county(county6).count() for table in TABLES.values())
    return (file_in_use(county6), about.aggregate(last=Max("id"))["last"], sizes)


def _entries(county6: str) -> list[Entry]:
    """All of them; a patrol line that bears its street's name says nothing new."""
    roads = _from_roads(county6)
    names = {entry.name for entry in roads if entry.kind == Kind.STREET}
    places = [one for one in _from_tables(county6) if one.kind != Kind.PATROL_LINE or one.name not in names]
    return [*places, *roads]


def _from_tables(county6: str) -> Iterator[Entry]:
    fields = ("name", "lon", "lat", "name_en")
    for kind, table in TABLES.items():
        rows = table.objects.in_county(county6).exclude(lon=None)
        if kind not in {Kind.BEAT, Kind.GRID}:
            rows = rows.filter(active=True)
        for name, lon, lat, other, area in rows.values_list(*fields, "area_code"):
            yield Entry(name, kind, lon, lat, other, area_code=area)
    areas = Area.objects.in_county(county6).filter(level__gt=codes.Level.COUNTY).exclude(lon=None)
    for name, lon, lat, other, area in areas.values_list(*fields, "code"):
        yield Entry(name, Kind.AREA, lon, lat, other, area_code=area)


def _from_roads(county6: str) -> list[Entry]:
    """Streets and crossings, each in the division that its point lies in."""
    graph = base_graph(county6)
    found = [] if graph is None else [*streets(graph), *crossings(graph)]
    lon, lat = (np.array([getattr(entry, name) for entry in found], dtype=float) for name in ("lon", "lat"))
    where = resolve_many(county6, lon, lat)
    return [replace(entry, area_code=place.area_code) for entry, place in zip(found, where, strict=True)]


def town_names(county6: str) -> dict[str, str]:
    """Return the label of each township by the nine digits of its code, in the reader's language."""
    towns = Area.objects.in_county(county6).filter(level=codes.Level.TOWNSHIP).defer("geometry")
    return {town.code[:9]: town.label for town in towns}


def county_box(county6: str) -> Box:
    """Return the box around the county's places; the whole Earth where it has none."""
    bounds = gazetteer(county6).bounds
    if bounds is None:
        return Box(-180, -90, 180, 90)
    west, south, east, north = bounds
    return Box(west - SPREAD, south - SPREAD, east + SPREAD, north + SPREAD)


def warm() -> None:
    """Make every county's gazetteer, so that the first call need not wait."""
    for code in Area.objects.filter(level=codes.Level.COUNTY).values_list("code", flat=True):
        gazetteer(codes.county(code))
