"""A briefing: seen, downloaded, signed, revised, published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anlan.gateway.report.plots import PAGE
from anlan.service.patrol import domain, exports, queries
from anlan.service.patrol.comparing import FIELDS
from anlan.service.patrol.models import Period
from anlan.service.patrol.presentation import bodies, report_of
from anlan.service.patrol.presentation.colours import by_beat
from anlan.service.patrol.presentation.names import Names
from anlan.service.patrol.presentation.suggestions import suggested
from anlan.service.patrol.subjects import Subject, subject_of
from anlan.service.patrol.views.common import county_of, parsed
from anlan.service.places.models import Area
from anlan.service.planning.queries import plans, posts_on_map
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.http import HttpRequest

    from anlan.service.patrol.models import Briefing


def address(subject: Subject, version: int | None = None) -> str:
    """Return the page of a briefing, of its newest version unless one is given."""
    asked: dict[str, Any] = {} if subject.period == "day" else {"period": subject.period}
    if not subject.whole_county:
        asked["area"] = subject.beat_code or subject.area_code
    if version is not None:
        asked["version"] = version
    path = reverse("patrol:briefing_day", args=[subject.date.isoformat()])
    return f"{path}?{urlencode(asked)}" if asked else path


def page_of(briefing: Briefing) -> HttpResponse:
    """Go to a version's page."""
    subject = Subject(briefing.area_code, briefing.date, briefing.period, briefing.beat_code)
    return redirect(address(subject, briefing.version))


def asked_for(request: HttpRequest, day: str) -> Subject:
    """Return what an address asks for; 404 where there is no such period, area or beat."""
    period, area = request.GET.get("period", "day"), request.GET.get("area", "")
    try:
        return subject_of(county_of(request), parsed(day), period, area)
    except ValueError as error:
        raise Http404(str(error)) from error


@require_GET
@requires("patrol.view_briefing")
def latest(request: HttpRequest) -> HttpResponse:
    """Go to the newest briefing of a day; without one, say how to make the first."""
    if request.county is not None:
        newest = queries.day_briefings(county_of(request), request.user).defer("body").first()
        if newest is not None:
            return redirect("patrol:briefing_day", day=newest.date.isoformat())
    return render(
        request, "patrol/briefing_empty.html", {"day": timezone.localdate().isoformat()} | choices(request)
    )


@require_GET
@requires("patrol.view_briefing")
def briefing_day(request: HttpRequest, day: str) -> HttpResponse:
    """Show a briefing, the newest version or the one asked for by `?version=`."""
    subject = asked_for(request, day)
    versions = list(queries.versions(subject, request.user).defer("body"))
    chosen_period = {"day": day, "period": subject.period, "scope": subject.beat_code or subject.area_code}
    if not versions:
        context = chosen_period | choices(request)
        return render(request, "patrol/briefing_empty.html", context, status=404)
    asked = request.GET.get("version", "")
    briefing = next((row for row in versions if str(row.version) == asked), versions[0])
    return render(request, "patrol/briefing.html", chosen_period | shown(request, briefing, versions))


def shown(request: HttpRequest, briefing: Briefing, versions: list[Briefing]) -> dict[str, Any]:
    """Return what the page of a version says."""
    body = bodies.read(briefing.body)
    texts = queries.texts(briefing)
    plan = plans(county_of(request), request.user).filter(date=briefing.date).first()
    posts = posts_on_map(plan) if briefing.period == Period.DAY else []
    area = Area.objects.filter(code=briefing.area_code).defer("geometry").first() or request.county
    return choices(request) | {
        "briefing": briefing, "versions": versions, "plan": plan,
        "report": report_of(briefing, area, texts, ink=PAGE),
        "suggestions": suggested(body, texts, Names(county_of(request))),
        "newest": versions[0], "against": urlencode(against(briefing, body)), "colours": by_beat(body),
        "marks": [[spot["lon"], spot["lat"]] for spot in body["hot_spots"]],
        "posts": posts, "kinds": list(exports.KINDS),
    }  # fmt: skip


def against(briefing: Briefing, body: dict[str, Any]) -> dict[str, str]:
    """Return the comparison that the briefing starts from, as parameters of the compare page."""
    main = body["comparisons"][0]
    dates = zip(FIELDS, (main["start"], main["end"], main["base_start"], main["base_end"]), strict=True)
    where = briefing.beat_code or (briefing.area_code if body["beats"] else "")
    return dict(dates) | ({"area": where} if where else {})


def choices(request: HttpRequest) -> dict[str, Any]:
    """Return what a briefing can be asked for: periods, areas, beats."""
    county6 = request.county.code[:6] if request.county else ""
    return {"county": request.county, "periods": Period.choices, "scopes": queries.scopes(county6)}


@require_POST
@requires("patrol.sign_briefing")
def briefing_sign(request: HttpRequest, briefing_id: int) -> HttpResponse:
    """Sign a version."""
    briefing = found(request, briefing_id)
    domain.sign_briefing(briefing, request.user)
    messages.success(request, _("Signed. It can be published now."))
    return page_of(briefing)


@require_POST
@requires("patrol.publish_briefing")
def briefing_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish a signed version."""
    briefing = found(request, pk)
    try:
        domain.publish_briefing(briefing, request.user)
    except domain.NotSigned as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Published."))
    return page_of(briefing)


@require_POST
@requires("patrol.edit_briefing")
def briefing_revise(request: HttpRequest, briefing_id: int) -> HttpResponse:
    """Make a new version to be edited."""
    return page_of(domain.revise_briefing(found(request, briefing_id), request.user))


@require_POST
@requires("patrol.edit_briefing")
def briefing_text(request: HttpRequest, briefing_id: int) -> HttpResponse:
    """Keep the analyst's words for one suggestion."""
    briefing = found(request, briefing_id)
    try:
        domain.write_text(briefing, request.POST.get("key", ""), request.POST.get("text", ""), request.user)
    except ValueError as problem:
        messages.error(request, str(problem))
    answer = page_of(briefing)
    answer["Location"] += "#suggestions"
    return answer


@require_GET
@requires("patrol.view_briefing")
def briefing_file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Download a version as a file."""
    briefing = found(request, pk)
    if kind not in exports.KINDS:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="{exports.file_name(briefing, kind)}"'}
    return HttpResponse(exports.export(briefing, kind), content_type=exports.KINDS[kind], headers=headers)


def found(request: HttpRequest, pk: int) -> Briefing:
    """Return a briefing of the county at hand; 404 where it has none such."""
    return get_object_or_404(queries.briefings(county_of(request), request.user), pk=pk)
