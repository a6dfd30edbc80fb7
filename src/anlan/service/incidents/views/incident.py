"""The incident card, on the board or as a page, and everything that is done from it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anlan.service.incidents import domain, queries
from anlan.service.incidents.commands import incident_by_number, unit_called
from anlan.service.incidents.domain.escalation import set_level
from anlan.service.incidents.domain.override import override_dispatch
from anlan.service.incidents.errors import NeedsConfirmation, Refused
from anlan.service.incidents.forms import AmendForm
from anlan.service.incidents.models import Assignment, Incident
from anlan.service.incidents.queries.asked import asked_of
from anlan.service.incidents.queries.command import command_of
from anlan.service.incidents.queries.linkage import partners
from anlan.service.incidents.queries.recommended import busy_near
from anlan.service.incidents.queries.recommended import recommended as options
from anlan.service.incidents.views.county import visible_incident
from anlan.service.staff.access import requires
from anlan.service.staff.models import Capability, Unit

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


@dataclass
class Answer:
    """What came of an action, for the card to say."""

    message: str = ""
    error: str = ""
    warnings: list[str] = field(default_factory=list)
    callback: str = ""
    form: AmendForm | None = None
    seen: str = ""


@requires("incidents.view")
@require_GET
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """An incident as a page of its own."""
    return render(request, "incidents/incident.html", context_of(request, visible_incident(request, pk)))


@requires("incidents.view")
@require_GET
def card(request: HttpRequest, pk: int) -> HttpResponse:
    """The card alone, as the board loads it."""
    return render(request, "incidents/_card.html", context_of(request, visible_incident(request, pk)))


@requires("incidents.view")
@require_GET
def recommended(request: HttpRequest, pk: int) -> HttpResponse:
    """The units to choose from."""
    incident = visible_incident(request, pk)
    ranked = options(incident, request.user)
    suggested = [option for option in ranked if option.suggested]
    context = {
        "incident": incident,
        "options": ranked,
        "suggested": suggested,
        "busy": busy_near(incident, request.user) if request.user.has_perm("incidents.dispatch") else [],
    }
    return render(request, "incidents/_recommended.html", context)


def context_of(request: HttpRequest, incident: Incident, answer: Answer | None = None) -> dict[str, Any]:
    """Return what the card's template needs."""
    given = answer or Answer()
    repeat = [
        (key, value)
        for key in request.POST
        for value in request.POST.getlist(key)
        if key not in {"confirmed", "seen"}
    ]
    return {
        "card": queries.card(incident, request.user),
        "calls": queries.calls_of(incident, request.user),
        "incident": incident,
        "answer": given,
        "form": given.form or AmendForm(incident),
        "types": queries.types_for(incident.county),
        "partners": partners(incident.county),
        "dispositions": Incident.Disposition.choices,
        **command_of(incident),
        "asked": asked_of(incident),
        "capabilities": Capability.choices,
        "backup_key": uuid.uuid4(),
        "repeat": [pair for pair in repeat if pair[0] != "csrfmiddlewaretoken"] if given.warnings else [],
    }


@requires("incidents.view")
@require_POST
def act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Do one of `ACTIONS` to the incident and show the card with what came of it."""
    incident = visible_incident(request, pk)
    if action not in ACTIONS:
        raise Http404(action)
    return answered(request, incident, lambda: ACTIONS[action](request, incident))


@requires("incidents.view")
@require_POST
def act_on_assignment(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Advance or cancel an assignment and show its incident's card."""
    assignments = Assignment.objects.visible_to(request.user).select_related("incident")
    assignment = get_object_or_404(assignments, pk=pk)
    if action not in ASSIGNMENT_ACTIONS:
        raise Http404(action)
    return answered(request, assignment.incident, lambda: ASSIGNMENT_ACTIONS[action](request, assignment))


def answered(request: HttpRequest, incident: Incident, do: Callable[[], Answer]) -> HttpResponse:
    """Run the action; a refusal or a warning is an answer like any other."""
    try:
        answer = do()
    except NeedsConfirmation as warning:
        answer = Answer(warnings=warning.warnings, seen=warning.seen)
    except (Refused, PermissionDenied) as refusal:
        answer = Answer(error=str(refusal))
    if not request.htmx and answer.message and not answer.callback:
        messages.success(request, answer.message)
        return redirect("incidents:incident", incident.pk)
    template = "incidents/_card.html" if request.htmx else "incidents/incident.html"
    return render(request, template, context_of(request, visible_incident(request, incident.pk), answer))


def confirmed(request: HttpRequest) -> bool:
    """Whether the user has confirmed the warnings."""
    return request.POST.get("confirmed") == "1"


def text_of(request: HttpRequest, name: str) -> str:
    """Return a posted text, at most 2,000 characters."""
    return request.POST.get(name, "").replace("\x00", "")[:2000]


def dispatch(request: HttpRequest, incident: Incident) -> Answer:
    """Send the ticked units."""
    keys = [key for key in request.POST.getlist("units") if key.isascii() and key.isdigit() and len(key) < 19]
    units = list(Unit.objects.visible_to(request.user).filter(pk__in=keys))
    expected = {unit.pk: seconds for unit in units if (seconds := expected_of(request, unit.pk)) is not None}
    domain.assign(incident, units, request.user, confirmed=confirmed(request), expected_seconds=expected)
    return Answer(message=_("Dispatched: %(units)s") % {"units": ", ".join(unit.call_sign for unit in units)})


def expected_of(request: HttpRequest, pk: int) -> int | None:
    """Return the expected travel time that the list showed for a unit."""
    shown = request.POST.get(f"seconds-{pk}", "")
    return int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 7 else None


def close(request: HttpRequest, incident: Incident) -> Answer:
    """Close with the chosen outcome."""
    number = text_of(request, "duplicate_of").strip()
    original = incident_by_number(incident.county, request.user, number) if number else None
    domain.close(
        incident,
        text_of(request, "disposition"),
        request.user,
        confirmed=confirmed(request),
        duplicate_of=original,
        note=text_of(request, "text"),
    )
    return Answer(message=_("%(number)s is closed.") % {"number": incident.number})


def reopen(request: HttpRequest, incident: Incident) -> Answer:
    """Put it back into the queue."""
    domain.reopen(incident, text_of(request, "reason"), request.user)
    return Answer(message=_("%(number)s is open again; its timers start anew.") % {"number": incident.number})


def note(request: HttpRequest, incident: Incident) -> Answer:
    """Add a remark."""
    domain.note(incident, text_of(request, "text"), request.user)
    return Answer(message=_("Noted."))


def amend(request: HttpRequest, incident: Incident) -> Answer:
    """Correct what was taken."""
    form = AmendForm(incident, request.POST)
    if not form.is_valid():
        return Answer(error=_("Not saved: see the fields marked below."), form=form)
    domain.amend(incident, request.user, **form.changes())
    return Answer(message=_("Saved.") if form.changed_data else _("Nothing was changed."))


def callback(request: HttpRequest, incident: Incident) -> Answer:
    """Show the callback number; the reading is logged."""
    number = domain.read_callback(incident, request.user)
    return Answer(message=_("Your reading of the number is in the log."), callback=number or _("none left"))


def level(request: HttpRequest, incident: Incident) -> Answer:
    """Raise or lower the incident's level."""
    said = request.POST.get("level", "")
    wanted = int(said) if said in {"0", "1", "2", "3", "4"} else -1
    reason = text_of(request, "reason")
    row = set_level(incident, wanted, reason, request.user, confirmed=confirmed(request))
    return Answer(message=_("Now: %(level)s") % {"level": row.get_level_display()})


def override(request: HttpRequest, incident: Incident) -> Answer:
    """Send a unit over a rule."""
    unit = unit_called(incident.county, request.user, text_of(request, "unit").strip())
    reason = text_of(request, "reason")
    seen = request.POST.get("seen", "")
    sent = override_dispatch(incident, unit, reason, request.user, confirmed=confirmed(request), seen=seen)
    return Answer(message=_("Dispatched: %(units)s") % {"units": sent.unit.call_sign})


ACTIONS: dict[str, Callable[[HttpRequest, Incident], Answer]] = {
    "level": level, "override": override,
    "dispatch": dispatch, "close": close, "reopen": reopen, "note": note, "amend": amend,
    "callback": callback,
}  # fmt: skip


def advance(request: HttpRequest, assignment: Assignment) -> Answer:
    """Set the assignment's status."""
    moved = domain.advance(assignment, text_of(request, "status"), request.user)
    facts = {"unit": moved.unit.call_sign, "status": moved.get_status_display()}
    return Answer(message=_("%(unit)s: %(status)s") % facts)


def cancel(request: HttpRequest, assignment: Assignment) -> Answer:
    """Call the unit off."""
    moved = domain.cancel(assignment, text_of(request, "reason"), request.user)
    return Answer(message=_("%(unit)s called off") % {"unit": moved.unit.call_sign})


def check_in(request: HttpRequest, assignment: Assignment) -> Answer:
    """The duty room has heard that the crew is well."""
    heard = domain.check_crew_in(assignment, request.user)
    return Answer(message=_("%(unit)s is well") % {"unit": heard.unit.call_sign})


ASSIGNMENT_ACTIONS: dict[str, Callable[[HttpRequest, Assignment], Answer]] = {
    "advance": advance,
    "cancel": cancel,
    "check-in": check_in,
}
