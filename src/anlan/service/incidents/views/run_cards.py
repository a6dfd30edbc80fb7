"""The run cards of a type, for the administrator; move-ups, for the dispatcher."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.service.incidents import domain, queries
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import Priority, RunCard
from anlan.service.incidents.queries.move_ups import openings
from anlan.service.incidents.run_card_forms import RunCardForm
from anlan.service.incidents.views.county import with_county
from anlan.service.incidents.views.dispatching import key_of
from anlan.service.places.models import StandbyPost
from anlan.service.planning.standards import standards_of
from anlan.service.staff.access import requires
from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from anlan.service.incidents.models import IncidentType


@requires("incidents.edit_types")
@require_http_methods(["GET", "HEAD", "POST"])
@with_county
def edit(request: HttpRequest, county: str, code: str) -> HttpResponse:
    """Change the run cards of one type, all priorities on one page."""
    kind = next((kind for kind in queries.types_for(county, active=False) if kind.code == code), None)
    if kind is None:
        raise Http404(code)
    rows = {row.priority: row for row in RunCard.objects.filter(county=county, type_code=code)}
    data = request.POST if request.method == "POST" else None
    forms = [RunCardForm(priority, rows.get(priority), data) for priority in Priority.values]
    good = data is not None and not sum(not form.is_valid() for form in forms)
    if good and saved(request, county, kind, forms):
        messages.success(request, _("Saved: %(name)s") % {"name": kind.label})
        return redirect("incidents:types")
    status = 422 if any(form.errors for form in forms) else 200
    usual = standards_of(county).duty_room.check_in_min
    context = {"kind": kind, "forms": forms, "usual_check_in": usual}
    return render(request, "incidents/run_cards.html", context, status=status)


def saved(request: HttpRequest, county: str, kind: IncidentType, forms: list[RunCardForm]) -> bool:
    """Save all cards or none; a refusal is put to the field that it is about."""
    at = forms[0]
    try:
        with transaction.atomic():
            for at in forms:
                if at.cleaned_data.get("units"):
                    domain.save_run_card(county, kind, at.priority, request.user, **at.facts())
                else:
                    domain.remove_run_card(county, kind, at.priority, request.user)
    except (Refused, PermissionDenied) as refusal:
        name = getattr(refusal, "field", "")
        at.add_error(name if name in at.fields else None, str(refusal))
        return False
    return True


@requires("incidents.dispatch")
@require_GET
@with_county
def move_ups(request: HttpRequest, county: str) -> HttpResponse:
    """How open the response ring is, and who should stand by where."""
    return render(request, "incidents/_move_ups.html", {"openings": openings(county, request.user)})


@requires("incidents.dispatch")
@require_POST
@with_county
def order_move(request: HttpRequest, county: str) -> HttpResponse:
    """Send a suggestion as an order and show what is left to suggest."""
    units = Unit.objects.in_county(county).visible_to(request.user)
    posts = StandbyPost.objects.in_county(county).visible_to(request.user)
    unit = units.filter(pk=key_of(request, "unit")).first()
    post = posts.filter(pk=key_of(request, "post")).first()
    answer = {"message": "", "error": ""}
    try:
        if unit is None or post is None:
            raise Refused(_("Name a unit and a standby post."), "unit")
        domain.order_move(unit, post, request.user, expected_seconds=key_of(request, "seconds") or None)
        answer["message"] = _("%(unit)s → %(post)s") % {"unit": unit.call_sign, "post": post.label}
    except (Refused, PermissionDenied) as refusal:
        answer["error"] = str(refusal)
    return render(request, "incidents/_move_ups.html", {"openings": openings(county, request.user), **answer})
