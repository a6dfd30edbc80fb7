"""The duty room's side of linkage: from the card, the ledger of all, and the deadlines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.service.incidents import domain
from anlan.service.incidents.domain import linkage as domain_linkage
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.forms_linkage import LinkageFilter
from anlan.service.incidents.models import Linkage, Priority
from anlan.service.incidents.queries import linkage as queries
from anlan.service.incidents.views.county import visible_incident, with_county
from anlan.service.incidents.views.incident import Answer, answered, confirmed, text_of
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from anlan.service.incidents.models import Incident
    from anlan.service.staff.models import Agency

PER_PAGE = 50


@requires("incidents.view")
@require_POST
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the chosen agency and show the card."""
    incident = visible_incident(request, pk)
    return answered(request, incident, lambda: offer(request, incident))


def offer(request: HttpRequest, incident: Incident) -> Answer:
    """Ask the chosen agency."""
    agency = chosen(incident.county, text_of(request, "agency"))
    linkage = domain_linkage.offer(
        incident,
        agency,
        request.user,
        task=text_of(request, "task"),
        kind=text_of(request, "kind"),
        confirmed=confirmed(request),
    )
    return Answer(message=_("Asked: %(agency)s") % {"agency": linkage.agency.label})


def chosen(county: str, key: str) -> Agency:
    """Return the partner agency of that id."""
    known = key.isascii() and key.isdigit() and len(key) < 19
    agency = queries.partners(county).filter(pk=key).first() if known else None
    if agency is None:
        raise Refused(_("Choose an agency of the list."), "agency")
    return agency


@requires("incidents.view")
@require_POST
def act(request: HttpRequest, linkage_id: int, action: str) -> HttpResponse:
    """Write to the agency, answer for it, withdraw, or take note; show the incident's card."""
    rows = Linkage.objects.visible_to(request.user).select_related("incident", "agency")
    linkage = get_object_or_404(rows, pk=linkage_id)
    if action not in ACTIONS:
        raise Http404(action)
    return answered(request, linkage.incident, lambda: ACTIONS[action](request, linkage))


def say(request: HttpRequest, linkage: Linkage) -> Answer:
    """Write to the agency."""
    domain_linkage.say(linkage, text_of(request, "text"), request.user)
    return Answer(message=_("Sent to %(agency)s.") % {"agency": linkage.agency.label})


def answer(request: HttpRequest, linkage: Linkage) -> Answer:
    """Answer for the agency, as it told by telephone, or withdraw."""
    to, reason = text_of(request, "to"), text_of(request, "reason")
    if to == "accept":
        done = domain_linkage.accept(linkage, request.user)
    elif to in ENDS:
        done = ENDS[to](linkage, reason, request.user)
    else:
        raise Refused(_("Unknown answer."), "to")
    facts = {"agency": done.agency.label, "status": done.get_status_display()}
    return Answer(message=_("%(agency)s: %(status)s") % facts)


ENDS: dict[str, Callable[[Linkage, str, Any], Linkage]] = {
    "refuse": domain_linkage.refuse,
    "return": domain_linkage.give_back,
    "complete": domain_linkage.complete,
    "withdraw": domain_linkage.withdraw,
}


def note(request: HttpRequest, linkage: Linkage) -> Answer:
    """Take note of the agency's answer."""
    domain_linkage.take_note(linkage, request.user)
    return Answer(message=_("Noted."))


ACTIONS: dict[str, Callable[[HttpRequest, Linkage], Answer]] = {"say": say, "answer": answer, "note": note}


@requires("incidents.view")
@require_GET
@with_county
def ledger(request: HttpRequest, county: str) -> HttpResponse:
    """All that was asked of partner agencies, newest first."""
    form = LinkageFilter(county, request.GET)
    rows = form.narrow(queries.ledger(county, request.user))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "incidents/linkages.html", {"form": form, "page": page})


@requires("incidents.edit_deadlines")
@require_http_methods(["GET", "HEAD", "POST"])
@with_county
def deadlines(request: HttpRequest, county: str) -> HttpResponse:
    """The table of deadlines; each row is saved by itself."""
    error = ""
    if request.method == "POST":
        try:
            changed = save(request, county)
        except (Refused, PermissionDenied) as refusal:
            error = str(refusal)
        else:
            messages.success(request, _("Saved.") if changed else _("Nothing was changed."))
            return redirect("incidents:deadlines")
    context = {"rows": queries.deadline_rows(county), "error": error}
    return render(request, "incidents/deadlines.html", context, status=422 if error else 200)


def save(request: HttpRequest, county: str) -> bool:
    """Store one row of the table."""
    key = request.POST.get("agency", "")
    agency = chosen(county, key) if key else None
    seconds = {int(level): seconds_of(request, level) for level in Priority}
    return domain.set_deadlines(county, agency, seconds, request.user)


def seconds_of(request: HttpRequest, priority: int) -> int | None:
    """Return the seconds given for a priority, None where the field is empty."""
    said = request.POST.get(f"seconds-{priority}", "").strip()
    if not said:
        return None
    if not (said.isascii() and said.isdigit() and len(said) < 10):
        text = _("Priority %(priority)s: give whole seconds.")
        raise Refused(text % {"priority": priority}, f"seconds-{priority}")
    return int(said)
