"""A member's own page: coming duties, wishes, the calendar's address."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from anlan.service.patrol.views.common import county_of
from anlan.service.planning import calendars
from anlan.service.planning.forms.members import WishForm, wish_words
from anlan.service.planning.presentation.figures import clock, shift_name
from anlan.service.planning.rosters import queries
from anlan.service.planning.standards import standards_of
from anlan.service.planning.views.members import wished
from anlan.service.planning.views.shell import shell
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.forms import Form
    from django.http import HttpRequest, HttpResponse

    from anlan.service.planning.models import Member

AHEAD = timedelta(days=42)


@require_GET
@requires("planning.view")
def my_duty(request: HttpRequest) -> HttpResponse:
    """Show the reader's own duties and wishes."""
    return _shown(request)


@require_POST
@requires("planning.view")
def my_wish(request: HttpRequest, member_id: int) -> HttpResponse:
    """Note the reader's own wish, or take it back."""
    rows = queries.own(request.user).filter(area_code__startswith=county_of(request))
    found = get_object_or_404(rows, pk=member_id)
    form = wished(request, found)
    return redirect("planning:my_duty") if form is None else _shown(request, found, form)


def _shown(request: HttpRequest, wrong: Member | None = None, form: Form | None = None) -> HttpResponse:
    county6 = county_of(request)
    rows = queries.own(request.user).filter(area_code__startswith=county6)
    members = list(rows.order_by("team__code", "code"))
    today = timezone.localdate()
    served = queries.Served(county6, today - timedelta(days=1), today + AHEAD) if members else None
    parts = [
        part(request, one, served, form if wrong is not None and one.pk == wrong.pk else None)
        for one in members
    ]
    return shell(request, "my_duty.html", {"parts": parts}, 400 if form is not None else 200)


def part(
    request: HttpRequest, member: Member, served: queries.Served | None, form: Form | None
) -> dict[str, Any]:
    """Return what the page shows of one membership."""
    shifts = standards_of(member.area_code[:6]).shifts
    by_code = {shift.code: vars(shift) for shift in shifts}
    names = {code: shift_name(shift) for code, shift in by_code.items()}
    days = served.of(member.team.code, str(member.pk)) if served else {}
    wishes = member.wishes.filter(date__gte=timezone.localdate())
    address = reverse("planning:calendar", kwargs={"token": calendars.token("member", member.pk)})
    return {
        "member": member,
        "duties": [
            {"date": day, "shift": names.get(code, code),
             "hours": clock(by_code[code]) if code in by_code else "",
             "mates": [one for one in served.on(member.team.code, day, code) if one != member.code]
             if served else []}
            for day, code in sorted(days.items()) if code
        ],
        "until": max(days, default=None),
        "wishes": [(one, wish_words(one.shift, one.want, names)) for one in wishes],
        "form": form or WishForm(shifts),
        "calendar": request.build_absolute_uri(address),
    }  # fmt: skip
