"""What is done from the card about backup, emergencies, check-in and queued units."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.service.incidents import domain
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import Backup, Stacked
from anlan.service.incidents.views.county import visible_incident
from anlan.service.incidents.views.incident import Answer, answered, confirmed, text_of
from anlan.service.staff.access import requires
from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from anlan.service.incidents.models import Incident


def key_of(request: HttpRequest, name: str) -> int:
    """Return a posted id, 0 where it is none."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


@requires("incidents.dispatch")
@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """The duty room has heard the emergency."""
    incident = visible_incident(request, pk)

    def act() -> Answer:
        domain.acknowledge_emergency(incident, request.user)
        return Answer(message=_("%(number)s acknowledged") % {"number": incident.number})

    return answered(request, incident, act)


@requires("incidents.dispatch")
@require_POST
def ask_backup(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for more units; the form's key makes a second click the same request."""
    incident = visible_incident(request, pk)
    return answered(request, incident, lambda: asked(request, incident))


def asked(request: HttpRequest, incident: Incident) -> Answer:
    """Ask as the form says."""
    try:
        key = uuid.UUID(request.POST.get("client_key", ""))
    except ValueError as error:
        raise Refused(_("The form has no key; reload the page."), "client_key") from error
    domain.request_backup(
        incident, request.user, key, units=key_of(request, "count"),
        capability=text_of(request, "capability"), reason=text_of(request, "text"),
    )  # fmt: skip
    return Answer(message=_("Backup asked for on %(number)s") % {"number": incident.number})


@requires("incidents.dispatch")
@require_POST
def decline_backup(request: HttpRequest, pk: int) -> HttpResponse:
    """Decline one request, with a reason."""
    incident = visible_incident(request, pk)

    def act() -> Answer:
        row = Backup.objects.filter(incident=incident, pk=key_of(request, "backup")).first()
        if row is None:
            raise Refused(_("No backup is asked for on %(number)s.") % {"number": incident.number})
        domain.decline_backup(row, text_of(request, "reason"), request.user)
        return Answer(message=_("Backup declined on %(number)s") % {"number": incident.number})

    return answered(request, incident, act)


@requires("incidents.dispatch")
@require_POST
def stack(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue the incident behind what a busy unit is on."""
    incident = visible_incident(request, pk)

    def act() -> Answer:
        row = domain.stack(incident, busy(request), request.user, confirmed=confirmed(request))
        facts = {"unit": row.unit.call_sign, "number": incident.number}
        return Answer(message=_("%(number)s is next for %(unit)s") % facts)

    return answered(request, incident, act)


def busy(request: HttpRequest) -> Unit:
    """Return the unit that the form names."""
    unit = Unit.objects.visible_to(request.user).filter(pk=key_of(request, "unit")).first()
    if unit is None:
        raise Refused(_("Name at least one unit."), "unit")
    return unit


@requires("incidents.dispatch")
@require_POST
def unstack(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a queued unit."""
    incident = visible_incident(request, pk)

    def act() -> Answer:
        row = Stacked.objects.filter(incident=incident, pk=key_of(request, "stacked")).first()
        if row is None:
            raise Refused(_("Nothing is queued here."))
        done = domain.unstack(row, request.user)
        return Answer(message=_("%(unit)s: no longer queued") % {"unit": done.unit.call_sign})

    return answered(request, incident, act)


@requires("incidents.dispatch")
@require_POST
def preempt(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a busy unit off what it is on; the answer asks first and says what would wait again."""
    incident = visible_incident(request, pk)

    def act() -> Answer:
        sent = domain.preempt(
            incident, busy(request), request.user,
            confirmed=confirmed(request), seen=request.POST.get("seen", ""),
        )  # fmt: skip
        return Answer(message=_("Dispatched: %(units)s") % {"units": sent.unit.call_sign})

    return answered(request, incident, act)
