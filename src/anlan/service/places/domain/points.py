"""Storing posts, patrol points and lines, checkpoints and premises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import transaction

from anlan.service.log.domain import append
from anlan.service.log.verbs import Verb
from anlan.service.places import models
from anlan.service.places.domain.bulk import PlaceError, known_county, labelled, upsert
from anlan.service.places.queries.cells import resolve_many
from anlan.service.places.rows import PlaceRow, Stored

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anlan.service.staff.models import Account

KINDS: dict[str, type[models.Located]] = {
    "post": models.StandbyPost,
    "point": models.PatrolPoint,
    "line": models.PatrolLine,
    "checkpoint": models.Checkpoint,
    "premises": models.Premises,
}
FIELDS = ("name", "name_en", "area_code", "grid_code", "beat_code", "active", "geometry", "lon", "lat")
OWN = {"checkpoint": ("ring",), "premises": ("kind", "hazards")}


@transaction.atomic
def store_points(
    county6: str, kind: str, rows: Sequence[PlaceRow], actor: Account | None = None, *, source: str = ""
) -> Stored:
    """Store places of one kind (a key of `KINDS`), each resolved to its grid and beat here.

    Raises:
        PlaceError: unknown county or kind, duplicate code, a code that another county uses.

    """
    if kind not in KINDS:
        raise PlaceError(f"kind {kind!r}: expected one of {', '.join(KINDS)}")
    county = known_county(county6)
    model = KINDS[kind]
    taken = model._default_manager.filter(code__in=[r.code for r in rows]).exclude(
        area_code__startswith=county6
    )
    if (other := taken.first()) is not None:
        raise PlaceError(f"{kind} {other.code} exists in area {other.area_code}; use another code")
    stored = upsert(model, _records(county6, kind, rows), FIELDS + OWN.get(kind, ()))
    data = {
        "what": kind,
        "source": source,
        "rows": stored.total,
        "new": stored.new,
        "changed": stored.changed,
    }
    append(Verb.PLACES_IMPORTED, county, actor=actor, area_code=county.code, data=data)
    return stored


def _records(county6: str, kind: str, rows: Sequence[PlaceRow]) -> list[models.Located]:
    shaped = [labelled(row.shape) for row in rows]
    lon, lat = (np.array([shape[axis] for shape in shaped], dtype=float) for axis in ("lon", "lat"))
    places = resolve_many(county6, lon, lat)
    return [_record(kind, *facts) for facts in zip(rows, shaped, places, strict=True)]


def _record(kind: str, row: PlaceRow, shape: dict[str, Any], place: Any) -> models.Located:
    own = {field: getattr(row, field) for field in OWN.get(kind, ())}
    return KINDS[kind](
        code=row.code, name=row.name, name_en=row.name_en, active=row.active, area_code=place.area_code,
        grid_code=place.grid_code, beat_code=place.beat_code, **shape, **own,
    )  # fmt: skip
