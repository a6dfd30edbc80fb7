"""Where planning begins: the coming days, what is planned for them, and work that is going on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.views.decorators.http import require_GET

from anlan.service.patrol.views.common import county_of
from anlan.service.planning import queries
from anlan.service.planning.models import PlanningJob
from anlan.service.planning.views.shell import shell
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from datetime import date as Date  # noqa: N812 fields are called date

    from django.http import HttpRequest, HttpResponse

    from anlan.service.planning.models import DeploymentPlan

BEHIND, AHEAD = 3, 10
JOBS = 5


@dataclass(frozen=True)
class DayRow:
    """A day and its newest plan, if it has one."""

    date: Date
    today: bool
    plan: DeploymentPlan | None


@require_GET
@requires("planning.view")
def index(request: HttpRequest) -> HttpResponse:
    """Show the days around today with their plans."""
    county = county_of(request)
    today = timezone.localdate()
    first, last = today - timedelta(days=BEHIND), today + timedelta(days=AHEAD)
    newest = queries.newest_plans(county, request.user, first, last)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    rows = [DayRow(day, day == today, newest.get(day)) for day in days]
    going = queries.jobs(county, request.user).filter(state__in=PlanningJob.OPEN)[:JOBS]
    return shell(request, "index.html", {"rows": rows, "jobs": going})
