"""Storing the shapes of the base map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from anlan.service.log.domain import append
from anlan.service.log.verbs import Verb
from anlan.service.places.domain.bulk import PlaceError, known_county, labelled, upsert
from anlan.service.places.models import Feature
from anlan.service.places.rows import FeatureRow, Stored

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anlan.service.staff.models import Account

FIELDS = ("name", "name_en", "kind", "area_code", "geometry", "lon", "lat")


@transaction.atomic
def store_features(
    county6: str, rows: Sequence[FeatureRow], actor: Account | None = None, *, source: str = ""
) -> Stored:
    """Store water, green and rail, by a code that is unique in the county.

    Raises:
        PlaceError: unknown county or kind, duplicate code.

    """
    county = known_county(county6)
    for number, row in enumerate(rows, start=1):
        if row.kind not in Feature.Kind.values:
            wanted = ", ".join(Feature.Kind.values)
            raise PlaceError(f"row {number}: kind {row.kind!r}: expected one of {wanted}")
    records = [
        Feature(
            code=f"{county6}-{row.code}",
            area_code=county.code,
            kind=row.kind,
            name=row.name,
            name_en=row.name_en,
            **labelled(row.shape),
        )
        for row in rows
    ]
    stored = upsert(Feature, records, FIELDS)
    data = {"what": "base", "source": source, "rows": stored.total, "new": stored.new}
    append(Verb.PLACES_IMPORTED, county, actor=actor, area_code=county.code, data=data)
    return stored
