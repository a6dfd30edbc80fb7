"""The live board, its snapshots, its command line and its map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotModified, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from anlan.service.incidents import commands, queries
from anlan.service.incidents.arrangement import COLUMN_LABELS, FIELD_LABELS, SORT_LABELS
from anlan.service.incidents.boards import Voice, readings, shown
from anlan.service.incidents.completion import offered
from anlan.service.incidents.errors import NeedsConfirmation, Refused
from anlan.service.incidents.queries.board import OFF_DUTY
from anlan.service.incidents.queries.notices import open_notices
from anlan.service.incidents.views.arrange import arranged
from anlan.service.incidents.views.county import with_county
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from anlan.service.incidents.boards import Shown
    from anlan.service.incidents.queries import UnitState


@requires("incidents.view")
@require_GET
@with_county
def show(request: HttpRequest, county: str) -> HttpResponse:
    """The board with its first snapshot."""
    now = seen(request, county)
    context = {
        "board": now,
        "code": county,
        "help": commands.HELP,
        "arrangement": arranged(request.user).model_dump(),
        "words": offered(),
        "columns": COLUMN_LABELS,
        "fields": FIELD_LABELS,
        "sorts": SORT_LABELS,
        "notices": open_notices(county, request.user),
    }
    return render(request, "incidents/board.html", context)


@requires("incidents.view")
@require_GET
@with_county
def rows(request: HttpRequest, county: str) -> HttpResponse:
    """All rows as the stream would send them, for a board whose stream is cut; 304 where it has them."""
    now = seen(request, county)
    tag = f'"{now.digest}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag, "Cache-Control": "no-cache"})
    return JsonResponse(now.message(), headers={"ETag": tag, "Cache-Control": "no-cache"})


def seen(request: HttpRequest, county: str) -> Shown:
    """Return what the reader sees now; shared with all who ask at the same time."""
    return shown(readings.fresh(county), Voice.current(), request.user.area_prefixes())


@requires("incidents.view")
@require_GET
@with_county
def notices(request: HttpRequest, county: str) -> HttpResponse:
    """The notices that wait for the reader; they depend on who reads, so no board's stream has them."""
    return render(request, "incidents/_notices.html", {"notices": open_notices(county, request.user)})


@requires("incidents.view")
@require_POST
@with_county
def command(request: HttpRequest, county: str) -> HttpResponse:
    """Run one line; answer what was done, what needs a confirmation, or why not."""
    text = request.POST.get("line", "").replace("\x00", "")
    try:
        done = commands.run(county, request.user, text, confirmed=request.POST.get("confirmed") == "1")
    except NeedsConfirmation as warning:
        return JsonResponse({"warnings": warning.warnings})
    except (Refused, PermissionDenied) as refusal:
        return JsonResponse({"error": str(refusal)})
    card = reverse("incidents:card", args=[done.incident.pk]) if done.incident else ""
    return JsonResponse(
        {"message": done.message, "card": card, "incident": done.incident and done.incident.pk}
    )


@requires("incidents.view")
@require_GET
@with_county
def board_map(request: HttpRequest, county: str) -> HttpResponse:
    """The map for the second monitor."""
    return render(request, "incidents/map.html", {"code": county})


@requires("incidents.view")
@require_GET
@with_county
def features(request: HttpRequest, county: str) -> HttpResponse:
    """Live incidents and units as GeoJSON, with the log sequence that they correspond to."""
    snapshot = queries.narrowed(readings.fresh(county).whole, request.user.area_prefixes())
    incidents = [incident_feature(row.incident, row.short_number) for row in snapshot.queue]
    units = [unit_feature(state) for state in snapshot.units if state.state != OFF_DUTY]
    return JsonResponse(
        {
            "sequence": snapshot.sequence,
            "incidents": collection(incidents),
            "units": collection(units),
            "unlocated": sum(feature is None for feature in incidents),
        }
    )


def collection(features: list[dict[str, Any] | None]) -> dict[str, Any]:
    """Return a FeatureCollection of those that have a place."""
    return {"type": "FeatureCollection", "features": [one for one in features if one is not None]}


def point(lon_lat: tuple[float, float], properties: dict[str, Any]) -> dict[str, Any]:
    """Return a GeoJSON point."""
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": lon_lat},
        "properties": properties,
    }


def incident_feature(incident: Any, short_number: str) -> dict[str, Any] | None:
    """Return an incident's point, None where it has no pin."""
    if incident.lon is None or incident.lat is None:
        return None
    facts = {
        "id": incident.pk,
        "number": short_number,
        "priority": incident.priority,
        "status": incident.status,
        "label": f"{short_number} {incident.type.label}",
    }
    return point((incident.lon, incident.lat), facts)


def unit_feature(state: UnitState) -> dict[str, Any] | None:
    """Return a unit's point: last position, else its post, and says which."""
    if state.lon_lat is None:
        return None
    age = None if state.reported_at is None else (timezone.now() - state.reported_at).total_seconds()
    facts = {"id": state.unit.pk, "call_sign": state.unit.call_sign, "state": state.state, "age": age}
    return point(state.lon_lat, facts)
