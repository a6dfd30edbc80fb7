"""What a crew sees on duty: its unit's task, its beat, and the places to visit."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.service.patrol.evidence import zone_of
from anlan.service.patrol.models import CheckIn, Colour
from anlan.service.patrol.orders import order_now
from anlan.service.patrol.queries import latest_colours
from anlan.service.places.models import Beat, Grid, PatrolLine, PatrolPoint, StandbyPost
from anlan.service.places.queries import county_area

if TYPE_CHECKING:
    from anlan.service.incidents.models import Assignment
    from anlan.service.patrol.models import DutyOrder
    from anlan.service.staff.models import Account, Unit

WORDS = {
    "point": _("Patrol point"), "line": _("Patrol line"), "stop": _("Hot-spot stop"), "meal": _("Meal"),
    "post": _("Stand by"),
}  # fmt: skip
VISITED = {"point", "line", "stop"}


@dataclass(frozen=True)
class Stop:
    """A place to visit and when the unit was there last today, None if not yet."""

    place: Any
    visited_at: datetime | None


@dataclass(frozen=True)
class Leg:
    """One entry of an order: what, where, from when until when; `stop` where one can check in."""

    kind: str
    what: str
    begin: datetime
    until: datetime
    place: Any
    stop: Stop | None
    over: bool


@dataclass(frozen=True)
class Duty:
    """One unit's duty now. `colour` is None where there is no briefing for today's beat.

    `order` is the order of the shift that runs or comes next, `legs` its way.
    """

    unit: Unit
    assignment: Assignment | None
    beat: Beat | None
    colour: str | None
    stops: list[Stop]
    posts: list[Stop]
    order: DutyOrder | None = None
    legs: list[Leg] = field(default_factory=list)

    @property
    def done(self) -> int:
        """How many of the places to visit have been visited today."""
        return sum(stop.visited_at is not None for stop in self.stops)


def units_of(account: Account) -> list[Unit]:
    """Return the units in whose crew the account is."""
    return list(account.units.order_by("call_sign"))


def duty(unit: Unit) -> Duty:
    """Return what the unit's crew needs now."""
    visited = visits_today(unit)
    order = order_now(unit)
    beat = Beat.objects.defer("geometry").filter(code=unit.beat_code).first() if unit.beat_code else None
    return Duty(
        unit=unit,
        assignment=unit.assignments.filter(ended_at=None).select_related("incident__type").first(),
        beat=beat,
        colour=colour_today(unit),
        stops=[*stops(PatrolPoint, unit, visited), *stops(PatrolLine, unit, visited)],
        posts=stops(StandbyPost, unit, visited),
        order=order,
        legs=[] if order is None else legs(order, visits_of(order)),
    )


def legs(order: DutyOrder, visits: dict[str, list[datetime]]) -> list[Leg]:
    """Return the way of an order; a place's first visit counts for its first stop, and so on.

    What was over before the order came, and not done by then, is left out: nobody could do it.
    """
    midnight = datetime.combine(order.date, time(), order_zone(order))
    now, places, left = timezone.now(), named(order), {code: list(times) for code, times in visits.items()}
    found = []
    for row in order.stops:
        if row["kind"] not in WORDS:
            continue
        begin, until = (midnight + timedelta(seconds=row[name]) for name in ("begin_s", "leave_s"))
        place, stop = places.get(row["code"]), None
        mine = left.get(row["code"]) if row["kind"] in VISITED else None
        if until <= order.given_at and not (mine and mine[0] <= order.given_at):
            continue
        if place is not None and row["kind"] in VISITED:
            stop = Stop(place, mine.pop(0) if mine else None)
        found.append(Leg(row["kind"], str(WORDS[row["kind"]]), begin, until, place, stop, until < now))
    return found


def order_zone(order: DutyOrder) -> ZoneInfo:
    """Return the time zone in which an order's day is meant."""
    return ZoneInfo(zone_of(county_area(order.area_code[:6])))


def named(order: DutyOrder) -> dict[str, Any]:
    """Return the places of an order by code."""
    wanted = {row["code"] for row in order.stops}
    found: dict[str, Any] = {}
    for kind in (Grid, StandbyPost, PatrolLine, PatrolPoint):
        rows = kind.objects.filter(code__in=wanted)
        rows = rows if kind is PatrolLine else rows.defer("geometry")
        found |= {place.code: place for place in rows}
    return found


def colour_today(unit: Unit) -> str | None:
    """Return the alert colour of the unit's beat for today, None where no briefing says."""
    found = latest_colours(unit.area_code[:6], timezone.localdate()).get(unit.beat_code)
    return None if found in {None, Colour.UNKNOWN} else str(found)


def visits_today(unit: Unit) -> dict[str, datetime]:
    """Return the time of the unit's last visit today by place code."""
    since = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    rows = CheckIn.objects.filter(unit=unit, at__gte=since).order_by("at").values_list("place_code", "at")
    return dict(rows)


def visits_of(order: DutyOrder) -> dict[str, list[datetime]]:
    """Return the times of the unit's visits during an order's hours by place code, in order."""
    rows = CheckIn.objects.filter(unit_id=order.unit_id, at__gte=order.starts_at, at__lte=order.ends_at)
    found: dict[str, list[datetime]] = {}
    for code, at in rows.order_by("at").values_list("place_code", "at"):
        found.setdefault(code, []).append(at)
    return found


def stops(kind: Any, unit: Unit, visited: dict[str, datetime]) -> list[Stop]:
    """Return the beat's places of one kind."""
    if not unit.beat_code:
        return []
    rows = kind.objects.filter(beat_code=unit.beat_code, active=True).order_by("code")
    rows = rows if kind is PatrolLine else rows.defer("geometry")
    return [Stop(place, visited.get(place.code)) for place in rows]
