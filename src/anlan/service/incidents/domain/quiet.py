"""Silent and abandoned calls: noted by one key, rung back, ended with an outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.engine.geo import codes
from anlan.service.incidents.domain.guard import allow
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import Incident, QuietCall
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb

if TYPE_CHECKING:
    from uuid import UUID

    from anlan.service.staff.models import Account


def take_quiet(actor: Account | None, county: str, kind: str, client_key: UUID, **facts: Any) -> QuietCall:
    """Note a silent or abandoned call with its `callback`, what was `heard` and its moments.

    The same key again changes nothing.

    Raises:
        Refused: unknown kind.

    """
    if kind not in QuietCall.Kind.values:
        raise Refused(_("A quiet call is silent or abandoned."), "kind")
    call = QuietCall(
        client_key=client_key, county=county, area_code=codes.normalise(county), kind=kind, taken_by=actor,
        **{"received_at": timezone.now()} | facts,
    )  # fmt: skip
    try:
        with transaction.atomic():
            allow(actor, "incidents.take_call", call)
            before = QuietCall.objects.filter(client_key=client_key).first()
            if before is not None:
                return before
            call.save()
            data = {"kind": str(kind), "text": call.heard.strip(), "has_number": bool(call.callback)}
            log.append(Verb.QUIET_CALL, call, actor=actor, area_code=call.area_code, data=data)
    except IntegrityError:
        return QuietCall.objects.get(client_key=client_key)
    return call


def tried(call: QuietCall, actor: Account | None, tries: int) -> QuietCall:
    """Note that it was rung back in vain; `tries` is how often before, so that a retried form counts once.

    Raises:
        Refused: it has its outcome.

    """
    with transaction.atomic():
        allow(actor, "incidents.take_call", call)
        rows = QuietCall.objects.filter(pk=call.pk, ended_at=None, tries=tries)
        changed = rows.update(tries=F("tries") + 1, tried_at=timezone.now())
        call.refresh_from_db()
        if call.ended_at is not None:
            raise Refused(_("It has its outcome: %(outcome)s.") % {"outcome": call.get_outcome_display()})
        if changed:
            data = {"kind": str(call.kind), "tries": call.tries}
            log.append(Verb.QUIET_TRIED, call, actor=actor, area_code=call.area_code, data=data)
    return call


def end_quiet(
    call: QuietCall, outcome: str, actor: Account | None, incident: Incident | None = None, note: str = ""
) -> QuietCall:
    """End the task with an outcome; the same outcome again changes nothing.

    Raises:
        Refused: the outcome is unknown or cannot be, or the call has another one.

    """
    check_outcome(call, outcome, incident)
    with transaction.atomic():
        allow(actor, "incidents.take_call", call)
        rows = QuietCall.objects.filter(pk=call.pk, ended_at=None)
        changed = rows.update(outcome=outcome, ended_at=timezone.now(), incident=incident)
        call.refresh_from_db()
        if call.outcome != outcome:
            raise Refused(_("It has its outcome: %(outcome)s.") % {"outcome": call.get_outcome_display()})
        if changed:
            data = {"kind": str(call.kind), "outcome": outcome, "text": note.strip(), "tries": call.tries}
            if incident is not None:
                data["number"] = incident.number
            log.append(Verb.QUIET_ENDED, call, actor=actor, area_code=call.area_code, data=data)
    return call


def check_outcome(call: QuietCall, outcome: str, incident: Incident | None) -> None:
    """Refuse an unknown outcome and one that cannot be."""
    if outcome not in QuietCall.Outcome.values:
        raise Refused(_("Choose an outcome."), "outcome")
    if (outcome == QuietCall.Outcome.INCIDENT) != (incident is not None):
        raise Refused(_("Give the number of the incident that it became."), "incident")
    if outcome == QuietCall.Outcome.NOT_REACHED and call.tries == 0:
        raise Refused(_("Ring back at least once before it counts as not reached."), "outcome")
    if outcome == QuietCall.Outcome.NO_NUMBER and call.callback:
        raise Refused(_("There is a number: ring back."), "outcome")
