"""The phone page of a crew on duty."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anlan.service.incidents import domain as incidents
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.queries.command import closing_order
from anlan.service.patrol import duty_queries
from anlan.service.patrol.duty import set_duty
from anlan.service.patrol.positions import check_in, record_position
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from anlan.service.staff.models import Unit


@requires("patrol.duty")
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The duty of the crew's unit; `?unit=` chooses where one is in several crews."""
    units = duty_queries.units_of(request.user)
    chosen = next(
        (unit for unit in units if str(unit.pk) == request.GET.get("unit")), units[0] if units else None
    )
    context: dict[str, Any] = {"units": units, "unit": chosen}
    if chosen is not None:
        context |= context_of(chosen)
    return render(request, "patrol/duty.html", context)


def context_of(unit: Unit, **answer: str) -> dict[str, Any]:
    """Return what the changing part of the page shows."""
    return {"duty": duty_queries.duty(unit), "unit": unit, "closing": closing_order(unit), **answer}


def own_unit(request: HttpRequest, pk: int) -> Unit:
    """Return the unit if the reader is of its crew, else raise Http404."""
    unit = request.user.units.filter(pk=pk).first()
    if unit is None:
        raise Http404(pk)
    return unit


@requires("patrol.duty")
@require_GET
def part(request: HttpRequest, pk: int) -> HttpResponse:
    """The changing part of the page."""
    return render(request, "patrol/_duty.html", context_of(own_unit(request, pk)))


@requires("patrol.duty")
@require_POST
def act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Do one of `ACTIONS` and show the page anew."""
    unit = own_unit(request, pk)
    if action not in ACTIONS:
        raise Http404(action)
    answer = {"message": "", "error": ""}
    try:
        answer["message"] = ACTIONS[action](request, unit)
    except (Refused, PermissionDenied) as refusal:
        answer["error"] = str(refusal)
    if request.htmx:
        return render(request, "patrol/_duty.html", context_of(own_unit(request, pk), **answer))
    messages.add_message(
        request, messages.ERROR if answer["error"] else messages.SUCCESS, "".join(answer.values())
    )
    return redirect(reverse("patrol:duty", query={"unit": unit.pk}))


def come_on(request: HttpRequest, unit: Unit) -> str:
    """Come on duty."""
    set_duty(unit, True, request.user)  # noqa: FBT003
    return _("On duty.")


def go_off(request: HttpRequest, unit: Unit) -> str:
    """Go off duty."""
    set_duty(unit, False, request.user)  # noqa: FBT003
    return _("Off duty. Your position is no longer kept.")


def advance(request: HttpRequest, unit: Unit) -> str:
    """Answer the assignment; the form names it, so that a late tap cannot hit the next one."""
    key = request.POST.get("assignment", "")
    known = key.isascii() and key.isdigit() and len(key) < 19
    assignment = unit.assignments.filter(pk=key).select_related("incident").first() if known else None
    if assignment is None:
        raise Refused(_("This assignment is not yours any more."))
    moved = incidents.advance(assignment, request.POST.get("status", ""), request.user)
    return str(moved.get_status_display())


def visit(request: HttpRequest, unit: Unit) -> str:
    """Check in at a place of the beat."""
    try:
        key = uuid.UUID(request.POST.get("client_key", ""))
    except ValueError as error:
        raise Refused(_("The check-in has no key; reload the page."), "client_key") from error
    lon, lat = coordinate(request, "lon"), coordinate(request, "lat")
    place = request.POST.get("place", "").replace("\x00", "")
    made = check_in(unit, place, key, request.user, lon=lon, lat=lat)
    return _("Checked in: %(place)s") % {"place": made.place_code}


ACTIONS: dict[str, Callable[[HttpRequest, Unit], str]] = {
    "on": come_on, "off": go_off, "advance": advance, "check-in": visit,
}  # fmt: skip


def coordinate(request: HttpRequest, name: str) -> float | None:
    """Return a posted coordinate, None where it is missing.

    Raises:
        Refused: it is there but is no number.

    """
    text = request.POST.get(name, "").strip()
    if not text:
        return None
    try:
        return float(text)
    except ValueError as error:
        raise Refused(_("%(name)s is not a number.") % {"name": name}, name) from error


@requires("patrol.duty")
@require_POST
def position(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a fix of the phone: `lon`, `lat` in WGS-84, `at` in milliseconds since 1970 (missing: now)."""
    unit = own_unit(request, pk)
    try:
        lon, lat, millis = (coordinate(request, name) for name in ("lon", "lat", "at"))
        if lon is None or lat is None:
            raise Refused(_("A position needs lon and lat."), "lon")
        kept = record_position(unit, lon, lat, moment(millis), request.user)
    except Refused as refusal:
        return JsonResponse({"error": str(refusal), "field": refusal.field}, status=422)
    return JsonResponse({"kept": kept})


def moment(millis: float | None) -> datetime | None:
    """Return a time given in milliseconds since 1970."""
    if millis is None:
        return None
    try:
        return datetime.fromtimestamp(millis / 1000, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Refused(_("at is not a time in milliseconds since 1970."), "at") from error
