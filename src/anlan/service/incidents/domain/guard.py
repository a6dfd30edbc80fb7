"""What every domain function starts with: may the actor, and is the row ours alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import Assignment, Incident

if TYPE_CHECKING:
    from collections.abc import Iterable

    from anlan.service.staff.models import Account, Unit


def allow(actor: Account | None, permission: str, record: Any) -> None:
    """Raise PermissionDenied unless the actor holds the permission over the record; None is the system."""
    if actor is not None and not actor.has_perm(permission, record):
        raise PermissionDenied(str(_("You may not do this in this area.")))


def allow_crew(actor: Account | None, unit: Unit, record: Any) -> None:
    """Let dispatchers of the record's area pass, and the unit's own crew."""
    if actor is None or actor.has_perm("incidents.dispatch", record):
        return
    if not (actor.has_perm("patrol.duty") and unit.crew.filter(pk=actor.pk).exists()):
        raise PermissionDenied(str(_("Only a dispatcher or the unit's crew may do this.")))


def hold_all(incidents: Iterable[int]) -> dict[int, Incident]:
    """Return incidents by id, locked in one order whoever asks, so that two never wait for each other."""
    rows = Incident.objects.select_for_update().filter(pk__in=set(incidents)).order_by("pk")
    return {incident.pk: incident for incident in rows}


def check_live(held: Incident) -> None:
    """Refuse a closed incident."""
    if held.status == Incident.Status.CLOSED:
        raise Refused(_("Incident %(number)s is closed. Reopen it first.") % {"number": held.number})


def hold(incident: Incident) -> Incident:
    """Return the incident as it is now, locked until the transaction ends."""
    return Incident.objects.select_for_update().get(pk=incident.pk)


def hold_live(incident: Incident) -> Incident:
    """Like `hold`, but refuse a closed incident."""
    held = hold(incident)
    check_live(held)
    return held


def open_assignments(incident: Incident) -> list[Assignment]:
    """Return the incident's assignments that have not ended, with their units."""
    return list(incident.assignments.filter(ended_at=None).select_related("unit"))


def settle(incident: Incident) -> None:
    """Derive the incident's status from its open assignments and store it."""
    statuses = {assignment.status for assignment in open_assignments(incident)}
    if Assignment.Status.ON_SCENE in statuses:
        incident.status = Incident.Status.ON_SCENE
    else:
        incident.status = Incident.Status.DISPATCHED if statuses else Incident.Status.OPEN
    incident.save(update_fields=["status"])
