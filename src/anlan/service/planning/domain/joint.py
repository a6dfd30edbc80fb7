"""Joint command: forces and needs as the county states them; plans made in the background, approved."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.engine.planning import joint as engine
from anlan.engine.planning.watch import UNWATCHED
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.patrol.domain.common import check
from anlan.service.patrol.evidence import NoData
from anlan.service.places.queries import county_area
from anlan.service.planning.domain.jobs import does
from anlan.service.planning.domain.plans import NotReady
from anlan.service.planning.joint import ask as asks
from anlan.service.planning.joint import rules as stated
from anlan.service.planning.joint.gather import gather
from anlan.service.planning.models import JointCommand, JointRules, PlanningJob

if TYPE_CHECKING:
    from anlan.engine.planning.watch import Watch
    from anlan.service.planning.domain.jobs import JobWatch
    from anlan.service.planning.joint.ask import JointAsk
    from anlan.service.planning.joint.gather import Gathered
    from anlan.service.planning.joint.rules import Rules
    from anlan.service.staff.models import Account

PERMISSION = "planning.make"
METHOD = "joint-1"


def set_joint_rules(county6: str, rules: Rules, actor: Account | None) -> bool:
    """State the county's forces and needs; return whether that changed anything.

    Raises:
        PermissionDenied: the actor may not plan for the county.

    """
    area = county_area(county6)
    check(actor, PERMISSION, area)
    body = stated.plain(rules)
    with transaction.atomic():
        before = JointRules.objects.select_for_update().filter(area_code=area.code).first()
        if before is not None and before.body == body:
            return False
        row, _new = JointRules.objects.update_or_create(
            area_code=area.code,
            defaults={"body": body, "changed_at": timezone.now(), "changed_by": actor},
        )
        data = {"before": before and before.body, "after": body}
        log.append(Verb.JOINT_RULES_CHANGED, row, actor=actor, area_code=area.code, data=data)
    return True


@does(PlanningJob.Kind.JOINT)
def joint(job: PlanningJob, watch: JobWatch) -> str:
    """Make the plan that a job asks for."""
    try:
        ask = asks.parsed(job.ask)
    except ValueError as problem:
        raise NoData(str(problem)) from problem
    made = make_joint(job.area_code[:6], ask, job.asked_by, watch=watch)
    return reverse("planning:joint", kwargs={"joint_id": made.pk})


def make_joint(
    county6: str, ask: JointAsk, actor: Account | None, *, watch: Watch = UNWATCHED
) -> JointCommand:
    """Make a week's plan of the forces as they are stated, and keep it as a version.

    Where rules contradict each other the version says which, and what would help. The newest version of the
    days is returned if the same was asked and nothing came out otherwise.

    Raises:
        PermissionDenied: the actor may not plan for the county.
        NoData: no force, nothing to man, or no plan in the time given.

    """
    area = county_area(county6)
    check(actor, PERMISSION, area)
    found = gather(county6, ask)
    try:
        made = engine.plan_together(
            found.problem, effort=engine.JointEffort(time_limit_s=ask.seconds), watch=watch
        )
    except RuntimeError as problem:
        raise NoData(_("No plan was found in this time. Allow more, or ask for less.")) from problem
    watch.told("keep", 1.0)
    return _kept(area, ask, found, made, actor)


def _kept(
    area: Any, ask: JointAsk, found: Gathered, made: engine.JointPlan, actor: Account | None
) -> JointCommand:
    given, body = asks.plain(ask), _body(ask, found, made)
    with transaction.atomic():
        of_days = JointCommand.objects.filter(area_code=area.code, first=ask.first)
        newest = of_days.order_by("-version").first()
        if newest is not None and newest.ask == given and newest.body == body:
            return newest
        plan = JointCommand.objects.create(
            area_code=area.code, first=ask.first, days=len(ask.levels), ask=given, body=body,
            version=newest.version + 1 if newest else 1, gap=made.gap,
            short=sum(one.missing for one in made.short), possible=made.status != "infeasible",
            made_at=timezone.now(), made_by=actor,
        )  # fmt: skip
        data = {
            "first": ask.first.isoformat(), "days": plan.days, "version": plan.version, "short": plan.short,
            "possible": plan.possible,
        }  # fmt: skip
        log.append(Verb.JOINT_MADE, plan, actor=actor, area_code=area.code, data=data)
    return plan


def _body(ask: JointAsk, found: Gathered, made: engine.JointPlan) -> dict[str, Any]:
    """Return what is kept, as the database gives it back: names, every task with its need, the result."""
    body = {
        "method": METHOD,
        "levels": list(ask.levels),
        "forces": found.forces,
        "tasks": found.tasks,
        "shifts": [asdict(shift) for shift in found.problem.shifts],
        "unplanned": [(day - ask.first).days for day in found.unplanned],
        "cells": [
            {"kind": cell.kind, "code": cell.code, "day": cell.day, "shift": cell.shift,
             "people": cell.people, "needs": dict(cell.needs)}
            for cell in found.problem.cells
        ],
        "result": asdict(made),
    }  # fmt: skip
    return dict(json.loads(json.dumps(body, allow_nan=False)))


def approve_joint(plan: JointCommand, actor: Account | None) -> JointCommand:
    """Let a plan hold: the days' plans and orders show it. Approving twice is once.

    Raises:
        PermissionDenied: the actor may not approve for the county.
        NotReady: its rules contradict each other.

    """
    check(actor, "planning.approve", plan)
    if not plan.possible:
        raise NotReady(_("Its rules contradict each other. Change what is asked and make it again."))
    with transaction.atomic():
        open_one = JointCommand.objects.filter(pk=plan.pk, approved_at=None)
        if open_one.update(approved_at=timezone.now(), approved_by=actor):
            data = {"first": plan.first.isoformat(), "days": plan.days, "version": plan.version}
            log.append(Verb.JOINT_APPROVED, plan, actor=actor, area_code=plan.area_code, data=data)
    plan.refresh_from_db()
    return plan
