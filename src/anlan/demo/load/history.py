"""Storing incident types and history."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl
from django.conf import settings
from django.db import transaction

from anlan.demo import generate
from anlan.demo.generate import names
from anlan.gateway.files import taxonomy
from anlan.gateway.history import HistoryStore
from anlan.service.incidents import domain as incidents
from anlan.service.incidents.models import Incident
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.places.queries import county_area

if TYPE_CHECKING:
    from datetime import date

    from anlan.demo.generate import DemoCounty


def store_types(_demo: DemoCounty) -> None:
    """Store the built-in taxonomy."""
    incidents.seed_types()


def without_live(table: pl.DataFrame, start: datetime) -> pl.DataFrame:
    """Leave out the hours since `start` that the simulated day was live: whose incidents are stored."""
    times = Incident.objects.in_county(names.COUNTY6).filter(received_at__gte=start)
    hours = {
        at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        for at in times.values_list("received_at", flat=True)
    }
    live = pl.Series(sorted(hours), dtype=table.schema["occurred"])
    return table.filter(~pl.col("occurred").dt.truncate("1h").is_in(live.implode()))


def store_history(demo: DemoCounty, today: date, since: date | None = None) -> int:
    """Store the incidents of the days before `today` (from `since` on); return how many were new."""
    table, _plot = generate.history(demo, taxonomy.load(), today)
    if since is not None:
        start = datetime.combine(since, time(), ZoneInfo(settings.TIME_ZONE)).astimezone(UTC)
        table = without_live(table.filter(pl.col("occurred") >= start), start)
    written = HistoryStore(settings.HISTORY_DIR).write(names.COUNTY6, table)
    county = county_area(names.COUNTY6)
    data = {"source": "demo", "stored": written.stored, "duplicate": written.duplicate}
    with transaction.atomic():
        log.append(Verb.HISTORY_IMPORTED, county, actor=None, area_code=county.code, data=data)
    return written.stored
