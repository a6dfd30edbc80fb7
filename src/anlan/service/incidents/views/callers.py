"""Further calls about an incident and links to others, from its card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.service.incidents import domain
from anlan.service.incidents.commands import incident_by_number
from anlan.service.incidents.models import Incident
from anlan.service.incidents.views.county import visible_incident
from anlan.service.incidents.views.incident import Answer, answered, text_of
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


@requires("incidents.view")
@require_POST
def act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Do one of `ACTIONS` and show the card with what came of it."""
    incident = visible_incident(request, pk)
    if action not in ACTIONS:
        raise Http404(action)
    return answered(request, incident, lambda: ACTIONS[action](request, incident))


@requires("incidents.view")
@require_POST
def number_of(request: HttpRequest, pk: int, call_id: int) -> HttpResponse:
    """Show the number of a further call; the reading is logged."""
    incident = visible_incident(request, pk)
    call = get_object_or_404(incident.further_calls, pk=call_id)

    def read() -> Answer:
        number = domain.read_callback(incident, request.user, call)
        return Answer(
            message=_("Your reading of the number is in the log."), callback=number or _("none left")
        )

    return answered(request, incident, read)


def link(request: HttpRequest, incident: Incident) -> Answer:
    """Relate it to the incident of a number."""
    other = incident_by_number(incident.county, request.user, text_of(request, "number").strip())
    domain.link(incident, other, request.user)
    return Answer(message=_("Linked with %(number)s.") % {"number": other.number})


def unlink(request: HttpRequest, incident: Incident) -> Answer:
    """Take a link away."""
    other = incident_by_number(incident.county, request.user, text_of(request, "number").strip())
    domain.unlink(incident, other, request.user)
    return Answer(message=_("No longer linked with %(number)s.") % {"number": other.number})


ACTIONS: dict[str, Callable[[HttpRequest, Incident], Answer]] = {"link": link, "unlink": unlink}
