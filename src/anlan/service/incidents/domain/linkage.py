"""Linkage: a partner agency is asked, accepts or refuses, returns or completes; messages in between."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.domain.deadlines import due
from anlan.service.incidents.domain.guard import allow, hold, hold_live
from anlan.service.incidents.errors import NeedsConfirmation, Refused
from anlan.service.incidents.models import Incident, Linkage, LinkageMessage
from anlan.service.incidents.rules import INBOX_ROLES
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.staff.models import Agency, Posting

if TYPE_CHECKING:
    from anlan.service.staff.models import Account

S = Linkage.Status
LONGEST = 1000
VERBS = {
    S.OFFERED: Verb.LINKAGE_OFFERED,
    S.ACCEPTED: Verb.LINKAGE_ACCEPTED,
    S.REFUSED: Verb.LINKAGE_REFUSED,
    S.RETURNED: Verb.LINKAGE_RETURNED,
    S.COMPLETED: Verb.LINKAGE_COMPLETED,
    S.WITHDRAWN: Verb.LINKAGE_WITHDRAWN,
    S.PASSED_ON: Verb.LINKAGE_PASSED_ON,
}


def offer(
    incident: Incident,
    agency: Agency,
    actor: Account | None,
    *,
    task: str,
    kind: str = Linkage.Kind.HANDOVER,
    confirmed: bool = False,
    client_key: uuid.UUID | None = None,
) -> Linkage:
    """Ask an agency to take the incident over, or to do a joint part of it.

    The same request again returns the linkage already made. Until the agency has accepted a handover, whoever
    has the incident keeps it (first-receiver rule).

    Raises:
        Refused: the incident is closed, no task, the agency has it already or another handover waits.
        NeedsConfirmation: nobody at the agency has an account that would see it.

    """
    said = checked_text(task, "task", _("Say what the agency is asked to do."))
    key = client_key or uuid.uuid4()
    with transaction.atomic():
        held = hold_live(incident)
        allow(actor, "incidents.link", held)
        check_partner(held, agency)
        before = asked_before(held, agency, kind, said, key)
        if before is not None:
            return before
        check_free_for(held, kind)
        if not confirmed:
            warn_of_empty_inbox(agency)
        return write_offer(held, agency, actor, kind=kind, task=said, client_key=key)


def checked_text(text: str, field: str, missing: Any) -> str:
    """Return a text within its bounds."""
    said = " ".join(text.replace("\0", "").split())
    if not said:
        raise Refused(missing, field)
    if len(said) > LONGEST:
        raise Refused(_("At most %(most)d characters.") % {"most": LONGEST}, field)
    return said


def check_partner(incident: Incident, agency: Agency) -> None:
    """Refuse an agency that serves another county; a neighbour is registered here under its own kind."""
    if agency.area_code[:6] != incident.county:
        raise Refused(_("%(agency)s is no agency of this county.") % {"agency": agency.label}, "agency")


def asked_before(incident: Incident, agency: Agency, kind: str, task: str, key: uuid.UUID) -> Linkage | None:
    """Return the very same request made before; refuse a different one while that is open."""
    again = Linkage.objects.filter(client_key=key, incident=incident).first()
    current = incident.linkages.filter(agency=agency, ended_at=None).first()
    if again is not None or current is None:
        return again
    if (current.kind, current.task) == (kind, task):
        return current
    text = _("%(agency)s has it already: %(status)s.")
    raise Refused(text % {"agency": agency.label, "status": current.get_status_display()}, "agency")


def check_free_for(incident: Incident, kind: str) -> None:
    """Refuse an unknown kind, and a second handover while one waits for its answer."""
    if kind not in Linkage.Kind.values:
        raise Refused(_("It is either a handover or a joint task."), "kind")
    if kind != Linkage.Kind.HANDOVER:
        return
    waiting = incident.linkages.filter(kind=kind, status=S.OFFERED).select_related("agency").first()
    if waiting is not None:
        text = _("The handover to %(agency)s still waits for an answer. Withdraw it first.")
        raise Refused(text % {"agency": waiting.agency.label}, "agency")


def warn_of_empty_inbox(agency: Agency) -> None:
    """Ask for a confirmation where nobody would see the request."""
    if not Posting.objects.filter(agency=agency, role__in=INBOX_ROLES, account__is_active=True).exists():
        text = _("Nobody at %(agency)s has an inbox here: tell them by telephone. Note it anyway?")
        raise NeedsConfirmation([text % {"agency": agency.label}])


def write_offer(incident: Incident, agency: Agency, actor: Account | None, **facts: Any) -> Linkage:
    """Write the request and its event."""
    now = timezone.now()
    try:
        with transaction.atomic():
            linkage = Linkage.objects.create(
                incident=incident,
                agency=agency,
                priority=incident.priority,
                area_code=incident.area_code,
                offered_by=actor,
                offered_at=now,
                due_at=due(incident, agency, now),
                **facts,
            )
    except IntegrityError as error:
        raise Refused(_("Somebody else has just asked. Look at the card again."), "agency") from error
    record(linkage, VERBS[S.OFFERED], actor, task=linkage.task, due_at=linkage.due_at)
    return linkage


def record(linkage: Linkage, verb: Verb, actor: Account | None, **data: Any) -> None:
    """Log what happened to a linkage, under its incident."""
    facts = {
        "incident": linkage.incident_id,
        "number": linkage.incident.number,
        "agency": linkage.agency.name,
        "agency_code": linkage.agency.code,
        "kind": str(linkage.kind),
        **data,
    }
    log.append(verb, linkage, actor=actor, area_code=linkage.area_code, data=facts)


def accept(linkage: Linkage, actor: Account | None) -> Linkage:
    """Accept for the agency; a handover makes it the owner and ends the one before.

    Raises:
        Refused: it was withdrawn or answered otherwise.
        PermissionDenied: the account belongs neither to the agency nor to the duty room.

    """
    with transaction.atomic():
        current = held(linkage, actor)
        if current.status == S.ACCEPTED:
            return current
        check_waits(current)
        if current.kind == Linkage.Kind.HANDOVER:
            pass_on(current, actor)
        move(current, S.ACCEPTED, actor, [S.OFFERED], accepted_at=timezone.now())
    return current


def held(linkage: Linkage, actor: Account | None) -> Linkage:
    """Return the linkage as it is, its incident locked, for an account that may answer for the agency."""
    hold(linkage.incident)
    current = Linkage.objects.select_related("incident", "agency").get(pk=linkage.pk)
    if actor is not None and not (actor.has_perm("incidents.link", current) or answers_for(actor, current)):
        raise PermissionDenied(str(_("Only the agency asked or a dispatcher answers this.")))
    return current


def answers_for(account: Account, linkage: Linkage) -> bool:
    """Whether a posting of the account is at the agency asked."""
    postings = Posting.objects.filter(account=account, agency=linkage.agency_id, role__in=INBOX_ROLES)
    return account.is_active and postings.exists()


def check_waits(current: Linkage) -> None:
    """Refuse to answer what no longer waits, saying how it stands."""
    if current.status != S.OFFERED:
        raise Refused(_("This no longer waits: %(status)s.") % {"status": current.get_status_display()})


def pass_on(to: Linkage, actor: Account | None) -> None:
    """End the handover of the agency that owned the incident until now."""
    rows = to.incident.linkages.filter(kind=Linkage.Kind.HANDOVER, status=S.ACCEPTED).exclude(pk=to.pk)
    for owner in rows.select_related("incident", "agency"):
        move(owner, S.PASSED_ON, actor, [S.ACCEPTED], answer=to.agency.label)


def move(linkage: Linkage, to: str, actor: Account | None, sources: list[Any], **fields: Any) -> None:
    """Change the status by a conditional UPDATE that one of two rivals wins, and log it."""
    ends = to not in Linkage.OPEN
    values = {"status": to, **fields} | ({"ended_at": timezone.now()} if ends else {})
    if Linkage.objects.filter(pk=linkage.pk, status__in=sources, ended_at=None).update(**values) != 1:
        linkage.refresh_from_db()
        text = _("%(agency)s: %(status)s already.")
        raise Refused(text % {"agency": linkage.agency.label, "status": linkage.get_status_display()})
    for name, value in values.items():
        setattr(linkage, name, value)
    data = {"reason": linkage.answer} if linkage.answer else {}
    record(linkage, VERBS[S(to)], actor, **data)


def refuse(linkage: Linkage, reason: str, actor: Account | None) -> Linkage:
    """Refuse for the agency, with a reason; it goes back to whoever asked.

    Raises:
        Refused: no reason, or it no longer waits.

    """
    return end(linkage, S.REFUSED, [S.OFFERED], actor, reason, _("Say why the agency refuses."))


def give_back(linkage: Linkage, reason: str, actor: Account | None) -> Linkage:
    """Return what was accepted, with a reason; the duty room owns the incident again.

    Raises:
        Refused: no reason, or the agency does not have it.

    """
    return end(linkage, S.RETURNED, [S.ACCEPTED], actor, reason, _("Say why it is returned."))


def complete(linkage: Linkage, result: str, actor: Account | None) -> Linkage:
    """Report the task done, with its result; the duty room closes the incident.

    Raises:
        Refused: no result, or the agency has not accepted.

    """
    return end(linkage, S.COMPLETED, [S.ACCEPTED], actor, result, _("Say what was done."))


def end(
    linkage: Linkage, to: str, sources: list[Any], actor: Account | None, text: str, missing: Any
) -> Linkage:
    """End a linkage with a text; the same end again changes nothing."""
    said = checked_text(text, "reason", missing)
    with transaction.atomic():
        current = held(linkage, actor)
        if current.status != to:
            move(current, to, actor, sources, answer=said)
    return current


def withdraw(linkage: Linkage, reason: str, actor: Account | None) -> Linkage:
    """Take back what was asked of the agency, accepted or not, with a reason.

    Raises:
        Refused: no reason, or it has ended.

    """
    said = checked_text(reason, "reason", _("Say why it is withdrawn."))
    with transaction.atomic():
        current = held(linkage, actor)
        allow(actor, "incidents.link", current)
        if current.status != S.WITHDRAWN:
            move(current, S.WITHDRAWN, actor, list(Linkage.OPEN), answer=said, noted_at=timezone.now())
    return current


def say(
    linkage: Linkage, text: str, actor: Account | None, *, client_key: uuid.UUID | None = None
) -> LinkageMessage:
    """Write a message between the duty room and the agency; the same key again adds nothing.

    Raises:
        Refused: it is empty, or the linkage has ended.

    """
    said = checked_text(text, "text", _("Write the message."))
    key = client_key or uuid.uuid4()
    with transaction.atomic():
        current = held(linkage, actor)
        again = LinkageMessage.objects.filter(client_key=key, linkage=current).first()
        if again is not None:
            return again
        if not current.is_open:
            raise Refused(_("This has ended: %(status)s.") % {"status": current.get_status_display()})
        own = actor is not None and not actor.has_perm("incidents.link", current)
        message = LinkageMessage.objects.create(
            client_key=key, linkage=current, author=actor, from_agency=own, text=said, at=timezone.now()
        )
        record(current, Verb.LINKAGE_SAID, actor, text=said, from_agency=own)
    return message


def take_note(linkage: Linkage, actor: Account | None) -> Linkage:
    """Note that the duty room has seen a refusal, return or completion; it leaves the board.

    Raises:
        Refused: there is no answer to note yet.

    """
    with transaction.atomic():
        current = held(linkage, actor)
        allow(actor, "incidents.link", current)
        if current.is_open:
            raise Refused(_("There is no answer to note yet: %(s)s.") % {"s": current.get_status_display()})
        if Linkage.objects.filter(pk=current.pk, noted_at=None).update(noted_at=timezone.now()) == 1:
            record(current, Verb.LINKAGE_NOTED, actor)
    return current


def closing_warnings(incident: Incident) -> list[Any]:
    """Return what to ask before an incident with open linkages is closed.

    Raises:
        Refused: an agency owns the incident.

    """
    rows = list(incident.linkages.filter(ended_at=None).select_related("agency"))
    for linkage in rows:
        if linkage.kind == Linkage.Kind.HANDOVER and linkage.status == S.ACCEPTED:
            text = _("%(agency)s has this incident. It completes or returns it, or withdraw it first.")
            raise Refused(text % {"agency": linkage.agency.label})
    names = ", ".join(linkage.agency.label for linkage in rows)
    return [_("Still asked of: %(agencies)s. Withdraw and close?") % {"agencies": names}] if rows else []


def withdraw_linkages(incident: Incident, actor: Account | None) -> None:
    """Withdraw what is open when the incident closes; the caller holds the incident."""
    for linkage in incident.linkages.filter(ended_at=None).select_related("incident", "agency"):
        move(
            linkage, S.WITHDRAWN, actor, list(Linkage.OPEN), answer="incident closed", noted_at=timezone.now()
        )


def escalate_overdue() -> int:
    """Claim each request whose deadline has passed unanswered and escalate it once; return how many."""
    waiting = Linkage.objects.filter(status=S.OFFERED, overdue_at=None, due_at__lte=timezone.now())
    return sum(escalate(linkage) for linkage in waiting.select_related("incident", "agency"))


def escalate(linkage: Linkage) -> bool:
    """Mark one request overdue if it still waits and nobody else has."""
    now = timezone.now()
    with transaction.atomic():
        waits = Linkage.objects.filter(pk=linkage.pk, status=S.OFFERED, overdue_at=None)
        if waits.update(overdue_at=now) != 1:
            return False
        record(linkage, Verb.LINKAGE_OVERDUE, None, due_at=linkage.due_at)
    return True
