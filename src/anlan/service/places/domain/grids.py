"""Storing grids: the partition of a county."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from django.db import transaction

from anlan.engine.geo.crs import LocalPlane
from anlan.service.log.domain import append
from anlan.service.log.verbs import Verb
from anlan.service.places.domain.bulk import PlaceError, known_county, labelled, upsert
from anlan.service.places.models import Beat, Grid
from anlan.service.places.queries.cells import forget
from anlan.service.places.rows import GridRow, Stored
from anlan.service.staff.models import Account

if TYPE_CHECKING:
    from collections.abc import Sequence

FIELDS = (
    "name", "name_en", "area_code", "beat_id", "responsible_id", "population", "area_m2",
    "geometry", "lon", "lat",
)  # fmt: skip


@transaction.atomic
def store_grids(
    county6: str,
    rows: Sequence[GridRow],
    actor: Account | None = None,
    *,
    source: str = "",
    replace: bool = False,
    verb: Verb = Verb.PLACES_IMPORTED,
) -> Stored:
    """Store a county's grids; `replace` removes those that are not in the rows.

    Raises:
        PlaceError: unknown county, beat or responsible account, duplicate code, a grid outside the county.

    """
    county = known_county(county6)
    records = _records(county6, rows)
    stored = upsert(Grid, records, FIELDS)
    removed = _remove_others(county6, {row.code for row in rows}) if replace else 0
    stored = Stored(stored.new, stored.changed, stored.same, removed)
    data = {
        "what": "grids",
        "source": source,
        "rows": stored.total,
        "new": stored.new,
        "changed": stored.changed,
    }
    append(verb, county, actor=actor, area_code=county.code, data=data | {"removed": removed})
    forget()
    return stored


@transaction.atomic
def assign_responsible(grids: Sequence[str], account: Account, actor: Account | None) -> int:
    """Make an account responsible for grids and return how many changed.

    Raises:
        PlaceError: no such grid.

    """
    found = list(Grid.objects.filter(code__in=grids).exclude(responsible=account))
    if not Grid.objects.filter(code__in=grids).exists():
        raise PlaceError("none of these grids exists")
    for grid in found:
        data = {"responsible": account.pk, "before": grid.responsible_id}
        append(Verb.GRID_ASSIGNED, grid, actor=actor, area_code=grid.area_code, data=data)
    return Grid.objects.filter(code__in=[grid.code for grid in found]).update(responsible=account)


def _records(county6: str, rows: Sequence[GridRow]) -> list[Grid]:
    beats = set(Beat.objects.in_county(county6).values_list("code", flat=True))
    people = _people(rows)
    sizes = _sizes(rows)
    records = []
    for number, (row, size) in enumerate(zip(rows, sizes, strict=True), start=1):
        if not row.area_code.startswith(county6) or len(row.area_code) != 12:
            raise PlaceError(
                f"row {number}: grid {row.code} has area {row.area_code!r}, not in county {county6}"
            )
        if row.beat_code and row.beat_code not in beats:
            raise PlaceError(
                f"row {number}: grid {row.code} has beat {row.beat_code}; import the beats first"
            )
        if row.responsible and row.responsible not in people:
            raise PlaceError(f"row {number}: grid {row.code}: no account named {row.responsible!r}")
        records.append(
            Grid(
                code=row.code,
                name=row.name or row.code,
                name_en=row.name_en,
                area_code=row.area_code,
                beat_id=row.beat_code or None,
                responsible_id=people.get(row.responsible),
                population=row.population,
                area_m2=size,
                **labelled(row.shape),
            )
        )
    return records


def _people(rows: Sequence[GridRow]) -> dict[str, int]:
    named = {row.responsible for row in rows if row.responsible}
    return dict(Account.objects.filter(username__in=named).values_list("username", "pk"))


def _sizes(rows: Sequence[GridRow]) -> list[float]:
    """Return the sizes in m², measured on an equal-area plane where a row does not give one."""
    if not rows:
        return []
    shapes = np.array([row.shape for row in rows], dtype=object)
    measured = shapely.area(LocalPlane.around(shapes).flatten(shapes))
    pairs = zip(rows, measured, strict=True)
    return [round(float(size), 2) if row.area_m2 is None else row.area_m2 for row, size in pairs]


def _remove_others(county6: str, given: set[str]) -> int:
    stored = Grid.objects.in_county(county6).values_list("code", flat=True)
    gone = [code for code in stored if code not in given]
    for start in range(0, len(gone), 500):
        Grid.objects.filter(code__in=gone[start : start + 500]).delete()
    return len(gone)
