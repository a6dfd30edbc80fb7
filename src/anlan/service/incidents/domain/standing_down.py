"""What ends with an incident: its level with the cordon, and its containment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from anlan.service.incidents.models import ContainmentPlan, Incident, IncidentLevel
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.places.domain.closures import end_closure

if TYPE_CHECKING:
    from anlan.service.staff.models import Account

REASON = "incident closed"


def stand_down(incident: Incident, actor: Account | None) -> None:
    """Lift level, cordon and containment of an incident that closes, in the caller's transaction."""
    row = IncidentLevel.objects.filter(incident=incident, level__gt=0).select_related("cordon").first()
    if row is not None:
        lift(row, incident, actor)
    plans = incident.containments.filter(status=ContainmentPlan.Status.APPROVED)
    for plan in plans:
        plan.status, plan.ended_at = ContainmentPlan.Status.ENDED, timezone.now()
        plan.save(update_fields=["status", "ended_at"])
        data = {"number": incident.number, "plan": plan.pk, "kind": plan.kind, "reason": REASON}
        log.append(
            Verb.CONTAINMENT_ENDED, incident, actor=actor, area_code=incident.area_code, data=data
        )  # fmt: skip


def lift(row: IncidentLevel, incident: Incident, actor: Account | None) -> None:
    """Put the level back to none and open the roads of the cordon."""
    before = row.level
    if row.cordon is not None:
        end_closure(row.cordon, actor)
    row.level, row.cordon, row.cordon_m = 0, None, 0
    row.since, row.reason, row.changed_by = timezone.now(), REASON, actor
    row.save()
    data = {"number": incident.number, "level": 0, "from": before, "reason": REASON, "cordon_m": 0}
    log.append(Verb.LEVEL_CHANGED, incident, actor=actor, area_code=incident.area_code, data=data)
