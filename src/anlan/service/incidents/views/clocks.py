"""How fast calls were answered and worked on, against the standards."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from anlan.engine.geo import codes
from anlan.service.incidents import domain, queries
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import CallStandard
from anlan.service.incidents.views.county import with_county
from anlan.service.inputs import day
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpRequest, HttpResponse

PERIOD = timedelta(days=30)
LONGEST = timedelta(days=732)


class PeriodForm(forms.Form):
    """The days to look at, both included."""

    since = forms.DateField(label=gettext_lazy("From"), widget=day())
    until = forms.DateField(label=gettext_lazy("Until"), widget=day())

    def clean(self) -> dict[str, date]:
        """Refuse a period that ends before it starts, or is longer than two years."""
        given = super().clean() or {}
        if (
            "since" in given
            and "until" in given
            and not timedelta() <= given["until"] - given["since"] <= LONGEST
        ):
            self.add_error("until", _("The period ends after it starts and is at most two years long."))
        return given


class StandardForm(forms.ModelForm):
    """A county's own standard."""

    class Meta:
        model = CallStandard
        fields = ("label", "begins", "ends", "seconds", "percent", "least_urgent", "active")


@requires("incidents.measure_calls")
@require_GET
@with_county
def index(request: HttpRequest, county: str) -> HttpResponse:
    """Each standard with the share that kept it, its interval, and what could not be checked."""
    today = timezone.localdate()
    shown = {"since": today - PERIOD, "until": today}
    form = PeriodForm(request.GET if "since" in request.GET else shown)
    rows = []
    if form.is_valid():
        since, until = form.cleaned_data["since"], form.cleaned_data["until"] + timedelta(days=1)
        rows = queries.clocks(county, codes.normalise(county), request.user, midnight(since), midnight(until))
    paused = queries.own_standards(codes.normalise(county), active=False).filter(active=False)
    context = {"form": form, "rows": rows, "paused": paused}
    return render(request, "incidents/clocks.html", context, status=422 if form.errors else 200)


def midnight(day: date) -> datetime:
    """Return the beginning of a day in the county's time zone."""
    return timezone.make_aware(datetime.combine(day, time()))


@requires("incidents.edit_standards")
@require_http_methods(["GET", "HEAD", "POST"])
@with_county
def new_standard(request: HttpRequest, county: str) -> HttpResponse:
    """Set a standard of the county's own."""
    return edited(request, CallStandard(area_code=codes.normalise(county)))


@requires("incidents.edit_standards")
@require_http_methods(["GET", "HEAD", "POST"])
def standard(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one, or put it out of use."""
    return edited(request, get_object_or_404(CallStandard.objects.visible_to(request.user), pk=pk))


def edited(request: HttpRequest, own: CallStandard) -> HttpResponse:
    """Show the form of a standard; store a good one."""
    form = StandardForm(request.POST or None, instance=own)
    if form.is_valid():
        fresh = own if own.pk is None else CallStandard.objects.get(pk=own.pk)
        try:
            domain.save_standard(fresh, request.user, **form.cleaned_data)
        except (Refused, PermissionDenied) as refusal:
            named = getattr(refusal, "field", "")
            form.add_error(named if named in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Saved: %(name)s") % {"name": fresh.label})
            return redirect("incidents:clocks")
    return render(request, "incidents/standard.html", {"form": form}, status=422 if form.errors else 200)
