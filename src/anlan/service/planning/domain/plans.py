"""Deployment plans: made from the day's colours, approved."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 fields are called date
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.engine.planning.plan import assemble_plan
from anlan.engine.planning.posts import Effort
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.patrol import queries
from anlan.service.patrol.domain.common import check, plain
from anlan.service.patrol.evidence import NoData
from anlan.service.places.queries import county_area
from anlan.service.planning import inputs
from anlan.service.planning.models import DeploymentPlan

if TYPE_CHECKING:
    from anlan.service.staff.models import Account

PLAN_S = 8.0  # a planner waits for it; the gap tells what a longer search could gain


def make_plan(county6: str, date: Date, actor: Account | None) -> DeploymentPlan:
    """Choose standby posts and force for the date, from its published briefing, else the newest.

    Raises:
        PermissionDenied: the actor may not make plans for the county.
        NoData: no briefing, roads, grids or cars on duty; the message says which.

    """
    area = county_area(county6)
    check(actor, "planning.make", area)
    briefing = queries.colours_briefing(county6, date)
    if briefing is None:
        raise NoData(_("There is no briefing for this day. Make it first."))
    given = inputs.gather(county6, briefing)
    try:
        found = assemble_plan(
            given.graph,
            given.sites,
            given.demand,
            given.beats,
            given.cars,
            effort=Effort(time_limit_s=PLAN_S),
        )
        body = plain(found)
    except ValueError as error:
        raise NoData(str(error)) from error
    of_day = DeploymentPlan.objects.filter(area_code=area.code, date=date)
    with transaction.atomic():
        newest = of_day.order_by("-version").first()
        if newest is not None and newest.body == body and newest.briefing_id == briefing.pk:
            return newest
        version = (of_day.aggregate(last=Max("version"))["last"] or 0) + 1
        made = DeploymentPlan.objects.create(
            area_code=area.code, date=date, version=version, briefing=briefing,
            made_at=timezone.now(), made_by=actor, gap=body["gap"], body=body,
        )  # fmt: skip
        data = {"date": date.isoformat(), "version": made.version, "posts": len(body["posts"])}
        log.append(Verb.PLAN_MADE, made, actor=actor, area_code=area.code, data=data)
    return made


def approve_plan(plan: DeploymentPlan, actor: Account) -> DeploymentPlan:
    """Approve a version; doing so again changes nothing.

    Raises:
        PermissionDenied: the actor may not approve for the county.

    """
    check(actor, "planning.approve", plan)
    with transaction.atomic():
        open_one = DeploymentPlan.objects.filter(pk=plan.pk, approved_at=None)
        if open_one.update(approved_at=timezone.now(), approved_by=actor):
            data = {"date": plan.date.isoformat(), "version": plan.version}
            log.append(Verb.PLAN_APPROVED, plan, actor=actor, area_code=plan.area_code, data=data)
    plan.refresh_from_db()
    return plan
