"""Webhooks: their list, one with its deliveries, and sending again; for administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.engine.geo import codes
from anlan.service.incidents.domain import endpoints as domain
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.forms_webhook import EndpointForm
from anlan.service.incidents.models import Delivery, Endpoint
from anlan.service.incidents.queries import webhooks as queries
from anlan.service.incidents.views.county import with_county
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PER_PAGE = 50
SECRET_KEY = "webhook_secret"  # noqa: S105  the session's name for it, shown once and forgotten


@requires("incidents.webhooks")
@require_GET
@with_county
def index(request: HttpRequest, county: str) -> HttpResponse:
    """All webhooks with how they fare."""
    page = Paginator(queries.endpoints(county, request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "incidents/webhooks.html", {"page": page})


@requires("incidents.webhooks")
@require_http_methods(["GET", "HEAD", "POST"])
@with_county
def new(request: HttpRequest, county: str) -> HttpResponse:
    """Make a webhook; its secret is shown once on the next page."""
    return edited(request, EndpointForm(county, None, request.POST or None), None)


@requires("incidents.webhooks")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Change a webhook."""
    endpoint = own(request, endpoint_id)
    form = EndpointForm(codes.county(endpoint.area_code), endpoint, request.POST or None)
    return edited(request, form, endpoint)


def own(request: HttpRequest, endpoint_id: int) -> Endpoint:
    """Return an endpoint of the reader's area, else raise Http404."""
    rows = Endpoint.objects.visible_to(request.user).select_related("agency")
    return get_object_or_404(rows, pk=endpoint_id)


def edited(request: HttpRequest, form: EndpointForm, endpoint: Endpoint | None) -> HttpResponse:
    """Store a good form, show any other."""
    if form.is_valid():
        record = endpoint or Endpoint(agency=form.cleaned_data["agency"])
        try:
            saved = domain.save_endpoint(record, request.user, **form.values())
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        except PermissionDenied as refusal:
            form.add_error(None, str(refusal))
        else:
            if endpoint is None:
                request.session[SECRET_KEY] = [saved.pk, saved.secret]
            messages.success(request, _("Saved."))
            return redirect("incidents:webhook", saved.pk)
    context = {"form": form, "endpoint": endpoint}
    return render(request, "incidents/webhook_form.html", context, status=422 if form.errors else 200)


@requires("incidents.webhooks")
@require_GET
def show(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """One webhook with its deliveries, newest first; a new secret is shown once."""
    endpoint = own(request, endpoint_id)
    shown = request.session.get(SECRET_KEY)
    secret = request.session.pop(SECRET_KEY)[1] if shown and shown[0] == endpoint.pk else ""
    page = Paginator(endpoint.deliveries.defer("body"), PER_PAGE).get_page(request.GET.get("page"))
    context = {"endpoint": endpoint, "page": page, "secret": secret, "told": queries.labels(endpoint)}
    return render(request, "incidents/webhook.html", context)


@requires("incidents.webhooks")
@require_POST
def secret(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Make a new secret and show it once."""
    endpoint = own(request, endpoint_id)
    request.session[SECRET_KEY] = [endpoint.pk, domain.new_secret(endpoint, request.user)]
    return redirect("incidents:webhook", endpoint.pk)


@requires("incidents.webhooks")
@require_POST
def redeliver(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Send one message again."""
    rows = Delivery.objects.filter(endpoint__in=Endpoint.objects.visible_to(request.user))
    delivery = get_object_or_404(rows, pk=delivery_id)
    try:
        domain.redeliver(delivery, request.user)
    except (Refused, PermissionDenied) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It will be sent again in a moment."))
    return redirect("incidents:webhook", delivery.endpoint_id)
