"""The call form and what it hints at while the call-taker types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anlan.service.incidents import domain, queries
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.forms import CallForm
from anlan.service.incidents.views.county import with_county
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@requires("incidents.take_call")
@require_http_methods(["GET", "HEAD", "POST"])
@with_county
def new(request: HttpRequest, county: str) -> HttpResponse:
    """The form; a good one becomes an incident, shown on the board."""
    form = CallForm(county, request.POST or None)
    if form.is_valid():
        try:
            incident = domain.take_call(request.user, county=county, **form.facts())
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        except PermissionDenied as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(reverse("incidents:board", query={"open": incident.pk}))
    context = {"form": form, "types": queries.types_for(county), "code": county}
    return render(request, "incidents/call.html", context, status=200 if not form.errors else 422)


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
        "kind": kind,
        "spot": spot,
        "nothing": _("No other report here, nothing known of the place."),
    }
    return render(request, "incidents/_hints.html", context)


def number(text: str, limit: float) -> float | None:
    """Return a coordinate as far as it can be read; hints never complain."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) <= limit else None
