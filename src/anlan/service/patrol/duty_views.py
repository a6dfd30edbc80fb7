"""The crew's phone: the page, what it keeps for the shift, and what it sends."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from anlan.service.incidents.errors import Refused
from anlan.service.patrol import duty_queries, items
from anlan.service.patrol.domain import receive as receiving
from anlan.service.patrol.domain.shifts import complete_sheets
from anlan.service.patrol.models import PlaceReport, Receipt
from anlan.service.patrol.phone_words import words
from anlan.service.patrol.positions import record_position
from anlan.service.patrol.snapshot import snapshot
from anlan.service.staff.access import requires
from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

SENSORS = "camera=(self), geolocation=(self)"
logger = logging.getLogger(__name__)


@requires("patrol.duty")
@require_GET
@ensure_csrf_cookie
def page(request: HttpRequest) -> HttpResponse:
    """The app: words and an empty frame; the phone fills it from what it keeps."""
    context = {"words": words(), "kinds": PlaceReport.Kind.choices}
    answer = render(request, "patrol/duty.html", context)
    answer["Permissions-Policy"] = SENSORS
    return answer


@requires("patrol.duty")
@require_GET
@never_cache
@ensure_csrf_cookie
def kept(request: HttpRequest) -> HttpResponse:
    """What the phone keeps for the shift; `?unit=` chooses where one is in several crews."""
    units = duty_queries.units_of(request.user)
    asked = request.GET.get("unit")
    chosen = next((unit for unit in units if str(unit.pk) == asked), units[0] if units else None)
    return JsonResponse(snapshot(request.user, units, chosen))


@requires("patrol.duty")
@require_POST
def sync(request: HttpRequest) -> HttpResponse:
    """Take a batch of actions; the answer has one entry for each that was looked at, in order.

    400: the batch cannot be read. 409: it is another account's. 413: too much at once. An action that is
    not in the answer was not looked at: send it again.
    """
    try:
        batch = items.batch_of(request.body)
    except RequestDataTooBig:
        return JsonResponse({"error": _("Too much at once: send fewer actions.")}, status=413)
    except Refused as refusal:
        return JsonResponse({"error": str(refusal), "field": refusal.field}, status=400)
    if batch.account != request.user.pk:
        return JsonResponse({"error": _("Another account did this; sign in with it.")}, status=409)
    return JsonResponse({"answers": taken(request, batch)})


def taken(request: HttpRequest, batch: items.Batch) -> list[dict[str, str]]:
    """Return the answers to a batch, up to the first action that has to wait."""
    ahead = batch.sent_at - timezone.now()
    answers, moments = [], {}
    for given in batch.items:
        try:
            answers.append(answer_to(request, given, ahead, moments))
        except (receiving.Later, DatabaseError):
            logger.exception("an action of a phone has to wait")
            break
    for unit, when in moments.items():
        complete_sheets(Unit(pk=unit), when)
    return answers


def answer_to(
    request: HttpRequest, given: dict[str, Any], ahead: timedelta, moments: dict[int, list[datetime]]
) -> dict[str, str]:
    """Do one action and return its answer; note for which unit and moment it was."""
    key = str(given.get("key", ""))[:64]
    try:
        item, data = items.item_of(given)
        if item.kind == "track":
            return track(request, item, data, ahead)
        receipt = receiving.receive(item, data, request.user, ahead=ahead)
    except Refused as refusal:
        return {
            "key": key,
            "state": str(Receipt.State.REFUSED),
            "reason": str(refusal),
            "field": refusal.field,
        }
    if receipt.state == Receipt.State.DONE:
        moments.setdefault(item.unit, []).append(receipt.done_at)
    return {"key": key, "state": str(receipt.state), "reason": receipt.reason, "field": receipt.field}


def track(request: HttpRequest, item: items.Item, data: Any, ahead: timedelta) -> dict[str, str]:
    """Keep a track; it needs no receipt, since a fix sent twice is kept once."""
    unit = request.user.units.filter(pk=item.unit).first()
    if unit is None:
        raise Refused(_("You are not of this unit's crew."), "unit")
    receiving.track(unit, data, request.user, ahead)
    return {"key": str(item.key), "state": str(Receipt.State.DONE), "reason": "", "field": ""}


def own_unit(request: HttpRequest, pk: int) -> Unit:
    """Return the unit if the reader is of its crew, else raise Http404."""
    unit = request.user.units.filter(pk=pk).first()
    if unit is None:
        raise Http404(pk)
    return unit


@requires("patrol.duty")
@require_POST
def position(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a fix of the phone: `lon`, `lat` in WGS-84, `at` in milliseconds since 1970 (missing: now)."""
    unit = own_unit(request, pk)
    try:
        lon, lat, millis = (coordinate(request, name) for name in ("lon", "lat", "at"))
        if lon is None or lat is None:
            raise Refused(_("A position needs lon and lat."), "lon")
        kept_now = record_position(unit, lon, lat, moment(millis), request.user)
    except Refused as refusal:
        return JsonResponse({"error": str(refusal), "field": refusal.field}, status=422)
    return JsonResponse({"kept": kept_now})


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


def moment(millis: float | None) -> datetime | None:
    """Return a time given in milliseconds since 1970."""
    if millis is None:
        return None
    try:
        return datetime.fromtimestamp(millis / 1000, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Refused(_("at is not a time in milliseconds since 1970."), "at") from error
