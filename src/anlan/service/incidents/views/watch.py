"""The watch: who holds it, what stands by, the handover and its sheet."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anlan.engine.geo import codes
from anlan.gateway.report import to_pdf
from anlan.service.incidents import handover_sheet
from anlan.service.incidents.command_forms import OverridesForm
from anlan.service.incidents.domain.escalation_plan import set_standby
from anlan.service.incidents.domain.watch import (
    accept_handover,
    offer_handover,
    set_overrides,
    take_watch,
    withdraw_handover,
)
from anlan.service.incidents.errors import NeedsConfirmation, Refused
from anlan.service.incidents.models import Handover, OverridePolicy, StandbyUnit
from anlan.service.incidents.queries import handover as queries
from anlan.service.incidents.queries.escalation import levels
from anlan.service.incidents.views.county import with_county
from anlan.service.patrol.exports.files import FONTS
from anlan.service.staff.access import requires
from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

PER_PAGE = 20


@requires("incidents.view")
@require_GET
@with_county
def page(request: HttpRequest, county: str) -> HttpResponse:
    """Show who holds the watch, the units on standby and the last handovers."""
    return render(request, "incidents/watch.html", context_of(request, county))


def context_of(request: HttpRequest, county: str) -> dict[str, Any]:
    """Return what the page shows."""
    area = codes.normalise(county)
    watch, rows = queries.watch_of(area), queries.offers(area)
    waiting = rows.filter(watch=watch, accepted_at=None, withdrawn_at=None).first() if watch else None
    policy = OverridePolicy.objects.filter(area_code=area).first()
    standby = StandbyUnit.objects.in_county(county).visible_to(request.user).select_related("unit")
    return {
        "watch": watch,
        "waiting": waiting,
        "acceptable": waiting is not None and queries.may_accept(waiting, request.user),
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "key": uuid.uuid4(),
        "levels": levels(county, request.user),
        "standby": list(standby.order_by("unit__call_sign")),
        "units": list(
            Unit.objects.in_county(county)
            .visible_to(request.user)
            .filter(standby__isnull=True)
            .order_by("call_sign")
        ),
        "overrides": OverridesForm(initial={"rules": [] if policy is None else policy.rules}),
        "policy": [OverridePolicy.Rule(rule).label for rule in (policy.rules if policy else [])],
        "area": request.county,
    }


@requires("incidents.view")
@require_POST
@with_county
def act(request: HttpRequest, county: str, action: str) -> HttpResponse:
    """Do one of `ACTIONS` and show the page anew; a warning is asked on the page."""
    if action not in ACTIONS:
        raise Http404(action)
    answer: dict[str, Any] = {}
    try:
        message = ACTIONS[action](request, codes.normalise(county))
    except NeedsConfirmation as warning:
        answer = {"warnings": warning.warnings, "reason": text_of(request, "reason")}
    except Refused as refusal:
        answer = {"error": str(refusal)}
    else:
        messages.success(request, message)
        return redirect("incidents:watch")
    return render(request, "incidents/watch.html", context_of(request, county) | answer, status=409)


def text_of(request: HttpRequest, name: str, longest: int = 500) -> str:
    """Return a posted text."""
    return request.POST.get(name, "").replace("\x00", "")[:longest]


def take(request: HttpRequest, county: str) -> str:
    """Take over the watch."""
    sure = request.POST.get("confirmed") == "1"
    take_watch(county, request.user, text_of(request, "reason"), confirmed=sure)
    return _("You hold the watch.")


def offer(request: HttpRequest, county: str) -> str:
    """Freeze the sheet and offer the watch."""
    watch = queries.watch_of(county)
    if watch is None:
        raise Refused(_("Nobody holds the watch."))
    try:
        key = uuid.UUID(request.POST.get("client_key", ""))
    except ValueError:
        raise Refused(_("The form has no key; reload the page."), "client_key") from None
    offer_handover(watch, text_of(request, "remarks", 4000), request.user, key)
    return _("The sheet is frozen and offered; the watch is yours until it is accepted.")


def waiting(county: str) -> Handover:
    """Return the offer that waits."""
    found = queries.offers(county).filter(accepted_at=None, withdrawn_at=None, watch__ended_at=None).first()
    if found is None:
        raise Refused(_("No handover waits."))
    return found


def withdraw(request: HttpRequest, county: str) -> str:
    """Take the offer back."""
    withdraw_handover(waiting(county), request.user)
    return _("The offer is withdrawn.")


def accept(request: HttpRequest, _county: str) -> str:
    """Accept the sheet that was read: the form names it."""
    key = request.POST.get("handover", "")
    known = key.isascii() and key.isdigit() and len(key) < 19
    found = Handover.objects.visible_to(request.user).filter(pk=key).first() if known else None
    if found is None:
        raise Refused(_("No handover waits."))
    accept_handover(found, request.user)
    return _("You hold the watch.")


def standby(request: HttpRequest, county: str) -> str:
    """Put a unit on standby, or end that."""
    key = request.POST.get("unit", "")
    known = key.isascii() and key.isdigit() and len(key) < 19
    units = Unit.objects.in_county(county[:6]).visible_to(request.user)
    unit = units.filter(pk=key).first() if known else None
    if unit is None:
        raise Refused(_("Choose a unit."), "unit")
    on = set_standby(unit, request.POST.get("on") == "1", request.user)
    told = _("%(unit)s is on standby.") if on else _("%(unit)s is no longer on standby.")
    return told % {"unit": unit.call_sign}


def overrides(request: HttpRequest, county: str) -> str:
    """Say what may be overridden."""
    set_overrides(county, request.POST.getlist("rules"), request.user)
    return _("Saved.")


ACTIONS: dict[str, Callable[[HttpRequest, str], str]] = {
    "take": take, "offer": offer, "withdraw": withdraw, "accept": accept, "standby": standby,
    "overrides": overrides,
}  # fmt: skip


def visible(request: HttpRequest, handover_id: int) -> Handover:
    """Return a handover if it is of the reader's area, else raise Http404."""
    rows = Handover.objects.visible_to(request.user).select_related("watch__commander", "accepted_by")
    return get_object_or_404(rows, pk=handover_id)


@requires("incidents.view")
@require_GET
def sheet(request: HttpRequest, handover_id: int) -> HttpResponse:
    """Show a sheet as it was frozen."""
    row = visible(request, handover_id)
    context = {
        "handover": row, "report": handover_sheet.report(row),
        "acceptable": queries.may_accept(row, request.user),
    }  # fmt: skip
    return render(request, "incidents/handover.html", context)


@requires("incidents.view")
@require_GET
def sheet_pdf(request: HttpRequest, handover_id: int) -> HttpResponse:
    """Answer with the sheet as PDF."""
    row = visible(request, handover_id)
    answer = HttpResponse(to_pdf(handover_sheet.report(row), [FONTS]), content_type="application/pdf")
    name = f"handover-{row.area_code[:6]}-{row.offered_at:%Y%m%d-%H%M}.pdf"
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer
