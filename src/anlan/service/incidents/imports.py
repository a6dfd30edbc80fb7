"""Incidents into the history: from files, and every night from the live table."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from anlan.engine.geo import codes
from anlan.engine.geo.locate import Locator
from anlan.gateway.files import taxonomy
from anlan.gateway.files.incidents import Summary, import_incidents
from anlan.gateway.files.places import Places
from anlan.gateway.files.taxonomy import TypeEntry
from anlan.gateway.history import SCHEMA, HistoryStore, Written
from anlan.service.incidents.models import Incident, IncidentType
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.places import queries as places

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.db.models import QuerySet

    from anlan.gateway.files.incidents import Progress
    from anlan.gateway.files.mapping import Mapping
    from anlan.service.staff.models import Account

FIELDS = {
    "number": "key",
    "received_at": "occurred",
    "lon": "lon",
    "lat": "lat",
    "type__code": "type",
    "type__category": "category",
    "priority": "priority",
    "source": "source",
    "area_code": "area_code",
    "grid_code": "grid_code",
    "beat_code": "beat_code",
    "address": "address",
    "first_sent": "dispatched",
    "first_there": "on_scene",
    "closed_at": "closed",
}
LIVE = {name: SCHEMA[name] for name in FIELDS.values()}
SETTLED_AFTER = timedelta(days=3)
BATCH = 5_000


def import_file(
    path: Path,
    mapping: Mapping,
    county: str,
    actor: Account | None,
    *,
    quarantine: Path | None = None,
    encoding: str = "",
    progress: Progress | None = None,
) -> Summary:
    """Import one file of incidents into the county's history and log it.

    The event is written first, in a transaction that ends after the rows are committed: without its event
    no import counts. Only a stop between the two commits leaves rows without one; importing the file
    again then logs it (all rows duplicate), as every import does.

    Raises:
        PermissionDenied: the actor may not import into this county.
        Area.DoesNotExist: no such county.
        ImportRefusedError: see `anlan.gateway.files.incidents.import_incidents`.
        HistoryBusyError: another import into the county is running.

    """
    area = places.county_area(county)
    if actor is not None and not actor.has_perm("incidents.import_history", area):
        raise PermissionDenied("incidents.import_history")
    county6 = codes.county(area.code)

    @contextmanager
    def logged(summary: Summary) -> Iterator[None]:
        with transaction.atomic():
            data = {**asdict(summary), "mapping": mapping.name}
            log.append(Verb.HISTORY_IMPORTED, area, actor=actor, area_code=area.code, data=data)
            yield

    return import_incidents(
        path,
        mapping,
        store(),
        county_places(county6),
        types=county_types(county6),
        quarantine=quarantine,
        encoding=encoding,
        progress=progress,
        within=logged,
    )


def store() -> HistoryStore:
    """Return this installation's history."""
    return HistoryStore(settings.HISTORY_DIR)


def county_places(county6: str) -> Places:
    """Return the county's grids and outline in the importer's form."""
    outline = places.county_outline(county6)
    boundary = None if outline is None else Locator([county6], np.array([outline], dtype=object))
    locator = places.locator(county6)
    if locator is None:
        return Places(county6, boundary=boundary)
    table = places.grid_table(county6)
    if list(table.codes) != list(locator.codes):
        raise RuntimeError("grids changed while the import began; start it again")
    return Places(
        county6, locator, list(table.codes), list(table.area_codes), list(table.beat_codes), boundary
    )


def county_types(county6: str) -> dict[str, TypeEntry]:
    """Return the taxonomy by code: the seed, then what every county edits, then this county's own."""
    found = dict(taxonomy.by_code())
    for entry in IncidentType.objects.filter(county__in=["", county6]).order_by("county"):
        found[entry.code] = TypeEntry(
            code=entry.code,
            name=entry.name,
            name_en=entry.name_en,
            category=entry.category,
            priority=entry.priority,
            source=entry.source,
            capabilities=tuple(entry.capabilities),
            units_needed=max(entry.units_needed, 1),
        )
    return found


def carry_over(county: str) -> Written:
    """Copy the county's live incidents into the history; safe to repeat.

    The key is the incident's number, so a later state replaces an earlier one. Incidents found to be
    duplicates go out again. What has been closed for three days is final and not looked at any more.
    """
    area = places.county_area(county)
    county6 = codes.county(area.code)
    now = timezone.now()
    live = Incident.objects.filter(county=county6, carried_over=False)
    doubles = live.filter(disposition=Incident.Disposition.DUPLICATE)
    drop = [key(number) for number in doubles.values_list("number", flat=True)]
    counted = live.exclude(disposition=Incident.Disposition.DUPLICATE)
    frame = pl.DataFrame(list(_rows(counted)), schema=LIVE, orient="row")
    if frame.is_empty() and not drop:
        return Written(0, 0)
    frame = frame.with_columns(pl.col("occurred").alias("received"))
    settled = list(live.filter(closed_at__lt=now - SETTLED_AFTER).values_list("pk", flat=True))
    written = store().write(county6, frame, replace=True, drop=drop)
    with transaction.atomic():
        for start in range(0, len(settled), BATCH):
            part = Incident.objects.filter(pk__in=settled[start : start + BATCH])
            part.filter(status=Incident.Status.CLOSED).update(carried_over=True)
        data = {**asdict(written), "final": len(settled), "duplicates_left_out": len(drop)}
        log.append(Verb.HISTORY_CARRIED, area, actor=None, area_code=area.code, data=data)
    return written


def _rows(incidents: QuerySet[Incident]) -> Iterator[tuple[Any, ...]]:
    sent, there = Min("assignments__assigned_at"), Min("assignments__on_scene_at")
    timed = incidents.annotate(first_sent=sent, first_there=there).order_by("pk")
    for number, *facts in timed.values_list(*FIELDS).iterator(chunk_size=BATCH):
        yield (key(number), *facts)


def carry_over_all() -> None:
    """Carry over every county that has live incidents."""
    live = Incident.objects.filter(carried_over=False)
    for county in live.order_by("county").values_list("county", flat=True).distinct():
        carry_over(county)


def key(number: str) -> str:
    """Return the history key of a live incident."""
    return f"live:{number}"
