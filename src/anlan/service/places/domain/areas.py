"""Storing the hierarchy of divisions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django.db import transaction

from anlan.engine.geo import codes
from anlan.service.log.domain import append
from anlan.service.log.verbs import Verb
from anlan.service.places.domain.bulk import PlaceError, labelled, upsert
from anlan.service.places.models import Area
from anlan.service.places.queries.cells import forget
from anlan.service.places.rows import AreaRow, Stored

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anlan.service.staff.models import Account

FIELDS = (
    "name", "name_en", "parent_code", "level", "character", "population", "time_zone",
    "geometry", "lon", "lat",
)  # fmt: skip


@transaction.atomic
def store_areas(rows: Sequence[AreaRow], actor: Account | None = None, *, source: str = "") -> Stored:
    """Store divisions; every parent must be in the rows or stored already. One event per county.

    A row without a shape, point, character, population or time zone keeps what is stored, so that a file
    of names does not wipe out boundaries imported before.

    Raises:
        PlaceError: a malformed or duplicate code, an unknown parent, an unknown time zone.

    """
    rows = [_with_full_code(row, number) for number, row in enumerate(rows, start=1)]
    kept = Area.objects.in_bulk([row.code for row in rows])
    records = [_record(row, number, kept.get(row.code)) for number, row in enumerate(rows, start=1)]
    _refuse_orphans(records)
    stored = upsert(Area, records, FIELDS)
    _log(records, stored, actor, source)
    forget()
    return stored


def store_county(row: AreaRow, actor: Account | None = None, *, source: str = "") -> Stored:
    """Store a county of its own: the top of what this installation serves.

    Raises:
        PlaceError: the code is not a county's six digits.

    """
    row = _with_full_code(row, 1)
    if codes.level(row.code) != codes.Level.COUNTY:
        raise PlaceError(f"county code {row.code}: give six digits, of which the last two are not both zero")
    return store_areas([row], actor, source=source)


def _with_full_code(row: AreaRow, number: int) -> AreaRow:
    try:
        return replace(row, code=codes.normalise(row.code))
    except ValueError as error:
        raise PlaceError(f"row {number}: {error}") from error


def _record(row: AreaRow, number: int, kept: Area | None) -> Area:
    level = row.level or int(codes.level(row.code))
    if row.time_zone and row.time_zone not in available_timezones():
        raise PlaceError(
            f"row {number}: time zone {row.time_zone!r} is unknown; give a name like Asia/Shanghai"
        )
    values: dict[str, Any] = {"name": row.name, "name_en": row.name_en, "level": level}
    values["parent_code"] = row.parent_code or (
        codes.parent(row.code) or "" if level > codes.Level.COUNTY else ""
    )
    if row.shape is not None:
        values |= labelled(row.shape)
    elif row.lon is not None:
        values |= {"lon": row.lon, "lat": row.lat}
    for field in ("character", "population", "time_zone"):
        if getattr(row, field) not in ("", None):
            values[field] = getattr(row, field)
    if kept is not None:
        stored = {field: getattr(kept, field) for field in FIELDS if field not in values}
        if row.shape is None and kept.geometry is not None:  # a surveyed outline labels better than a centre
            stored |= {"lon": kept.lon, "lat": kept.lat}
        values |= stored
    return Area(code=row.code, **values)


def _refuse_orphans(records: Sequence[Area]) -> None:
    given = {record.code for record in records}
    wanted = {r.parent_code for r in records if r.level > codes.Level.COUNTY} - given
    known = set(Area.objects.filter(code__in=wanted).values_list("code", flat=True))
    for number, record in enumerate(records, start=1):
        if record.level > codes.Level.COUNTY and record.parent_code not in given | known:
            what = f"{record.code} {record.name} has parent {record.parent_code}"
            raise PlaceError(
                f"row {number}: {what}, which is neither in the file nor stored; import the parent first"
            )


def _log(records: Sequence[Area], stored: Stored, actor: Account | None, source: str) -> None:
    by_county: dict[str, int] = defaultdict(int)
    for record in records:
        by_county[codes.county(record.code)] += 1
    for county, count in by_county.items():
        area = Area(code=codes.normalise(county))
        data = {
            "what": "areas",
            "source": source,
            "rows": count,
            "new": stored.new,
            "changed": stored.changed,
        }
        append(Verb.PLACES_IMPORTED, area, actor=actor, area_code=area.code, data=data)
