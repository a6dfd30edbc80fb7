"""Silent and abandoned calls: noted by one key, listed until they have their outcome."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anlan.service.incidents import domain, queries
from anlan.service.incidents.commands import incident_by_number
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.forms import QuickForm
from anlan.service.incidents.models import QuietCall
from anlan.service.incidents.views.county import with_county
from anlan.service.incidents.views.incident import text_of
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

ENDED_SHOWN = timedelta(days=2)


@requires("incidents.take_call")
@require_GET
@with_county
def index(request: HttpRequest, county: str) -> HttpResponse:
    """Whom to ring back, longest waiting first, and what became of the last two days'."""
    return page(request, county)


def page(request: HttpRequest, county: str, read: QuietCall | None = None, number: str = "") -> HttpResponse:
    """Return the list; the number of one call where it was just read."""
    rows = queries.quiet_calls(county, request.user)
    since = timezone.now() - ENDED_SHOWN
    context = {
        "waiting": rows.filter(ended_at=None).order_by(F("tried_at").asc(nulls_first=True), "received_at"),
        "ended": rows.filter(ended_at__gte=since).order_by("-ended_at")[:50],
        "read": None if read is None else read.pk,
        "number": number,
        "outcomes": QuietCall.Outcome.choices,
    }
    return render(request, "incidents/quiet.html", context)


@requires("incidents.take_call")
@require_POST
@with_county
def take(request: HttpRequest, county: str, kind: str) -> HttpResponse:
    """Note a silent or abandoned call from what the call form holds."""
    form = QuickForm(county, request.POST)
    if kind not in QuietCall.Kind.values:
        raise Http404(kind)
    if not form.is_valid():
        messages.error(request, " ".join(str(text) for texts in form.errors.values() for text in texts))
        return redirect("incidents:new")
    facts = form.facts()
    answered = facts["answered_at"] if kind == QuietCall.Kind.SILENT else None
    heard = " ".join(part for part in (facts["address"], facts["details"]) if part)
    try:
        domain.take_quiet(
            request.user, county, kind, facts["client_key"], callback=facts["callback"], heard=heard,
            rang_at=facts["rang_at"], answered_at=answered,
        )  # fmt: skip
        messages.success(request, _("Noted. Ring back."))
    except PermissionDenied as refusal:
        messages.error(request, str(refusal))
    return redirect("incidents:quiet")


@requires("incidents.take_call")
@require_POST
def act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Do one of `ACTIONS` to a call and show the list."""
    call = get_object_or_404(QuietCall.objects.visible_to(request.user), pk=pk)
    if action not in ACTIONS:
        raise Http404(action)
    try:
        return ACTIONS[action](request, call)
    except (Refused, PermissionDenied) as refusal:
        messages.error(request, str(refusal))
    return redirect("incidents:quiet")


def read(request: HttpRequest, call: QuietCall) -> HttpResponse:
    """Show the number; the reading is logged."""
    number = domain.read_quiet(call, request.user)
    return page(request, call.county, call, number or _("none left"))


def tried(request: HttpRequest, call: QuietCall) -> HttpResponse:
    """Rang back in vain."""
    shown = text_of(request, "tries")
    before = int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 5 else call.tries
    domain.tried(call, request.user, before)
    return redirect("incidents:quiet")


def end(request: HttpRequest, call: QuietCall) -> HttpResponse:
    """The outcome."""
    number = text_of(request, "incident").strip()
    incident = incident_by_number(call.county, request.user, number) if number else None
    domain.end_quiet(call, text_of(request, "outcome"), request.user, incident, text_of(request, "note"))
    return redirect("incidents:quiet")


ACTIONS: dict[str, Callable[[HttpRequest, QuietCall], HttpResponse]] = {
    "read": read, "tried": tried, "end": end,
}  # fmt: skip
