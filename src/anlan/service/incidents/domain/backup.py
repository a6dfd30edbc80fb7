"""Backup: asked for by a crew or a dispatcher, open until it is sent or declined."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.domain.guard import allow, allow_crew, hold, hold_live
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import Assignment, Backup
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.staff.models import Capability

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable

    from anlan.service.incidents.models import Incident
    from anlan.service.staff.models import Account, Unit

MOST = 50


def request_backup(
    incident: Incident,
    actor: Account | None,
    client_key: uuid.UUID,
    *,
    unit: Unit | None = None,
    units: int = 1,
    capability: str = "",
    reason: str = "",
) -> Backup:
    """Ask for `units` more on the incident; `unit` is the one whose crew asks, None for the duty room.

    The same `client_key` again returns the request already made.

    Raises:
        Refused: the incident is closed, the unit is not on it, or a value is no good.
        PermissionDenied: the actor is neither of the unit's crew nor a dispatcher of the area.

    """
    check_wanted(units, capability)
    try:
        with transaction.atomic():
            return asked(client_key) or ask(incident, actor, unit, Backup(
                client_key=client_key, unit=unit, units=units, capability=capability,
                reason=reason.strip()[:500],
            ))  # fmt: skip
    except IntegrityError:
        again = asked(client_key)
        if again is None:
            raise
        return again


def check_wanted(units: int, capability: str) -> None:
    """Refuse a number or a capability that cannot be."""
    if not 1 <= units <= MOST:
        raise Refused(_("Ask for 1 to %(most)s units.") % {"most": MOST}, "units")
    if capability and capability not in Capability.values:
        raise Refused(_("Unknown capability %(name)s.") % {"name": capability}, "capability")


def asked(client_key: uuid.UUID) -> Backup | None:
    """Return the request that the same key made before."""
    return Backup.objects.filter(client_key=client_key).first()


def ask(incident: Incident, actor: Account | None, unit: Unit | None, row: Backup) -> Backup:
    """Write the request and its event in the caller's transaction."""
    held = hold_live(incident)
    if unit is None:
        allow(actor, "incidents.dispatch", held)
    else:
        allow_crew(actor, unit, held)
        if not Assignment.objects.filter(unit=unit, incident=held, ended_at=None).exists():
            facts = {"unit": unit.call_sign, "number": held.number}
            raise Refused(_("%(unit)s is not on incident %(number)s.") % facts, "unit")
    row.incident, row.area_code = held, held.area_code
    row.asked_at, row.asked_by = timezone.now(), actor
    row.save()
    tell(Verb.BACKUP_ASKED, row, actor, text=row.reason, units=row.units, capability=row.capability)
    return row


def tell(verb: Verb, row: Backup, actor: Account | None, **facts: Any) -> None:
    """Log something about a request on its incident's timeline."""
    data = {"number": row.incident.number, "backup": row.pk, **facts}
    if row.unit is not None:
        data |= {"unit": row.unit.call_sign, "unit_id": row.unit_id}
    log.append(verb, row.incident, actor=actor, area_code=row.area_code, data=data)


def decline_backup(backup: Backup, reason: str, actor: Account | None) -> Backup:
    """Say no, with a reason that the crew reads; said again it changes nothing.

    Raises:
        Refused: no reason, or the backup was sent.

    """
    if not reason.strip():
        raise Refused(_("Say why no backup is sent."), "reason")
    with transaction.atomic():
        held = hold(backup.incident)
        allow(actor, "incidents.dispatch", held)
        row = Backup.objects.select_related("incident", "unit").get(pk=backup.pk)
        if row.status == Backup.Status.DECLINED:
            return row
        if not end(row, Backup.Status.DECLINED):
            raise Refused(_("This request is over: %(status)s.") % {"status": row.get_status_display()})
        tell(Verb.BACKUP_DECLINED, row, actor, reason=reason.strip())
    return row


def end(row: Backup, status: str) -> bool:
    """End an open request; return False where it had ended."""
    now = timezone.now()
    if Backup.objects.filter(pk=row.pk, ended_at=None).update(status=status, ended_at=now) != 1:
        return False
    row.status, row.ended_at = status, now
    return True


def count_backup(incident: Incident, sent: Iterable[Assignment], actor: Account | None) -> None:
    """Count newly sent units on the open requests, oldest first; a request filled is answered."""
    units = [assignment.unit for assignment in sent]
    for row in incident.backups.filter(ended_at=None).select_related("incident", "unit"):
        fitting = [unit for unit in units if not row.capability or row.capability in unit.capabilities]
        used = fitting[: row.missing]
        if not used:
            continue
        units = [unit for unit in units if unit not in used]
        row.sent += len(used)
        row.save(update_fields=["sent"])
        if row.missing == 0 and end(row, Backup.Status.SENT):
            tell(Verb.BACKUP_SENT, row, actor, text=", ".join(unit.call_sign for unit in used))


def lapse_backups(incident: Incident) -> None:
    """End what is still asked for when the incident is closed; the closing's own event tells of it."""
    incident.backups.filter(ended_at=None).update(status=Backup.Status.LAPSED, ended_at=timezone.now())
