"""The county's taxonomy, for its administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anlan.service.incidents import domain, queries
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.forms import TypeForm
from anlan.service.incidents.views.county import with_county
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@requires("incidents.edit_types")
@require_GET
@with_county
def index(request: HttpRequest, county: str) -> HttpResponse:
    """All types, those out of use too."""
    types = queries.types_for(county, active=False)
    return render(request, "incidents/types.html", {"types": types, "code": county})


@requires("incidents.edit_types")
@require_http_methods(["GET", "HEAD", "POST"])
@with_county
def edit(request: HttpRequest, county: str, code: str) -> HttpResponse:
    """Change one type for this county."""
    kind = next((kind for kind in queries.types_for(county, active=False) if kind.code == code), None)
    if kind is None:
        raise Http404(code)
    form = TypeForm(request.POST or None, instance=kind)
    if form.is_valid():
        kind.refresh_from_db()
        try:
            domain.edit_type(kind, county, request.user, **form.cleaned_data)
        except (Refused, PermissionDenied) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved: %(name)s") % {"name": kind.label})
            return redirect("incidents:types")
    context = {"form": form, "kind": kind}
    return render(request, "incidents/type.html", context, status=422 if form.errors else 200)
