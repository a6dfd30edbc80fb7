"""Enclosing a fleeing car or a spill: proposed by the dispatcher, approved by the watch commander, ended."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.service.incidents.domain.dispatch import assign
from anlan.service.incidents.domain.guard import allow, hold_live
from anlan.service.incidents.errors import NeedsConfirmation, Refused
from anlan.service.incidents.models import ClosingOrder, ContainmentPlan, Incident
from anlan.service.incidents.queries.containment import proposed
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from anlan.service.incidents.queries.containment import Ask
    from anlan.service.staff.models import Account

S = ContainmentPlan.Status


def propose_containment(
    incident: Incident, ask: Ask, actor: Account, client_key: uuid.UUID
) -> ContainmentPlan:
    """Work out which points to close around an incident and keep that as a proposal.

    The same `client_key` again returns the proposal made before.

    Raises:
        Refused: the incident is closed, there are no roads, or a value is no good.

    """
    before = ContainmentPlan.objects.filter(client_key=client_key, incident=incident).first()
    if before is not None:
        return before
    allow(actor, "incidents.dispatch", incident)
    body = proposed(incident, actor, ask)
    try:
        with transaction.atomic():
            held = hold_live(incident)
            plan = ContainmentPlan.objects.create(
                client_key=client_key, incident=held, area_code=held.area_code, kind=ask.kind,
                ask=asdict(ask), body=body, made_at=timezone.now(), made_by=actor,
            )  # fmt: skip
            facts = {"points": len(body["posts"]), "leaks": len(body["leaks"])}
            record(Verb.CONTAINMENT_MADE, plan, actor, **facts)
    except IntegrityError:
        return ContainmentPlan.objects.get(client_key=client_key, incident=incident)
    return plan


def record(verb: Verb, plan: ContainmentPlan, actor: Account | None, **data: Any) -> None:
    """Log what happened to a plan, on its incident."""
    facts = {"number": plan.incident.number, "plan": plan.pk, "kind": str(plan.kind), **data}
    log.append(verb, plan.incident, actor=actor, area_code=plan.area_code, data=facts)


def approve_containment(plan: ContainmentPlan, actor: Account, *, confirmed: bool = False) -> ContainmentPlan:
    """Put a proposal in force: its units are sent to the incident, each with the point that it closes.

    Approved again it changes nothing.

    Raises:
        Refused: there is nothing to hold, another plan is in force, or one of its units is no longer free.
        NeedsConfirmation: points leak, or the time that has passed makes some points late.

    """
    with transaction.atomic():
        incident = hold_live(plan.incident)
        allow(actor, "incidents.command", incident)
        current = ContainmentPlan.objects.select_related("incident").get(pk=plan.pk)
        if current.status == S.APPROVED:
            return current
        check_proposed(current)
        now = timezone.now()
        if not confirmed:
            warn(current, now)
        won = ContainmentPlan.objects.filter(pk=current.pk, status=S.PROPOSED)
        if won.update(status=S.APPROVED, approved_at=now, approved_by=actor) != 1:
            raise Refused(_("Somebody was faster: look at the plan again."))
        give_orders(current, incident, actor, now)
        current.refresh_from_db()
        record(
            Verb.CONTAINMENT_APPROVED, current, actor,
            units=[post["unit"] for post in current.posts], leaks=len(current.leaks),
        )  # fmt: skip
    return current


def check_proposed(plan: ContainmentPlan) -> None:
    """Refuse a plan that is over, holds nothing, or meets another one in force."""
    if plan.status != S.PROPOSED:
        status = plan.get_status_display()
        raise Refused(_("This plan is over: %(status)s. Make a new one.") % {"status": status})
    if not plan.posts:
        raise Refused(_("This plan holds no point; there is nothing to approve."))
    if plan.incident.containments.filter(status=S.APPROVED).exists():
        raise Refused(_("Another containment of this incident is in force. End it first."))


def warn(plan: ContainmentPlan, now: datetime) -> None:
    """Ask for a confirmation where points leak or have become late since the plan was made."""
    warnings = []
    if plan.leaks:
        places = "; ".join(leak["place"] for leak in plan.leaks)
        warnings.append(_("These points cannot be held: %(places)s. Approve anyway?") % {"places": places})
    age = (now - plan.made_at).total_seconds()
    late = [post for post in plan.posts if post["margin_s"] is not None and post["margin_s"] < age]
    if late:
        names = "; ".join(f"{post['unit']} {post['place']}" for post in late)
        text = _("The plan is %(age)s s old; these come too late by now: %(names)s. Approve anyway?")
        warnings.append(text % {"age": round(age), "names": names})
    if warnings:
        raise NeedsConfirmation(warnings)


def give_orders(plan: ContainmentPlan, incident: Incident, actor: Account, now: datetime) -> None:
    """Send each unit and tell it its point."""
    units = Unit.objects.in_bulk([post["unit_id"] for post in plan.posts])
    expected = {post["unit_id"]: post["arrives_s"] for post in plan.posts}
    assign(incident, units.values(), actor, confirmed=True, expected_seconds=expected)
    ClosingOrder.objects.bulk_create(
        ClosingOrder(
            plan=plan, unit=units[post["unit_id"]], area_code=plan.area_code, place=post["place"][:200],
            lon=post["lon"], lat=post["lat"], given_at=now,
            arrive_by=by(plan, post["threat_s"]),
        )
        for post in plan.posts
    )  # fmt: skip


def by(plan: ContainmentPlan, threat_s: int | None) -> datetime | None:
    """Return when the car can be at a point; None where nothing races."""
    return None if threat_s is None else plan.made_at + timedelta(seconds=threat_s)


def end_containment(plan: ContainmentPlan, reason: str, actor: Account) -> ContainmentPlan:
    """End a plan in force, or discard a proposal, with the reason; units stay assigned until cleared.

    Raises:
        Refused: no reason.

    """
    if not reason.strip():
        raise Refused(_("Say why the containment ends."), "reason")
    with transaction.atomic():
        incident = Incident.objects.select_for_update().get(pk=plan.incident_id)
        allow(actor, "incidents.command", incident)
        current = ContainmentPlan.objects.select_related("incident").get(pk=plan.pk)
        if current.status in {S.ENDED, S.DISCARDED}:
            return current
        over = S.ENDED if current.status == S.APPROVED else S.DISCARDED
        current.status, current.ended_at = over, timezone.now()
        current.save(update_fields=["status", "ended_at"])
        record(Verb.CONTAINMENT_ENDED, current, actor, reason=reason.strip())
    return current
