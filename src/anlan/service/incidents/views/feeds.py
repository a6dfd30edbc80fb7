"""Feeds: registered here, with their devices and what they sent; for administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.service.incidents import queries
from anlan.service.incidents.domain import feeds as domain
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.forms_feed import FeedForm
from anlan.service.incidents.models import Feed
from anlan.service.incidents.queries import feeds as shown
from anlan.service.incidents.views.county import with_county
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PER_PAGE = 50
SECRET_KEY = "feed_secret"  # noqa: S105  the session's name for it, shown once and forgotten


@requires("incidents.feeds")
@require_GET
@with_county
def index(request: HttpRequest, county: str) -> HttpResponse:
    """All feeds."""
    page = Paginator(shown.feeds(county, request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "incidents/feeds.html", {"page": page})


@requires("incidents.feeds")
@require_http_methods(["GET", "HEAD", "POST"])
@with_county
def new(request: HttpRequest, county: str) -> HttpResponse:
    """Register a feed; its secret is shown once on the next page."""
    return edited(request, county, None)


@requires("incidents.feeds")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, feed_id: int) -> HttpResponse:
    """Change a feed."""
    feed = own(request, feed_id)
    return edited(request, feed.county, feed)


def own(request: HttpRequest, feed_id: int) -> Feed:
    """Return a feed of the reader's area, else raise Http404."""
    return get_object_or_404(Feed.objects.visible_to(request.user).select_related("type"), pk=feed_id)


def edited(request: HttpRequest, county: str, feed: Feed | None) -> HttpResponse:
    """Store a good form, show any other."""
    form = FeedForm(county, feed, request.POST or None)
    if form.is_valid():
        try:
            saved = domain.save_feed(feed or Feed(county=county), request.user, **form.cleaned_data)
        except (Refused, PermissionDenied) as refusal:
            form.add_error(None, str(refusal))
        else:
            if feed is None:
                request.session[SECRET_KEY] = [saved.pk, saved.secret]
            messages.success(request, _("Saved."))
            return redirect("incidents:feed", saved.pk)
    context = {"form": form, "feed": feed, "types": queries.types_for(county)}
    return render(request, "incidents/feed_form.html", context, status=422 if form.errors else 200)


@requires("incidents.feeds")
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, feed_id: int) -> HttpResponse:
    """One feed with its address, devices and messages; lines of devices are stored from here."""
    feed, error = own(request, feed_id), ""
    if request.method == "POST":
        try:
            count = domain.save_devices(feed, request.POST.get("devices", ""), request.user)
        except (Refused, PermissionDenied) as refusal:
            error = str(refusal)
        else:
            messages.success(request, _("Devices saved: %(count)d") % {"count": count})
            return redirect("incidents:feed", feed.pk)
    return page_of(request, feed, error)


def page_of(request: HttpRequest, feed: Feed, error: str) -> HttpResponse:
    """Render a feed's page; a new secret is shown once."""
    kept = request.session.get(SECRET_KEY)
    secret = request.session.pop(SECRET_KEY)[1] if kept and kept[0] == feed.pk else ""
    rows = feed.messages.select_related("incident", "device")
    context = {
        "feed": feed,
        "secret": secret,
        "error": error,
        "devices": shown.devices(feed),
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "address": request.build_absolute_uri(reverse(f"incidents:{feed.kind}", args=[feed.code])),
    }
    return render(request, "incidents/feed.html", context, status=422 if error else 200)


@requires("incidents.feeds")
@require_POST
def secret(request: HttpRequest, feed_id: int) -> HttpResponse:
    """Make a new secret and show it once."""
    feed = own(request, feed_id)
    request.session[SECRET_KEY] = [feed.pk, domain.new_secret(feed, request.user)]
    return redirect("incidents:feed", feed.pk)
