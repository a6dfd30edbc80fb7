"""An agency's inbox: what it is asked to do, and its answers."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anlan.service.incidents.domain import linkage as domain
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.queries import linkage as queries
from anlan.service.staff.access import requires
from anlan.service.staff.models import Agency

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from anlan.service.incidents.models import Linkage

PER_PAGE = 50


@requires("incidents.inbox")
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """The list, refreshed by itself."""
    return render(request, "incidents/inbox.html", listed(request))


@requires("incidents.inbox")
@require_GET
def rows(request: HttpRequest) -> HttpResponse:
    """The list alone."""
    return render(request, "incidents/_inbox.html", listed(request))


def listed(request: HttpRequest) -> dict[str, Any]:
    """Return what the list shows."""
    agencies = list(Agency.objects.filter(pk__in=queries.agencies_of(request.user)))
    page = Paginator(queries.inbox(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return {"page": page, "agencies": agencies, "many": len(agencies) > 1, "now": timezone.now()}


@requires("incidents.inbox")
@require_GET
def item(request: HttpRequest, linkage_id: int) -> HttpResponse:
    """One request with what the agency may know of it."""
    return show(request, own(request, linkage_id))


def own(request: HttpRequest, linkage_id: int) -> Linkage:
    """Return a linkage of the reader's agencies, else raise Http404."""
    return get_object_or_404(queries.in_inbox(request.user), pk=linkage_id)


def show(request: HttpRequest, linkage: Linkage, error: str = "") -> HttpResponse:
    """Render one request, with what went wrong."""
    context = {
        "linkage": linkage,
        "shared": queries.shared(linkage),
        "thread": queries.messages_of(linkage),
        "client_key": uuid.uuid4(),
        "error": error,
    }
    return render(request, "incidents/inbox_item.html", context, status=422 if error else 200)


@requires("incidents.inbox")
@require_POST
def act(request: HttpRequest, linkage_id: int, action: str) -> HttpResponse:
    """Accept, refuse, return, complete, or write a message."""
    linkage = own(request, linkage_id)
    if action not in ACTIONS:
        raise Http404(action)
    try:
        said = ACTIONS[action](request, linkage)
    except (Refused, PermissionDenied) as refusal:
        return show(request, own(request, linkage_id), str(refusal))
    messages.success(request, said)
    return redirect("incidents:inbox_item", linkage.pk)


def text_of(request: HttpRequest, name: str) -> str:
    """Return a posted text."""
    return request.POST.get(name, "").replace("\x00", "")


def key_of(request: HttpRequest) -> uuid.UUID | None:
    """Return the form's key, None where it cannot be read."""
    try:
        return uuid.UUID(request.POST.get("client_key", ""))
    except ValueError:
        return None


def accept(request: HttpRequest, linkage: Linkage) -> str:
    """Take it."""
    domain.accept(linkage, request.user)
    return _("Accepted. The duty room sees it.")


def refuse(request: HttpRequest, linkage: Linkage) -> str:
    """Refuse it with a reason."""
    domain.refuse(linkage, text_of(request, "reason"), request.user)
    return _("Refused. It went back to the duty room.")


def give_back(request: HttpRequest, linkage: Linkage) -> str:
    """Return it with a reason."""
    domain.give_back(linkage, text_of(request, "reason"), request.user)
    return _("Returned to the duty room.")


def complete(request: HttpRequest, linkage: Linkage) -> str:
    """Report it done."""
    domain.complete(linkage, text_of(request, "reason"), request.user)
    return _("Completed. The duty room sees it.")


def say(request: HttpRequest, linkage: Linkage) -> str:
    """Write to the duty room."""
    domain.say(linkage, text_of(request, "text"), request.user, client_key=key_of(request))
    return _("Sent.")


ACTIONS: dict[str, Callable[[HttpRequest, Linkage], str]] = {
    "accept": accept,
    "refuse": refuse,
    "return": give_back,
    "complete": complete,
    "say": say,
}
