"""A further call about an incident, and links between incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.domain.guard import allow, hold, hold_live
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import FurtherCall, Incident, IncidentLink
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb

if TYPE_CHECKING:
    from uuid import UUID

    from anlan.service.staff.models import Account


def add_call(incident: Incident, actor: Account | None, *, client_key: UUID, **said: Any) -> FurtherCall:
    """Keep a further call about a live incident: `words`, `address`, `callback`, `channel` and its moments.

    The same `client_key` again returns the call already kept.

    Raises:
        Refused: the incident is closed, or the form was recorded as an incident of its own before.

    """
    try:
        with transaction.atomic():
            held = hold(incident)
            allow(actor, "incidents.take_call", held)
            return kept_before(client_key, held) or _record(hold_live(incident), actor, client_key, said)
    except IntegrityError:
        again = kept_before(client_key, incident)
        if again is None:
            raise
        return again


def kept_before(client_key: UUID, incident: Incident) -> FurtherCall | None:
    """Return the further call that this very form made before."""
    own = Incident.objects.filter(client_key=client_key).first()
    if own is not None:
        raise Refused(_("This call is recorded already, as %(number)s.") % {"number": own.number})
    return FurtherCall.objects.filter(client_key=client_key, incident=incident).first()


def _record(held: Incident, actor: Account | None, client_key: UUID, said: dict[str, Any]) -> FurtherCall:
    call = FurtherCall(
        client_key=client_key, incident=held, area_code=held.area_code, taken_by=actor,
        **{"received_at": timezone.now()} | said,
    )  # fmt: skip
    call.save()
    data = {
        "number": held.number, "call": call.pk, "channel": str(call.channel), "text": call.words.strip(),
        "address": call.address,
    }  # fmt: skip
    log.append(Verb.CALL_ADDED, held, actor=actor, area_code=held.area_code, data=data)
    return call


def link(incident: Incident, other: Incident, actor: Account | None) -> IncidentLink:
    """Relate two incidents; said again, or the other way round, it changes nothing.

    Raises:
        Refused: an incident cannot be related to itself, nor to one of another county.

    """
    if incident.pk == other.pk or incident.county != other.county:
        raise Refused(_("Link an incident with another one of the same county."), "other")
    one, two = sorted((incident, other), key=lambda row: row.pk)
    with transaction.atomic():
        held = hold(one)
        for end in (one, two):
            allow(actor, "incidents.take_call", end)
        made, new = IncidentLink.objects.get_or_create(one=held, other=two, defaults={"made_by": actor})
        if new:
            _tell(Verb.INCIDENTS_LINKED, incident, other, actor)
    return made


def unlink(incident: Incident, other: Incident, actor: Account | None) -> bool:
    """Take a link away; return whether there was one."""
    one, two = sorted((incident, other), key=lambda row: row.pk)
    with transaction.atomic():
        for end in (one, two):
            allow(actor, "incidents.take_call", end)
        gone, _rows = IncidentLink.objects.filter(one=one, other=two).delete()
        if gone:
            _tell(Verb.INCIDENTS_UNLINKED, incident, other, actor)
    return bool(gone)


def _tell(verb: Verb, incident: Incident, other: Incident, actor: Account | None) -> None:
    """Log it on both incidents."""
    for row, to in ((incident, other), (other, incident)):
        data = {"number": row.number, "text": to.number, "other": to.pk}
        log.append(verb, row, actor=actor, area_code=row.area_code, data=data)
