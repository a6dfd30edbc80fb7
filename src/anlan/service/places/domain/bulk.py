"""Storing many rows by code: new ones inserted, changed ones updated, the rest left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from anlan.engine.geo import codes
from anlan.service.places.models import Area
from anlan.service.places.rows import Stored

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db import models
    from shapely.geometry.base import BaseGeometry

BATCH = 2000


class PlaceError(ValueError):
    """Places that cannot be stored; the message names row, code and mend."""


def upsert(model: type[models.Model], records: Sequence[Any], fields: Sequence[str]) -> Stored:
    """Insert or update records by `code`, touching only rows that differ in one of the fields."""
    refuse_duplicates([record.code for record in records])
    kept = _kept(model, [record.code for record in records], fields)
    new = [record for record in records if record.code not in kept]
    changed = [r for r in records if r.code in kept and _values(r, fields) != kept[r.code][1]]
    for record in changed:
        record.pk = kept[record.code][0]
    model._default_manager.bulk_create(new, batch_size=BATCH)
    model._default_manager.bulk_update(changed, fields, batch_size=200)
    return Stored(len(new), len(changed), len(records) - len(new) - len(changed))


def refuse_duplicates(given: Iterable[str]) -> None:
    """Raise PlaceError for a code given twice, naming both rows."""
    seen: dict[str, int] = {}
    for row, code in enumerate(given, start=1):
        if code in seen:
            raise PlaceError(
                f"row {row}: code {code} was already given in row {seen[code]}; keep one of them"
            )
        seen[code] = row


def known_county(county6: str) -> Area:
    """Return the county, or raise PlaceError saying how to import it."""
    area = Area.objects.filter(code=codes.normalise(county6)).defer("geometry").first()
    if area is None:
        raise PlaceError(
            f"county {county6} is unknown: run `anlan import county` or `anlan import areas` first"
        )
    return area


def labelled(shape: BaseGeometry) -> dict[str, Any]:
    """Return the fields of `Shaped` for a geometry."""
    point = shape if shape.geom_type == "Point" else shape.representative_point()
    return {"geometry": shapely.to_wkb(shape), "lon": float(point.x), "lat": float(point.y)}


def _kept(
    model: type[models.Model], given: Sequence[str], fields: Sequence[str]
) -> dict[str, tuple[Any, Any]]:
    kept = {}
    for start in range(0, len(given), BATCH):
        rows = model._default_manager.filter(code__in=given[start : start + BATCH])
        kept |= {row.code: (row.pk, _values(row, fields)) for row in rows}
    return kept


def _values(record: Any, fields: Sequence[str]) -> tuple[Any, ...]:
    values = (getattr(record, field) for field in fields)
    return tuple(bytes(value) if isinstance(value, memoryview) else value for value in values)
