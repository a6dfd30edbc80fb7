"""Agencies, teams and units: ledgers that all staff may read, forms for administrators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from anlan.service.incidents.errors import Refused
from anlan.service.patrol.duty import set_duty
from anlan.service.staff import domain, forms
from anlan.service.staff.access import requires
from anlan.service.staff.models import Agency, Team, Unit
from anlan.service.staff.views.accounts import PAGE, attempt

if TYPE_CHECKING:
    from django.forms import ModelForm
    from django.http import HttpRequest, HttpResponse


@dataclass(frozen=True)
class Ledger:
    """One of the three ledgers: its records, form, address and words."""

    model: Any
    form: type[ModelForm]
    name: str
    title: Any
    new: Any


LEDGERS = {
    "agencies": Ledger(
        Agency, forms.AgencyForm, "agencies", gettext_lazy("Agencies"), gettext_lazy("New agency")
    ),
    "teams": Ledger(Team, forms.TeamForm, "teams", gettext_lazy("Teams"), gettext_lazy("New team")),
    "units": Ledger(Unit, forms.UnitForm, "units", gettext_lazy("Units"), gettext_lazy("New unit")),
}


@requires("staff.view_units")
def ledger(request: HttpRequest, what: str) -> HttpResponse:
    """List agencies, teams or units inside the reader's areas."""
    shown = LEDGERS[what]
    found = shown.model.objects.visible_to(request.user)
    if what != "agencies":
        found = found.select_related("agency")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, f"staff/{what}.html", {"page": page, "ledger": shown})


@requires("staff.manage")
def edit(request: HttpRequest, what: str, record_id: int | None = None) -> HttpResponse:
    """Make or change an agency, team or unit."""
    shown = LEDGERS[what]
    record = (
        None
        if record_id is None
        else get_object_or_404(shown.model.objects.visible_to(request.user), pk=record_id)
    )
    form = forms.bind(shown.form, request.user, request.POST or None, instance=record)
    if form.is_valid() and attempt(form, lambda: domain.save_organisation(form.instance, actor=request.user)):
        messages.success(request, _("Saved."))
        return redirect(f"staff:{shown.name}")
    context = {"form": form, "title": record or shown.new, "back": f"staff:{shown.name}"}
    return render(request, "staff/form.html", context)


@require_POST
@requires("staff.set_duty")
def duty(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Bring a unit on or off duty."""
    unit = get_object_or_404(Unit.objects.visible_to(request.user), pk=unit_id)
    try:
        set_duty(unit, request.POST.get("on_duty") == "1", request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("staff:units")
