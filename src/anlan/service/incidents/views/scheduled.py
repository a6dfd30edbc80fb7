"""Calls for later."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anlan.service.incidents import domain, queries
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import ScheduledCall
from anlan.service.incidents.views.county import with_county
from anlan.service.incidents.views.incident import text_of
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

ENDED_SHOWN = timedelta(days=2)


@requires("incidents.take_call")
@require_GET
@with_county
def index(request: HttpRequest, county: str) -> HttpResponse:
    """What is to become live, and what became of the last two days'."""
    rows = queries.scheduled_calls(county, request.user)
    since = timezone.now() - ENDED_SHOWN
    context = {
        "waiting": rows.filter(state=ScheduledCall.State.WAITING),
        "ended": rows.filter(ended_at__gte=since).order_by("-ended_at")[:50],
    }
    return render(request, "incidents/scheduled.html", context)


@requires("incidents.take_call")
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Call one off, with the reason."""
    call = get_object_or_404(ScheduledCall.objects.visible_to(request.user), pk=pk)
    try:
        domain.cancel_scheduled(call, text_of(request, "reason"), request.user)
        messages.success(request, _("Cancelled."))
    except (Refused, PermissionDenied) as refusal:
        messages.error(request, str(refusal))
    return redirect("incidents:scheduled")
