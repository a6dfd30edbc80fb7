"""What a crew sees on duty: its unit's task, its beat, and the places to visit."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from anlan.service.patrol.models import CheckIn, Colour
from anlan.service.patrol.queries import latest_colours
from anlan.service.places.models import Beat, PatrolLine, PatrolPoint, StandbyPost

if TYPE_CHECKING:
    from datetime import datetime

    from anlan.service.incidents.models import Assignment
    from anlan.service.staff.models import Account, Unit


@dataclass(frozen=True)
class Stop:
    """A place to visit and when the unit was there last today, None if not yet.

    `key` names the next check-in, so that a tap sent twice counts once.
    """

    place: Any
    visited_at: datetime | None
    key: uuid.UUID = field(default_factory=uuid.uuid4)


@dataclass(frozen=True)
class Duty:
    """One unit's duty now. `colour` is None where there is no briefing for today's beat."""

    unit: Unit
    assignment: Assignment | None
    beat: Beat | None
    colour: str | None
    stops: list[Stop]
    posts: list[Stop]

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
    beat = Beat.objects.defer("geometry").filter(code=unit.beat_code).first() if unit.beat_code else None
    return Duty(
        unit=unit,
        assignment=unit.assignments.filter(ended_at=None).select_related("incident__type").first(),
        beat=beat,
        colour=colour_today(unit),
        stops=[*stops(PatrolPoint, unit, visited), *stops(PatrolLine, unit, visited)],
        posts=stops(StandbyPost, unit, visited),
    )


def colour_today(unit: Unit) -> str | None:
    """Return the alert colour of the unit's beat for today, None where no briefing says."""
    found = latest_colours(unit.area_code[:6], timezone.localdate()).get(unit.beat_code)
    return None if found in {None, Colour.UNKNOWN} else str(found)


def visits_today(unit: Unit) -> dict[str, datetime]:
    """Return the time of the unit's last visit today by place code."""
    since = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    rows = CheckIn.objects.filter(unit=unit, at__gte=since).order_by("at").values_list("place_code", "at")
    return dict(rows)


def stops(kind: Any, unit: Unit, visited: dict[str, datetime]) -> list[Stop]:
    """Return the beat's places of one kind."""
    if not unit.beat_code:
        return []
    rows = kind.objects.filter(beat_code=unit.beat_code, active=True).defer("geometry").order_by("code")
    return [Stop(place, visited.get(place.code)) for place in rows]
