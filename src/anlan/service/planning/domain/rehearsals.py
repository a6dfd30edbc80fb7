"""Putting a question to a plan, and switching the dispatch rule."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.engine.dispatch.policy import Policy
from anlan.engine.planning.deployment import METHOD, Out, rehearsals
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.patrol.domain.common import check, plain
from anlan.service.patrol.evidence import NoData
from anlan.service.planning import inputs
from anlan.service.planning.domain.jobs import does
from anlan.service.planning.domain.plans import NotReady
from anlan.service.planning.models import DeploymentPlan, DispatchRule, PlanningJob, Rehearsal

if TYPE_CHECKING:
    from anlan.engine.planning.deployment import Day
    from anlan.engine.planning.watch import Watch
    from anlan.service.planning.domain.jobs import JobWatch
    from anlan.service.staff.models import Account

GOOD_FOR = timedelta(days=30)


@does(PlanningJob.Kind.REHEARSAL)
def rehearse(job: PlanningJob, watch: JobWatch) -> str:
    """Answer the question of a job and keep the answer."""
    ask: dict[str, Any] = dict(job.ask)
    plans = DeploymentPlan.objects.in_county(job.area_code[:6])
    plan = plans.select_related("briefing").filter(pk=ask.pop("plan", None)).first()
    other = plans.filter(pk=ask.pop("other", None)).first()
    if plan is None:
        raise NoData(_("The plan is gone."))
    made = ask_plan(plan, ask.pop("kind"), ask, job.asked_by, other=other, watch=watch)
    return reverse("planning:rehearsal", kwargs={"rehearsal_id": made.pk})


def ask_plan(
    plan: DeploymentPlan,
    kind: str,
    ask: dict[str, Any],
    actor: Account | None,
    *,
    other: DeploymentPlan | None = None,
    watch: Watch,
) -> Rehearsal:
    """Rehearse a plan for one question and keep the answer.

    Raises:
        PermissionDenied: the actor may not plan in the area.
        NoData: the plan or its briefing does not allow the question; the message says why.

    """
    check(actor, "planning.make", plan)
    if plan.briefing is None or plan.body.get("method") != METHOD:
        raise NoData(_("This plan cannot be rehearsed any more. Make it again."))
    watch.told("demand", 0.0)
    day = inputs.gather(plan.area_code[:6], plan.briefing, plan.date)
    try:
        body = _answer(day, plan, kind, ask, other, watch)
    except ValueError as problem:
        raise NoData(str(problem)) from problem
    with transaction.atomic():
        return Rehearsal.objects.create(
            plan=plan, other=other, area_code=plan.area_code, kind=kind, ask=ask, body=body,
            made_at=timezone.now(), made_by=actor,
        )  # fmt: skip


def _answer(
    day: Day, plan: DeploymentPlan, kind: str, ask: dict[str, Any], other: DeploymentPlan | None, watch: Watch
) -> dict[str, Any]:
    out = outs(plan)
    if kind == Rehearsal.Kind.COMPARE:
        if other is None or other.body.get("method") != METHOD:
            raise NoData(_("Choose another plan made by the present method to compare with."))
        found, beats = rehearsals.compared(day, outs(other), out, watch=watch)
        return plain(found) | {"beats": beats}
    if kind == Rehearsal.Kind.SURGE:
        hours = int(ask.get("from", 0)), int(ask.get("until", 24))
        found, beats = rehearsals.surged(
            day, out, float(ask["times"]), beats=ask.get("beats", ()), hours=hours, watch=watch
        )
        return plain(found) | {"beats": beats}
    if kind == Rehearsal.Kind.LESS:
        return {"losses": [plain(loss) for loss in rehearsals.without_each(day, out, watch=watch)]}
    policy = Policy[str(ask["policy"]).upper()]
    verdict, points = rehearsals.rule_judged(day, out, policy, watch=watch)
    kept = {name: np.round(column, 6).tolist() for name, column in vars(points).items()}
    return plain(verdict) | {"beats": [], "points": kept}


def outs(plan: DeploymentPlan) -> list[Out]:
    """Return the units out of a stored plan."""
    return [Out(**row) for row in plan.body["out"]]


def switch_rule(area: Any, policy: str, actor: Account, rehearsal: Rehearsal | None = None) -> DispatchRule:
    """Switch the rule by which units are recommended; the one in force again changes nothing.

    Raises:
        PermissionDenied: the actor may not approve for the county.
        NotReady: another rule than the closest unit, without a rehearsal of the last 30 days that found it
            better.

    """
    check(actor, "planning.approve", area)
    if policy != DispatchRule.Policy.CLOSEST and not _allows(rehearsal, policy, area.code):
        told = _("A rehearsal of the last 30 days must have found this rule better than the closest unit.")
        raise NotReady(told)
    with transaction.atomic():
        held = DispatchRule.objects.select_for_update().filter(area_code=area.code).first()
        if (held.policy if held else DispatchRule.Policy.CLOSEST) == policy:
            return held or DispatchRule(area_code=area.code, policy=policy)
        facts = {
            "policy": policy, "rehearsal": rehearsal, "switched_at": timezone.now(), "switched_by": actor,
        }  # fmt: skip
        made, _new = DispatchRule.objects.update_or_create(area_code=area.code, defaults=facts)
        data = {"policy": policy, "rehearsal": rehearsal and rehearsal.pk}
        log.append(Verb.RULE_SWITCHED, made, actor=actor, area_code=area.code, data=data)
    return made


def _allows(rehearsal: Rehearsal | None, policy: str, area_code: str) -> bool:
    return (
        rehearsal is not None
        and rehearsal.area_code == area_code
        and rehearsal.kind == Rehearsal.Kind.RULE
        and rehearsal.ask.get("policy") == policy
        and rehearsal.body.get("answer") == "better"
        and rehearsal.made_at >= timezone.now() - GOOD_FOR
    )
