"""What may happen to briefings and plans: the only code that writes them."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date as Date  # noqa: N812 fields are called date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.engine.analysis.briefing import assemble
from anlan.engine.planning.plan import assemble_plan
from anlan.engine.planning.posts import Effort
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.patrol import evidence, planning
from anlan.service.patrol.evidence import NoData
from anlan.service.patrol.models import BeatAlert, Briefing, DeploymentPlan
from anlan.service.patrol.positions import check_in, record_position
from anlan.service.places.models import Area
from anlan.service.places.queries import county_area

if TYPE_CHECKING:
    from anlan.service.staff.models import Account

PLAN_S = 8.0  # a planner waits for it; the gap tells what a longer search could gain

__all__ = [
    "NoData", "approve_plan", "check_in", "make_briefing", "make_plan", "publish_briefing", "record_position",
]  # fmt: skip


def make_briefing(county6: str, date: Date, actor: Account | None) -> Briefing:
    """Analyse the days before `date` and keep the result; the newest version is returned if nothing changed.

    Raises:
        PermissionDenied: the actor may not make briefings for the county (None is the system).
        NoData: no beats or no history; the message says what to do.

    """
    area = county_area(county6)
    _check(actor, "patrol.make_briefing", area)
    body = _plain(assemble(evidence.gather(county6, date), date))
    with transaction.atomic():
        newest = _newest(Briefing, area, date)
        if newest is not None and newest.body == body:
            return newest
        made = Briefing.objects.create(
            area_code=area.code, date=date, version=_next(Briefing, area, date), made_at=timezone.now(),
            made_by=actor, body=body,
        )  # fmt: skip
        BeatAlert.objects.bulk_create([_alert(made, row) for row in body["colours"]])
        data = {"date": date.isoformat(), "version": made.version}
        log.append(Verb.BRIEFING_MADE, made, actor=actor, area_code=area.code, data=data)
    return made


def publish_briefing(briefing: Briefing, actor: Account) -> Briefing:
    """Publish a version; doing so again changes nothing.

    Raises:
        PermissionDenied: the actor may not publish for the county.

    """
    _check(actor, "patrol.publish_briefing", briefing)
    now = timezone.now()
    with transaction.atomic():
        open_one = Briefing.objects.filter(pk=briefing.pk, published_at=None)
        if open_one.update(published_at=now, published_by=actor):
            data = {"date": briefing.date.isoformat(), "version": briefing.version}
            log.append(
                Verb.BRIEFING_PUBLISHED, briefing, actor=actor, area_code=briefing.area_code, data=data
            )
    briefing.refresh_from_db()
    return briefing


def make_plan(county6: str, date: Date, actor: Account | None) -> DeploymentPlan:
    """Choose standby posts and force for the date, from its newest briefing.

    Raises:
        PermissionDenied: the actor may not make plans for the county.
        NoData: no briefing, roads, grids or cars on duty; the message says which.

    """
    area = county_area(county6)
    _check(actor, "patrol.make_plan", area)
    briefing = _newest(Briefing, area, date)
    if briefing is None:
        raise NoData(_("There is no briefing for this day. Make it first."))
    inputs = planning.gather(county6, briefing)
    try:
        found = assemble_plan(
            inputs.graph,
            inputs.sites,
            inputs.demand,
            inputs.beats,
            inputs.cars,
            effort=Effort(time_limit_s=PLAN_S),
        )
        body = _plain(found)
    except ValueError as error:
        raise NoData(str(error)) from error
    with transaction.atomic():
        newest = _newest(DeploymentPlan, area, date)
        if newest is not None and newest.body == body and newest.briefing_id == briefing.pk:
            return newest
        made = DeploymentPlan.objects.create(
            area_code=area.code, date=date, version=_next(DeploymentPlan, area, date), briefing=briefing,
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
    _check(actor, "patrol.approve_plan", plan)
    with transaction.atomic():
        open_one = DeploymentPlan.objects.filter(pk=plan.pk, approved_at=None)
        if open_one.update(approved_at=timezone.now(), approved_by=actor):
            data = {"date": plan.date.isoformat(), "version": plan.version}
            log.append(Verb.PLAN_APPROVED, plan, actor=actor, area_code=plan.area_code, data=data)
    plan.refresh_from_db()
    return plan


def _check(actor: Account | None, permission: str, record: Any) -> None:
    if actor is not None and not actor.has_perm(permission, record):
        raise PermissionDenied(permission)


def _plain(result: Any) -> dict[str, Any]:
    """Return dataclasses as the JSON that the database will give back."""
    return json.loads(json.dumps(asdict(result), allow_nan=False))


def _newest(model: Any, area: Area, date: Date) -> Any:
    return model.objects.filter(area_code=area.code, date=date).order_by("-version").first()


def _next(model: Any, area: Area, date: Date) -> int:
    of_day = model.objects.filter(area_code=area.code, date=date)
    return (of_day.aggregate(last=Max("version"))["last"] or 0) + 1


def _alert(briefing: Briefing, row: dict[str, Any]) -> BeatAlert:
    alert = row["alert"]
    expected = {beat["beat_code"]: beat["expected"] for beat in briefing.body["expected"]}
    return BeatAlert(
        briefing=briefing, beat_code=alert["beat_code"], area_code=briefing.area_code, colour=alert["colour"],
        expected=expected.get(alert["beat_code"], 0.0), p_value=alert["p"], reason=row,
        method=briefing.body["methods"]["colours"],
    )  # fmt: skip
