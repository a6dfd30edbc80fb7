"""What is shown of plans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.engine.geo import codes
from anlan.service.patrol.queries import in_own_county
from anlan.service.planning.models import DeploymentPlan

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from anlan.service.staff.models import Account


def plans(county6: str, account: Account | None = None) -> QuerySet[DeploymentPlan]:
    """Return the county's plans, newest day and version first."""
    found = DeploymentPlan.objects.filter(area_code=codes.normalise(county6))
    return in_own_county(found.select_related("made_by", "approved_by", "briefing"), account)
