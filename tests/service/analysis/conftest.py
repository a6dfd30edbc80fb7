"""A county with two years of even history, one grid of it rising at the end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from shutil import copytree
from uuid import uuid4

import numpy as np
import polars as pl
import pytest
from tests.factories import COUNTY, PatrolPointFactory

from anlan.gateway.history import SCHEMA, HistoryStore
from anlan.service.patrol.models import CheckIn
from anlan.service.places.models import Grid
from anlan.service.staff.models import Unit

LAST = date(2026, 2, 28)
DAYS = 760
RISING = 28


def rows(days: int, grids: list[Grid], per_grid: int, prefix: str, source: str = "resident") -> pl.DataFrame:
    """Return `per_grid` incidents a day in each grid for the days up to LAST, at hours in turn."""
    number = days * per_grid * len(grids)
    turn = np.arange(number)
    day, place = turn // (per_grid * len(grids)), turn % len(grids)
    begin = datetime(LAST.year, LAST.month, LAST.day, tzinfo=UTC) - timedelta(days=days - 1)
    frame = pl.DataFrame({
        "key": [f"{prefix}{i}" for i in turn],
        "occurred": [begin + timedelta(days=int(d), hours=i % 15) for i, d in enumerate(day)],
        "lon": [grids[p].lon + 3e-4 * (i % 7) for i, p in enumerate(place)],
        "lat": [grids[p].lat + 3e-4 * (i % 5) for i, p in enumerate(place)],
        "type": ["theft-other" if i % 3 else "burglary" for i in turn],
        "category": ["theft"] * number, "priority": [2] * number, "source": [source] * number,
        "area_code": [grids[p].area_code for p in place], "grid_code": [grids[p].code for p in place],
        "beat_code": [grids[p].beat_id for p in place],
        "precision": ["time"] * number, "address": [""] * number,
    })  # fmt: skip
    missing = [
        pl.lit(None, dtype=kind).alias(name) for name, kind in SCHEMA.items() if name not in frame.columns
    ]
    return frame.with_columns(missing).select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())


def checked_in(place: str, day: date, times: int) -> None:
    """Let a unit check in at a place so many times around that day's noon in the county."""
    unit = Unit.objects.first()
    noon = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
    CheckIn.objects.bulk_create(
        CheckIn(
            client_key=uuid4(), unit=unit, place_code=place, area_code=COUNTY, at=noon + timedelta(minutes=i)
        )
        for i in range(times)
    )


@pytest.fixture
def patrols(county):
    """Two visits a day to a point of the first beat."""
    beat = Grid.objects.order_by("code").first().beat_id
    PatrolPointFactory(code="gate", beat_code=beat, area_code=COUNTY)
    for back in range(60):
        checked_in("gate", LAST - timedelta(days=back), 2)


@pytest.fixture
def history(county, patrols, settings, tmp_path_factory):
    """Two incidents a day in each of four grids; in the last four weeks six more in the first."""
    written = tmp_path_factory.getbasetemp() / "two-years"
    if not written.exists():  # the same for every test of a process: written once
        grids = list(Grid.objects.order_by("code"))
        found = rows(90, grids[1:2], 1, "c", "officer")
        parts = rows(DAYS, grids, 2, "a"), rows(RISING, grids[:1], 6, "b"), found
        HistoryStore(written).write(COUNTY[:6], pl.concat(parts))
    copytree(written, settings.HISTORY_DIR)
    return HistoryStore(settings.HISTORY_DIR)
