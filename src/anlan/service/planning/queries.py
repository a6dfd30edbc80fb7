"""What is shown of plans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.engine.geo import codes
from anlan.service.patrol.queries import in_own_county
from anlan.service.planning.models import DeploymentPlan, PlanningJob

if TYPE_CHECKING:
    from datetime import date as Date  # noqa: N812 fields are called date

    from django.db.models import QuerySet

    from anlan.service.staff.models import Account


def plans(county6: str, account: Account | None = None) -> QuerySet[DeploymentPlan]:
    """Return the county's plans, newest day and version first."""
    found = DeploymentPlan.objects.filter(area_code=codes.normalise(county6))
    return in_own_county(found.select_related("made_by", "approved_by", "briefing"), account)


def jobs(county6: str, account: Account | None = None) -> QuerySet[PlanningJob]:
    """Return the county's long work of planning, newest first."""
    return in_own_county(PlanningJob.objects.in_county(county6).select_related("asked_by"), account)


def newest_plans(
    county6: str, account: Account | None, first: Date, last: Date
) -> dict[Date, DeploymentPlan]:
    """Return the newest version of each day from `first` to `last` that has a plan."""
    rows = plans(county6, account).filter(date__gte=first, date__lte=last).order_by("date", "version")
    return {row.date: row for row in rows.defer("body").prefetch_related("signatures")}
