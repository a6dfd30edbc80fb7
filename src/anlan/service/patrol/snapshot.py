"""A crew's duty as one JSON: all that its phone needs for a shift without network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import get_language

from anlan.service.incidents.queries import near
from anlan.service.incidents.queries.command import closing_order
from anlan.service.patrol.domain.check_ins import RADIUS_M
from anlan.service.patrol.duty_queries import duty
from anlan.service.patrol.models import Colour, ShiftEntry, Stay
from anlan.service.places.models import PatrolLine

if TYPE_CHECKING:
    from datetime import datetime

    from anlan.service.patrol.duty_queries import Duty, Leg, Stop
    from anlan.service.staff.models import Account, Unit

ENTRIES = 50


def snapshot(account: Account, units: list[Unit], unit: Unit | None) -> dict[str, Any]:
    """Return what the phone keeps; without a unit, only who is signed in."""
    known: dict[str, Any] = {
        "made_at": stamp(timezone.now()), "language": get_language(),
        "zone": timezone.get_current_timezone_name(),
        "account": {"id": account.pk, "name": str(account)},
        "units": [{"id": one.pk, "call_sign": one.call_sign} for one in units], "unit": None,
    }  # fmt: skip
    return known if unit is None else known | of_unit(account, unit)


def of_unit(account: Account, unit: Unit) -> dict[str, Any]:
    """Return the unit's own part."""
    now = duty(unit)
    shift = unit.shifts.filter(ended_at=None).first()
    stay = Stay.objects.filter(unit=unit, ended_at=None).first()
    entries = ShiftEntry.objects.filter(unit=unit).order_by("-at", "-pk")
    if shift is not None:
        entries = entries.filter(at__gte=shift.begun_at)
    return {
        "unit": {
            "id": unit.pk, "call_sign": unit.call_sign, "on_duty": unit.on_duty,
            "since": stamp(shift and shift.begun_at), "county": unit.area_code[:6],
        },
        "beat": None if now.beat is None else now.beat.label,
        "colour": None if now.colour is None else [now.colour, str(Colour(now.colour).label)],
        "radius_m": RADIUS_M,
        "order": order_of(now),
        "places": [place_of(stop) for stop in now.stops],
        "posts": [place_of(stop) for stop in now.posts],
        "task": task_of(account, now),
        "closing": closing_of(unit),
        "move": move_of(unit),
        "stay": None if stay is None else {
            "key": str(stay.client_key), "place": stay.place_code, "begun_at": stamp(stay.begun_at),
            "planned_s": stay.planned_s,
        },
        "entries": [{"at": stamp(one.at), "text": one.text} for one in entries[:ENTRIES]],
    }  # fmt: skip


def stamp(moment: datetime | None) -> str | None:
    """Return a moment as ISO 8601."""
    return None if moment is None else moment.isoformat()


def order_of(now: Duty) -> dict[str, Any] | None:
    """Return the order of the shift that runs or comes next."""
    if now.order is None:
        return None
    post = {"lon": now.order.lon, "lat": now.order.lat} if now.order.post_code else None
    return {
        "from": stamp(now.order.starts_at), "until": stamp(now.order.ends_at), "post": post,
        "legs": [leg_of(leg) for leg in now.legs],
    }  # fmt: skip


def leg_of(leg: Leg) -> dict[str, Any]:
    """Return one entry of an order."""
    return {
        "kind": leg.kind, "what": leg.what, "from": stamp(leg.begin), "until": stamp(leg.until),
        "place": None if leg.place is None else described(leg.place),
        "visited_at": stamp(leg.stop and leg.stop.visited_at), "to_visit": leg.stop is not None,
    }  # fmt: skip


def place_of(stop: Stop) -> dict[str, Any]:
    """Return a place of the beat with its last visit."""
    return described(stop.place) | {"visited_at": stamp(stop.visited_at)}


def described(place: Any) -> dict[str, Any]:
    """Return a place's code, name and where it is; a line with its course."""
    found = {"code": getattr(place, "code", ""), "label": place.label, "lon": place.lon, "lat": place.lat}
    if isinstance(place, PatrolLine) and place.shape is not None:
        parts = getattr(place.shape, "geoms", [place.shape])
        found["course"] = [[list(point[:2]) for point in part.coords] for part in parts]
    return found


def closing_of(unit: Unit) -> dict[str, Any] | None:
    """Return the point that the unit is to close in a containment."""
    order = closing_order(unit)
    if order is None:
        return None
    return {"place": order.place, "arrive_by": stamp(order.arrive_by), "lon": order.lon, "lat": order.lat}


def move_of(unit: Unit) -> dict[str, Any] | None:
    """Return the open order to stand by at a post."""
    row = unit.moves.filter(ended_at=None).first()
    if row is None:
        return None
    return {
        "id": row.pk, "status": row.status, "post": row.post_name or row.post_code,
        "ordered_at": stamp(row.ordered_at), "lon": row.lon, "lat": row.lat,
    }  # fmt: skip


def task_of(account: Account, now: Duty) -> dict[str, Any] | None:
    """Return the assignment with the address as said, the pin and the hazards of the premises there."""
    if now.assignment is None:
        return None
    assignment, incident = now.assignment, now.assignment.incident
    spot = near.Spot(lon=incident.lon, lat=incident.lat)
    sites = near.premises(incident.county, account, spot)
    return {
        "id": assignment.pk, "status": assignment.status, "word": assignment.get_status_display(),
        "assigned_at": stamp(assignment.assigned_at), "number": incident.number, "type": incident.type.label,
        "priority": incident.priority, "address": incident.address, "details": incident.details,
        "lon": incident.lon, "lat": incident.lat,
        "hazards": [f"{site.label}: {site.hazards}" for site in sites if site.hazards],
    }  # fmt: skip
