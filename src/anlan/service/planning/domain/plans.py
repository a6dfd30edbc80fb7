"""Deployment plans: made from the day's colours, edited by the planner, signed, published to the phones."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 fields are called date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.engine.planning.deployment import Ask, Contradicted, How, NobodyOut, assemble
from anlan.engine.planning.watch import UNWATCHED
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.patrol import queries as briefings
from anlan.service.patrol.domain.common import check, plain
from anlan.service.patrol.evidence import NoData
from anlan.service.places.queries import county_area
from anlan.service.planning import asks, inputs
from anlan.service.planning.models import DeploymentPlan, PlanSignature
from anlan.service.planning.standards import standards_of
from anlan.service.planning.words import contradiction, nobody_out

if TYPE_CHECKING:
    from anlan.engine.planning.watch import Watch
    from anlan.service.staff.models import Account

NOT_COMPARED = ("seconds",)


class NotReady(ValueError):  # noqa: N818 a state of the plan, said to the reader
    """The plan cannot be signed or published as it is; the message says why."""


def make_plan(
    county6: str,
    date: Date,
    actor: Account | None,
    ask: Ask | None = None,
    *,
    parent: DeploymentPlan | None = None,
    how: How | None = None,
    watch: Watch = UNWATCHED,
) -> DeploymentPlan:
    """Plan a day from its published briefing, else the newest, around what the planner asks for.

    The newest version is returned if nothing came out otherwise.

    Raises:
        PermissionDenied: the actor may not make plans for the county.
        NoData: no briefing, roads, grids or cars on duty, or a contradiction; the message says which.

    """
    area = county_area(county6)
    check(actor, "planning.make", area)
    wanted = ask or Ask()
    watch.told("demand", 0.0)
    briefing = briefings.colours_briefing(county6, date)
    if briefing is None:
        raise NoData(_("There is no briefing for this day. Make it first."))
    day = inputs.gather(county6, briefing, date)
    if not day.cars(wanted.out) and not wanted.cars:
        raise NoData(_("No patrol car is on duty."))
    try:
        found = assemble(day, wanted, how, watch)
    except Contradicted as clash:
        raise NoData(contradiction(county6, clash.plain)) from clash
    except NobodyOut as nobody:
        raise NoData(nobody_out()) from nobody
    except ValueError as error:
        raise NoData(str(error)) from error
    body = plain(found)
    given = asks.plain(wanted)
    of_day = DeploymentPlan.objects.filter(area_code=area.code, date=date)
    with transaction.atomic():
        newest = of_day.order_by("-version").first()
        if newest is not None and newest.ask == given and _same(newest.body, body):
            return newest
        version = newest.version + 1 if newest else 1
        made = DeploymentPlan.objects.create(
            area_code=area.code, date=date, version=version, briefing=briefing, parent=parent, ask=given,
            made_at=timezone.now(), made_by=actor, gap=body["gap"], level=body["level"], body=body,
        )  # fmt: skip
        data = {
            "date": date.isoformat(), "version": made.version, "level": made.level,
            "posts": sum(len(shift["posts"]) for shift in body["shifts"]), "from": parent and parent.version,
        }  # fmt: skip
        log.append(Verb.PLAN_MADE, made, actor=actor, area_code=area.code, data=data)
    return made


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two bodies say the same; how long it took is no difference."""
    return all(one.get(key) == value for key, value in other.items() if key not in NOT_COMPARED)


def sign_plan(plan: DeploymentPlan, actor: Account) -> DeploymentPlan:
    """Sign a version; with the signatures that its level asks for it is approved. Signing twice is once.

    Raises:
        PermissionDenied: the actor may not approve for the county.
        NotReady: whoever made the plan may not be its only signature where two are asked for.

    """
    check(actor, "planning.approve", plan)
    needed = standards_of(plan.area_code[:6]).signatures[plan.level]
    with transaction.atomic():
        held = DeploymentPlan.objects.select_for_update().get(pk=plan.pk)
        _signature, new = PlanSignature.objects.get_or_create(
            plan=held, signed_by=actor, defaults={"signed_at": timezone.now()}
        )
        count = held.signatures.count()
        data = {
            "date": held.date.isoformat(), "version": held.version, "signatures": count, "needed": needed,
        }  # fmt: skip
        if new:
            log.append(Verb.PLAN_SIGNED, held, actor=actor, area_code=held.area_code, data=data)
        open_one = DeploymentPlan.objects.filter(pk=held.pk, approved_at=None)
        if count >= needed and open_one.update(approved_at=timezone.now(), approved_by=actor):
            log.append(Verb.PLAN_APPROVED, held, actor=actor, area_code=held.area_code, data=data)
    plan.refresh_from_db()
    return plan
