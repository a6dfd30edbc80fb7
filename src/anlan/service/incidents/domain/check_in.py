"""Crews on scene check in: an interval after arrival, and again after each time; who does not is told of."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.domain.guard import allow_crew, hold
from anlan.service.incidents.domain.run_cards import check_in_of, needs_of
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import Assignment, Incident
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb

if TYPE_CHECKING:
    from datetime import datetime

    from anlan.service.staff.models import Account


def interval_of(incident: Incident) -> timedelta | None:
    """Return how often crews check in on such an incident, None where the county asks for nothing."""
    minutes = check_in_of(incident.county, needs_of(incident))
    return timedelta(minutes=minutes) if minutes else None


def due_after(incident: Incident, moment: datetime) -> datetime | None:
    """Return when a crew that was heard at a moment must be heard again."""
    interval = interval_of(incident)
    return None if interval is None else moment + interval


def check_crew_in(assignment: Assignment, actor: Account | None) -> Assignment:
    """Note that the crew is well, said by itself or heard by the duty room; the timer starts anew.

    Raises:
        Refused: the unit is not on scene.
        PermissionDenied: the actor is neither of the crew nor a dispatcher of the area.

    """
    with transaction.atomic():
        incident = hold(assignment.incident)
        current = Assignment.objects.select_related("unit", "incident__type").get(pk=assignment.pk)
        allow_crew(actor, current.unit, current)
        now = timezone.now()
        due = due_after(incident, now)
        on_scene = Assignment.objects.filter(pk=current.pk, ended_at=None, status=Assignment.Status.ON_SCENE)
        if on_scene.update(check_in_due=due, check_in_missed_at=None) != 1:
            raise Refused(_("%(unit)s is not on scene.") % {"unit": current.unit.call_sign})
        tell(Verb.CREW_CHECKED_IN, current, actor, now)
        current.check_in_due, current.check_in_missed_at = due, None
    return current


def tell(verb: Verb, assignment: Assignment, actor: Account | None, at: datetime) -> None:
    """Log something about a crew's check-in."""
    data = {
        "incident": assignment.incident_id,
        "number": assignment.incident.number,
        "unit": assignment.unit.call_sign,
        "unit_id": assignment.unit_id,
        "due": assignment.check_in_due,
    }
    log.append(verb, assignment, actor=actor, area_code=assignment.area_code, data=data, at=at)


def rearm(incident: Incident) -> None:
    """Set the timers of the crews on scene anew, after type or priority changed; in the caller's transaction.

    Counted from arrival; never later than a crew is due already, so that a correction hides no overdue one.
    """
    interval = interval_of(incident)
    for row in incident.assignments.filter(ended_at=None, status=Assignment.Status.ON_SCENE):
        heard = row.on_scene_at
        due = None if interval is None or heard is None else max(heard + interval, timezone.now())
        if due is not None and (row.check_in_due is None or due < row.check_in_due):
            Assignment.objects.filter(pk=row.pk, ended_at=None).update(check_in_due=due)


def tell_of_missed() -> int:
    """Log each check-in that has become overdue, once; every open board hears it. Return how many."""
    now = timezone.now()
    late = Assignment.objects.filter(ended_at=None, check_in_due__lte=now, check_in_missed_at=None)
    return sum(tell_missed(row, now) for row in late.select_related("unit", "incident"))


def tell_missed(row: Assignment, now: datetime) -> bool:
    """Tell of one, unless the crew checked in or another worker told of it meanwhile."""
    with transaction.atomic():
        late = Assignment.objects.filter(
            pk=row.pk, ended_at=None, check_in_due=row.check_in_due, check_in_missed_at=None
        )
        if late.update(check_in_missed_at=now) != 1:
            return False
        tell(Verb.CHECK_IN_MISSED, row, None, now)
    return True
