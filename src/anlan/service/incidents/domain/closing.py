"""Closing, reopening, and the callback number's short life."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.service.environment import environment
from anlan.service.incidents.domain.backup import lapse_backups
from anlan.service.incidents.domain.dispatch import STAGES, S, move, start_next
from anlan.service.incidents.domain.emergency import check_heard
from anlan.service.incidents.domain.guard import allow, hold, open_assignments
from anlan.service.incidents.domain.linkage import closing_warnings, withdraw_linkages
from anlan.service.incidents.domain.stacking import holding, withdraw_all
from anlan.service.incidents.domain.standing_down import stand_down
from anlan.service.incidents.errors import NeedsConfirmation, Refused
from anlan.service.incidents.models import Incident
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb

if TYPE_CHECKING:
    from anlan.service.staff.models import Account, Unit


def close(
    incident: Incident,
    disposition: str,
    actor: Account | None,
    *,
    confirmed: bool = False,
    duplicate_of: Incident | None = None,
    note: str = "",
) -> Incident:
    """Close with an outcome; once confirmed, units still assigned are cleared, each one logged.

    Raises:
        Refused: closed before with another outcome; unknown outcome; a duplicate of nothing or of itself;
            a partner agency has the incident.
        NeedsConfirmation: units are still assigned, or agencies still asked.

    """
    check_disposition(incident, disposition, duplicate_of)

    def act(all_held: dict[int, Incident]) -> Incident:
        held = all_held[incident.pk]
        allow(actor, "incidents.close", held)
        if held.status == Incident.Status.CLOSED:
            return closed_before(held, disposition)
        check_heard(held)
        warnings = closing_warnings(held) + units_left(held)
        if warnings and not confirmed:
            raise NeedsConfirmation(warnings)
        freed = clear_units(held, actor)
        withdraw_linkages(held, actor)
        withdraw_all(held, actor)
        lapse_backups(held)
        held.status = Incident.Status.CLOSED
        held.disposition = disposition
        held.duplicate_of = duplicate_of
        held.closed_at = timezone.now()
        held.save(update_fields=["status", "disposition", "duplicate_of", "closed_at"])
        stand_down(held, actor)
        data = {"number": held.number, "disposition": str(disposition), "text": note.strip()}
        if duplicate_of is not None:
            data["duplicate_of"] = duplicate_of.number
        log.append(Verb.INCIDENT_CLOSED, held, actor=actor, area_code=held.area_code, data=data)
        for unit in freed:
            start_next(unit, all_held, actor)
        return held

    return holding({incident.pk}, lambda: units_on(incident), act)


def units_on(incident: Incident) -> set[int]:
    """Return the units that have an open assignment to the incident."""
    return set(incident.assignments.filter(ended_at=None).values_list("unit_id", flat=True))


def check_disposition(incident: Incident, disposition: str, duplicate_of: Incident | None) -> None:
    """Refuse an unknown outcome, and a duplicate that is not one."""
    if disposition not in Incident.Disposition.values:
        known = ", ".join(Incident.Disposition.values)
        raise Refused(_("Unknown outcome; it is one of: %(known)s.") % {"known": known}, "disposition")
    duplicate = disposition == Incident.Disposition.DUPLICATE
    if duplicate and duplicate_of is None:
        raise Refused(_("Say which incident this one duplicates."), "duplicate_of")
    if duplicate_of is not None and (not duplicate or duplicate_of.pk == incident.pk):
        raise Refused(_("An incident can only duplicate another one."), "duplicate_of")
    if duplicate_of is not None and duplicate_of.duplicate_of_id is not None:
        raise Refused(
            _("%(number)s is a duplicate itself.") % {"number": duplicate_of.number}, "duplicate_of"
        )


def closed_before(incident: Incident, disposition: str) -> Incident:
    """Return the incident to whoever repeats the same closing; refuse another outcome."""
    if incident.disposition == disposition:
        return incident
    text = _("Incident %(number)s is closed already: %(outcome)s.")
    raise Refused(text % {"number": incident.number, "outcome": incident.get_disposition_display()})


def units_left(incident: Incident) -> list[Any]:
    """Return what to ask before an incident with units on it is closed."""
    names = ", ".join(assignment.unit.call_sign for assignment in open_assignments(incident))
    return [_("Still assigned: %(units)s. Clear them and close?") % {"units": names}] if names else []


def clear_units(incident: Incident, actor: Account | None) -> list[Unit]:
    """Clear the units still assigned and return them."""
    still = open_assignments(incident)
    for assignment in still:
        sources = [str(stage) for stage in STAGES[:-1]]
        move(assignment, S.CLEARED, actor, sources, reason="incident closed")
    return [assignment.unit for assignment in still]


def reopen(incident: Incident, reason: str, actor: Account | None) -> Incident:
    """Put a closed incident back into the queue with all its timers cleared.

    Raises:
        Refused: no reason given, the incident is not closed, or history has it already.

    """
    if not reason.strip():
        raise Refused(_("Say why the incident is reopened."), "reason")
    with transaction.atomic():
        held = hold(incident)
        allow(actor, "incidents.reopen", held)
        if held.status != Incident.Status.CLOSED:
            raise Refused(_("Incident %(number)s is not closed.") % {"number": held.number})
        if held.carried_over:
            raise Refused(_("Incident %(number)s is in history; take a new one.") % {"number": held.number})
        was = {"disposition": str(held.disposition), "closed_at": held.closed_at.isoformat()}
        held.status = Incident.Status.OPEN
        held.disposition, held.closed_at, held.duplicate_of = "", None, None
        held.waiting_since = timezone.now()
        held.save(update_fields=["status", "disposition", "closed_at", "duplicate_of", "waiting_since"])
        data = {"number": held.number, "reason": reason.strip(), "was": was}
        log.append(Verb.INCIDENT_REOPENED, held, actor=actor, area_code=held.area_code, data=data)
    return held


def read_callback(incident: Incident, actor: Account) -> str:
    """Return the callback number; each reading stands in the log."""
    with transaction.atomic():
        held = hold(incident)
        allow(actor, "incidents.read_callback", held)
        if held.callback:
            data = {"number": held.number}
            log.append(Verb.CALLER_READ, held, actor=actor, area_code=held.area_code, data=data)
    return held.callback


def purge_callbacks() -> int:
    """Delete the callback numbers of incidents closed longer ago than the installation keeps them.

    Returns how many were deleted.
    """
    limit = timezone.now() - timedelta(days=environment().callback_days)
    due = Incident.objects.filter(status=Incident.Status.CLOSED, closed_at__lt=limit).exclude(callback="")
    return sum(purge(incident) for incident in due.only("pk"))


def purge(incident: Incident) -> bool:
    """Delete one callback number if it is still there and the incident still closed."""
    with transaction.atomic():
        held = hold(incident)
        if not held.callback or held.status != Incident.Status.CLOSED:
            return False
        held.callback = ""
        held.save(update_fields=["callback"])
        data = {"number": held.number}
        log.append(Verb.CALLER_PURGED, held, actor=None, area_code=held.area_code, data=data)
    return True
