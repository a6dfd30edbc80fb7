"""What the planning jobs do."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 fields are called date
from typing import TYPE_CHECKING

from anlan.service.patrol.evidence import NoData
from anlan.service.planning import asks
from anlan.service.planning.domain.jobs import JobWatch, does
from anlan.service.planning.domain.plans import make_plan
from anlan.service.planning.models import DeploymentPlan, PlanningJob
from anlan.service.planning.queries import address_of

if TYPE_CHECKING:
    from typing import Any


@does(PlanningJob.Kind.PLAN)
def plan(job: PlanningJob, watch: JobWatch) -> str:
    """Make a day's plan; `ask` may name the version it is made from as `parent`."""
    given: dict[str, Any] = dict(job.ask)
    parent = DeploymentPlan.objects.filter(pk=given.pop("parent", None)).first()
    try:
        ask = asks.parsed(given)
    except ValueError as problem:
        raise NoData(str(problem)) from problem
    made = make_plan(
        job.area_code[:6], Date.fromisoformat(job.about), job.asked_by, ask, parent=parent, watch=watch
    )
    return address_of(made)
