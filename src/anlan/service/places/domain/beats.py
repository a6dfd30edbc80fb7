"""Storing beats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from anlan.engine.geo import codes
from anlan.service.log.domain import append
from anlan.service.log.verbs import Verb
from anlan.service.places.domain.bulk import PlaceError, known_county, labelled, upsert
from anlan.service.places.models import Beat
from anlan.service.places.queries.cells import forget
from anlan.service.places.rows import BeatRow, Stored

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anlan.service.staff.models import Account

FIELDS = ("name", "name_en", "area_code", "geometry", "lon", "lat")


@transaction.atomic
def store_beats(
    county6: str,
    rows: Sequence[BeatRow],
    actor: Account | None = None,
    *,
    source: str = "",
    replace: bool = False,
) -> Stored:
    """Store a county's beats; `replace` removes those that are not in the rows (their grids lose the beat).

    Raises:
        PlaceError: unknown county, duplicate code, a beat outside the county's codes.

    """
    county = known_county(county6)
    for number, row in enumerate(rows, start=1):
        if not row.area_code.startswith(county6) or len(row.area_code) != 12:
            raise PlaceError(
                f"row {number}: beat {row.code} has area {row.area_code!r}, not in county {county6}"
            )
    _refuse_foreign(county6, rows)
    stored = upsert(Beat, [_record(row) for row in rows], FIELDS)
    removed = 0
    if replace:
        given = {row.code for row in rows}
        gone = [
            code
            for code in Beat.objects.in_county(county6).values_list("code", flat=True)
            if code not in given
        ]
        removed = Beat.objects.filter(code__in=gone).delete()[1].get("places.Beat", 0)
    stored = Stored(stored.new, stored.changed, stored.same, removed)
    data = {
        "what": "beats",
        "source": source,
        "rows": stored.total,
        "new": stored.new,
        "changed": stored.changed,
    }
    append(Verb.PLACES_IMPORTED, county, actor=actor, area_code=county.code, data=data | {"removed": removed})
    forget()
    return stored


def _refuse_foreign(county6: str, rows: Sequence[BeatRow]) -> None:
    """Raise PlaceError where a code is another county's, which an update would take from it."""
    others = Beat.objects.filter(code__in=[row.code for row in rows]).exclude(area_code__startswith=county6)
    taken = others.values_list("code", "area_code").first()
    if taken is not None:
        raise PlaceError(f"beat {taken[0]} exists in county {codes.county(taken[1])}; use another code")


def _record(row: BeatRow) -> Beat:
    shape = {} if row.shape is None else labelled(row.shape)
    return Beat(
        code=row.code, area_code=row.area_code, name=row.name or row.code, name_en=row.name_en, **shape
    )
