"""What the card and the phone show of the command over an incident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from anlan.service.incidents.models import ClosingOrder, ContainmentPlan, IncidentLevel, Level

if TYPE_CHECKING:
    from anlan.service.incidents.models import Incident
    from anlan.service.staff.models import Unit


def closing_order(unit: Unit) -> ClosingOrder | None:
    """Return the point that a unit is to close now, if it has such an order and is still assigned."""
    rows = ClosingOrder.objects.filter(
        unit=unit, plan__status=ContainmentPlan.Status.APPROVED,
        plan__incident__assignments__unit=unit, plan__incident__assignments__ended_at=None,
    )  # fmt: skip
    return rows.select_related("plan__incident").order_by("-pk").first()


def command_of(incident: Incident) -> dict[str, Any]:
    """Return the level an incident stands on, the levels there are, and its containments that count."""
    plans = incident.containments.exclude(status=ContainmentPlan.Status.DISCARDED)
    return {
        "level": IncidentLevel.objects.filter(incident=incident).first(),
        "levels": Level.choices,
        "containments": list(plans),
    }
