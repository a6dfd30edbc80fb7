"""What is known around a place: reports that may be the same, earlier ones, and hazards of the premises."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone

from anlan.service.incidents.models import Incident
from anlan.service.places.models import Premises

if TYPE_CHECKING:
    from collections.abc import Iterable

    from anlan.service.staff.models import Account

EARTH_M = 6_371_008.8
SAME_EVENT_M, SAME_EVENT = 500.0, timedelta(hours=2)
SAME_PLACE_M, SAME_PLACE = 100.0, timedelta(days=90)
SHORTEST_ADDRESS = 4
SHOWN = 8


@dataclass(frozen=True)
class Spot:
    """A place as far as it is known: the address as said, the pin or None, the type's code or empty."""

    address: str = ""
    lon: float | None = None
    lat: float | None = None
    type_code: str = ""


def metres(lon: float, lat: float, to_lon: float, to_lat: float) -> float:
    """Return the great-circle distance (haversine)."""
    a, b = math.radians(lat), math.radians(to_lat)
    half = math.sin((b - a) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(to_lon - lon) / 2) ** 2
    return 2 * EARTH_M * math.asin(math.sqrt(half))


def box(lon: float, lat: float, radius_m: float) -> dict[str, float]:
    """Return the filter for the box around a circle."""
    high = math.degrees(radius_m / EARTH_M)
    wide = high / max(math.cos(math.radians(lat)), 0.01)
    return {"lon__gte": lon - wide, "lon__lte": lon + wide, "lat__gte": lat - high, "lat__lte": lat + high}


def within(records: Iterable[Any], spot: Spot, radius_m: float) -> list[Any]:
    """Return the records within the circle, each with its `distance` in metres, nearest first."""
    found = []
    for record in records:
        record.distance = None
        if None not in (spot.lon, spot.lat, record.lon, record.lat):
            record.distance = metres(spot.lon, spot.lat, record.lon, record.lat)  # type: ignore[arg-type]
            if record.distance > radius_m:
                continue
        found.append(record)
    return sorted(found, key=lambda record: radius_m if record.distance is None else record.distance)


def about(spot: Spot, radius_m: float) -> Q | None:
    """Return the condition "near the pin, or under the same address"; None where nothing is known yet."""
    condition = Q(pk__in=[])
    address = spot.address.strip()
    if len(address) >= SHORTEST_ADDRESS:
        condition |= Q(address__icontains=address)
    if spot.lon is not None and spot.lat is not None:
        condition |= Q(**box(spot.lon, spot.lat, radius_m))
    elif len(address) < SHORTEST_ADDRESS:
        return None
    return condition


def duplicates(county: str, account: Account, spot: Spot, *, apart_from: int | None = None) -> list[Incident]:
    """Return recent reports that may be the same event: near, within two hours, the same type first."""
    condition = about(spot, SAME_EVENT_M)
    if condition is None:
        return []
    since = timezone.now() - SAME_EVENT
    rows = Incident.objects.in_county(county).visible_to(account).filter(condition, received_at__gte=since)
    rows = rows.exclude(pk=apart_from).exclude(disposition=Incident.Disposition.DUPLICATE)
    found = within(rows.select_related("type").order_by("-received_at")[:50], spot, SAME_EVENT_M)
    return sorted(found, key=lambda incident: incident.type.code != spot.type_code)[:SHOWN]


def history(county: str, account: Account, spot: Spot, *, apart_from: int | None = None) -> list[Incident]:
    """Return what happened at this very place in the last 90 days, newest first."""
    condition = about(spot, SAME_PLACE_M)
    if condition is None:
        return []
    since = timezone.now() - SAME_PLACE
    rows = Incident.objects.in_county(county).visible_to(account).filter(condition, received_at__gte=since)
    found = within(
        rows.exclude(pk=apart_from).select_related("type").order_by("-received_at")[:100], spot, SAME_PLACE_M
    )
    return sorted(found, key=lambda incident: incident.received_at, reverse=True)[:SHOWN]


def premises(county: str, account: Account, spot: Spot) -> list[Premises]:
    """Return the premises at the pin with their hazards, nearest first."""
    if spot.lon is None or spot.lat is None:
        return []
    rows = Premises.objects.in_county(county).visible_to(account)
    rows = rows.filter(active=True, **box(spot.lon, spot.lat, SAME_PLACE_M)).defer("geometry")
    return within(rows[:50], spot, SAME_PLACE_M)[:SHOWN]
