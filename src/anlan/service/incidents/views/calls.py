"""The call form: what it finds and hints at as one types, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.engine.dispatch.script import advised
from anlan.service.incidents import domain, queries
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.forms import CallForm, QuickForm
from anlan.service.incidents.models import Incident, IncidentType, Priority
from anlan.service.incidents.views.county import visible_incident, with_county
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, QueryDict

ANSWER, BETWEEN = "answer-", "|"


@requires("incidents.take_call")
@require_http_methods(["GET", "HEAD", "POST"])
@with_county
def new(request: HttpRequest, county: str) -> HttpResponse:
    """The form; a good one becomes an incident, shown on the board, or a scheduled call.

    A telephone system may open it with `?rang_at=` and `?answered_at=` in ISO 8601.
    """
    initial = {name: request.GET[name] for name in ("rang_at", "answered_at") if name in request.GET}
    form = CallForm(county, request.POST or None, initial=initial)
    if form.is_valid():
        try:
            return recorded(request, county, form)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        except PermissionDenied as refusal:
            form.add_error(None, str(refusal))
    kind = queries.find_type(county, request.POST.get("type", ""))
    context = {"form": form, "code": county, **script_context(kind, request.POST)}
    return render(request, "incidents/call.html", context, status=200 if not form.errors else 422)


def recorded(request: HttpRequest, county: str, form: CallForm) -> HttpResponse:
    """Make the incident and its links, or the scheduled call, and go to where it is shown."""
    facts = form.facts() | {"county": county}
    facts["answers"] = domain.answers_to(facts["type"], given_answers(request.POST))
    due_at = form.cleaned_data["due_at"]
    if due_at is not None:
        moments = ("rang_at", "answered_at")
        kept = {name: value for name, value in facts.items() if name not in moments}
        domain.schedule_call(request.user, due_at, **kept)
        messages.success(request, _("Scheduled."))
        return redirect("incidents:scheduled")
    with transaction.atomic():
        incident = domain.take_call(request.user, **facts)
        for other in linked(request):
            domain.link(incident, other, request.user)
    return redirect(reverse("incidents:board", query={"open": incident.pk}))


def linked(request: HttpRequest) -> list[Incident]:
    """Return the incidents ticked as related, those that the reader may see."""
    return list(Incident.objects.visible_to(request.user).filter(pk__in=ticked(request.POST)))


def ticked(data: QueryDict) -> list[int]:
    """Return the keys of the incidents ticked as related."""
    return [int(key) for key in data.getlist("link") if key.isascii() and key.isdigit() and len(key) < 19]


@requires("incidents.take_call")
@require_POST
def same(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what the form holds as a further call about an incident, shown on the board."""
    incident = visible_incident(request, pk)
    form = QuickForm(incident.county, request.POST)
    if not form.is_valid():
        context = {"form": form, "code": incident.county, **script_context(None, request.POST)}
        return render(request, "incidents/call.html", context, status=422)
    facts = form.facts()
    names = ("client_key", "address", "callback", "channel", "rang_at", "answered_at")
    said = {name: facts[name] for name in names} | {"words": facts["details"]}
    try:
        domain.add_call(incident, request.user, **said)
    except (Refused, PermissionDenied) as refusal:
        messages.error(request, str(refusal))
        return redirect("incidents:incident", incident.pk)
    messages.success(request, _("The call is kept with %(number)s.") % {"number": incident.number})
    return redirect(reverse("incidents:board", query={"open": incident.pk}))


@requires("incidents.take_call")
@require_GET
@with_county
def hints(request: HttpRequest, county: str) -> HttpResponse:
    """What is known so far of the place and of reports that may be the same."""
    kind = queries.find_type(county, request.GET.get("type", ""))
    spot = queries.Spot(
        address=request.GET.get("address", "").replace("\x00", ""),
        lon=number(request.GET.get("lon", ""), 180),
        lat=number(request.GET.get("lat", ""), 90),
        type_code=kind.code if kind else "",
    )
    context = {
        "duplicates": queries.duplicates(county, request.user, spot),
        "history": queries.history(county, request.user, spot),
        "premises": queries.premises(county, request.user, spot),
        "ticked": ticked(request.GET),
        "spot": spot,
        "nothing": _("No other report here, nothing known of the place."),
    }
    return render(request, "incidents/_hints.html", context)


@requires("incidents.take_call")
@require_GET
@with_county
def find_place(request: HttpRequest, county: str) -> HttpResponse:
    """Where the words may be, for the pin."""
    words = request.GET.get("q", "").replace("\x00", "")
    return JsonResponse({"options": queries.find_places(county, request.user, words)})


@requires("incidents.view")
@require_GET
@with_county
def find_kind(request: HttpRequest, county: str) -> HttpResponse:
    """Types of incident that the words may mean."""
    words = request.GET.get("q", "").replace("\x00", "")
    options = [
        {"label": f"{kind.code} {kind.label}", "note": f"{other_name(kind)} · {kind.get_priority_display()}"}
        for kind in queries.suggest_types(county, words)
    ]
    return JsonResponse({"options": options})


def other_name(kind: IncidentType) -> str:
    """Return the name in the language that the reader does not read."""
    return kind.name_en if kind.label == kind.name else kind.name


@requires("incidents.take_call")
@require_GET
@with_county
def questions(request: HttpRequest, county: str) -> HttpResponse:
    """The questions of the type, with what was answered before."""
    kind = queries.find_type(county, request.GET.get("type", ""))
    return render(request, "incidents/_questions.html", script_context(kind, request.GET))


@requires("incidents.take_call")
@require_GET
@with_county
def advice(request: HttpRequest, county: str) -> HttpResponse:
    """The priority that the answers so far lead to."""
    kind = queries.find_type(county, request.GET.get("type", ""))
    return render(request, "incidents/_advice.html", script_context(kind, request.GET))


def script_context(kind: IncidentType | None, data: QueryDict) -> dict[str, object]:
    """Return the type's questions, the answers given to them, and the priority that these advise."""
    given = dict(given_answers(data))
    script = () if kind is None else kind.script
    chosen = [
        option
        for question in script
        for option in question.options
        if given.get(question.text) == option.text
    ]
    priority = None if kind is None else advised(kind.priority, chosen)
    return {
        "kind": kind,
        "script": script,
        "given": [f"{question}{BETWEEN}{answer}" for question, answer in given.items()],
        "priority": priority,
        "priority_label": "" if priority is None else Priority(priority).label,
        "by_answers": any(option.priority is not None for option in chosen),
        "by_hand": data.get("priority", ""),
    }


def given_answers(data: QueryDict) -> list[tuple[str, str]]:
    """Return (question, answer) of each question that was answered."""
    values = [data[name].replace("\x00", "") for name in data if name.startswith(ANSWER)]
    pairs = [value.partition(BETWEEN) for value in values if BETWEEN in value]
    return [(question, answer) for question, _bar, answer in pairs]


def number(text: str, limit: float) -> float | None:
    """Return a coordinate as far as it can be read; hints never complain."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) <= limit else None
