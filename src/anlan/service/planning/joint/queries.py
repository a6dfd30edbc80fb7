"""What is shown of joint command, and which plan holds on a day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from anlan.engine.geo import codes
from anlan.service.patrol.queries import in_own_county
from anlan.service.places.models import Checkpoint
from anlan.service.planning.models import DeploymentPlan, JointCommand

if TYPE_CHECKING:
    from datetime import date as Date  # noqa: N812 fields are called date

    from django.db.models import QuerySet

    from anlan.service.staff.models import Account

LONGEST_DAYS = 31


def commands(county6: str, account: Account | None = None) -> QuerySet[JointCommand]:
    """Return the county's plans of joint command, newest first."""
    found = JointCommand.objects.filter(area_code=codes.normalise(county6))
    return in_own_county(found.select_related("made_by", "approved_by"), account)


def in_force(county6: str, date: Date) -> JointCommand | None:
    """Return the plan that holds on a day: of the approved ones the one approved last."""
    reach = date - timedelta(days=LONGEST_DAYS)
    rows = commands(county6).filter(approved_at__isnull=False, first__lte=date, first__gt=reach)
    return next((row for row in rows.order_by("-approved_at", "-pk") if row.last >= date), None)


def before(county6: str, first: Date) -> JointCommand | None:
    """Return the approved plan that ended last before a day."""
    rows = commands(county6).filter(approved_at__isnull=False, first__lt=first)
    over = [row for row in rows.order_by("-first", "-approved_at")[:LONGEST_DAYS] if row.last < first]
    return over[0] if over else None


def checkpoints(county6: str) -> list[Checkpoint]:
    """Return the county's active checkpoints, the inner ring first."""
    rows = Checkpoint.objects.in_county(county6).filter(active=True).defer("geometry")
    return list(rows.order_by("ring", "code"))


def newest_plans(county6: str, first: Date, last: Date) -> dict[Date, DeploymentPlan]:
    """Return the newest version of each day's deployment plan."""
    rows = DeploymentPlan.objects.filter(
        area_code=codes.normalise(county6), date__gte=first, date__lte=last
    ).order_by("date", "version")
    return {row.date: row for row in rows}
