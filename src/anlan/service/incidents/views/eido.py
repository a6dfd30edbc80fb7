"""An incident as an EIDO document: down from the card, up from a file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from anlan.gateway import eido
from anlan.service.incidents import queries
from anlan.service.incidents.domain.eido import import_file
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.forms_feed import EidoForm
from anlan.service.incidents.queries.eido import report
from anlan.service.incidents.views.county import visible_incident, with_county
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.http import HttpRequest

    from anlan.service.incidents.models import Incident


@requires("incidents.link")
@require_GET
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """The incident as a file for another duty room; without persons, vehicles and the caller."""
    incident = visible_incident(request, pk)
    body = json.dumps(eido.write(report(incident)), ensure_ascii=False, indent=1)
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="eido-{incident.number}.json"'
    return response


@requires("incidents.take_call")
@require_http_methods(["GET", "HEAD", "POST"])
@with_county
def upload(request: HttpRequest, county: str) -> HttpResponse:
    """Take an incident from a file."""
    form = EidoForm(county, request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            found = eido.read(form.cleaned_data["file"].read(eido.LARGEST + 1))
            incident = import_file(found, county, form.cleaned_data["type"], request.user)
        except eido.EidoError as error:
            form.add_error("file", str(error))
        except (Refused, PermissionDenied) as refusal:
            form.add_error("file", str(refusal))
        else:
            return told(request, incident, found.left_out)
    context = {"form": form, "types": queries.types_for(county)}
    return render(request, "incidents/eido.html", context, status=422 if form.errors else 200)


def told(request: HttpRequest, incident: Incident, left_out: int) -> HttpResponse:
    """Show the incident and say how much was left out."""
    messages.success(request, _("Taken as %(number)s.") % {"number": incident.number})
    if left_out:
        text = ngettext(
            "%(count)d part about persons, vehicles or calls was left out.",
            "%(count)d parts about persons, vehicles or calls were left out.",
            left_out,
        )
        messages.info(request, text % {"count": left_out})
    return redirect("incidents:incident", incident.pk)
