"""What every domain function starts with: may the actor, and is the row ours alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import Assignment, Incident

if TYPE_CHECKING:
    from anlan.service.staff.models import Account


def allow(actor: Account | None, permission: str, record: Any) -> None:
    """Raise PermissionDenied unless the actor holds the permission over the record; None is the system."""
    if actor is not None and not actor.has_perm(permission, record):
        raise PermissionDenied(str(_("You may not do this in this area.")))


def hold(incident: Incident) -> Incident:
    """Return the incident as it is now, locked until the transaction ends."""
    return Incident.objects.select_for_update().get(pk=incident.pk)


def hold_live(incident: Incident) -> Incident:
    """Like `hold`, but refuse a closed incident."""
    held = hold(incident)
    if held.status == Incident.Status.CLOSED:
        raise Refused(_("Incident %(number)s is closed. Reopen it first.") % {"number": held.number})
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
