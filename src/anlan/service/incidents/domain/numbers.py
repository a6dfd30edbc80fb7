"""Incident numbers: the county's local day and a serial, as in 20261124-0001."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F

from anlan.engine.geo import codes
from anlan.service.incidents.models import NumberSeries
from anlan.service.places.models import Area

if TYPE_CHECKING:
    from datetime import datetime


def county_zone(county: str) -> ZoneInfo:
    """Return the county's time zone, the installation's where it names none."""
    named = Area.objects.filter(code=codes.normalise(county)).values_list("time_zone", flat=True).first()
    return ZoneInfo(named or settings.TIME_ZONE)


def next_number(county: str, at: datetime) -> str:
    """Return the county's next number of that local day; the caller's transaction holds the series."""
    day = at.astimezone(county_zone(county)).date()
    series, _made = NumberSeries.objects.get_or_create(county=county, day=day)
    NumberSeries.objects.filter(pk=series.pk).update(last=F("last") + 1)
    series.refresh_from_db(fields=["last"])
    return f"{day:%Y%m%d}-{series.last:04d}"
