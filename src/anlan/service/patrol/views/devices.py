"""Devices that report positions, for administrators, within their own areas."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from anlan.service.incidents.errors import Refused
from anlan.service.patrol import device_queries
from anlan.service.patrol.device_forms import DeviceForm
from anlan.service.patrol.devices import PERMISSION, register, renew, withdraw
from anlan.service.patrol.models import Device
from anlan.service.staff.access import requires

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAGE = 50
ADDRESSES = {
    Device.Kind.OWNTRACKS: "owntracks", Device.Kind.OSMAND: "osmand", Device.Kind.SERVER: "traccar",
}  # fmt: skip


@requires(PERMISSION)
@require_GET
def ledger(request: HttpRequest) -> HttpResponse:
    """List the devices of the reader's areas."""
    page = Paginator(device_queries.devices(request.user), PAGE).get_page(request.GET.get("page"))
    return render(request, "patrol/devices.html", {"page": page})


@requires(PERMISSION)
@never_cache
def create(request: HttpRequest) -> HttpResponse:
    """Register a device and show its secret, once."""
    form = DeviceForm(request.POST or None, actor=request.user)
    if form.is_valid():
        given = form.cleaned_data
        try:
            made, secret = register(
                given["kind"], given["identifier"], given["unit"], request.user, area_code=given["area_code"]
            )
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        except ValueError:
            form.add_error("area_code", _("This is no area code."))
        except PermissionDenied as refusal:
            form.add_error("area_code", str(refusal))
        else:
            return render(request, "patrol/device.html", context_of(request, made, secret))
    context = {"form": form, "title": _("Register a device"), "back": "patrol:devices"}
    return render(request, "staff/form.html", context)


@requires(PERMISSION)
@require_GET
def show(request: HttpRequest, device_id: int) -> HttpResponse:
    """One device: what became of what it sent."""
    return render(request, "patrol/device.html", context_of(request, own(request, device_id)))


@requires(PERMISSION)
@require_POST
@never_cache
def secret(request: HttpRequest, device_id: int) -> HttpResponse:
    """Give a device a new secret and show it, once."""
    device = own(request, device_id)
    try:
        given = renew(device, request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("patrol:device", device_id)
    return render(request, "patrol/device.html", context_of(request, device, given))


@requires(PERMISSION)
@require_POST
def take_back(request: HttpRequest, device_id: int) -> HttpResponse:
    """Take a device out of use."""
    withdraw(own(request, device_id), request.user)
    messages.success(request, _("The device was withdrawn; what it sends is refused."))
    return redirect("patrol:device", device_id)


def own(request: HttpRequest, device_id: int) -> Device:
    """Return a device of the reader's areas, else raise Http404."""
    found = Device.objects.visible_to(request.user).select_related("unit")
    return get_object_or_404(found, pk=device_id)


def context_of(request: HttpRequest, device: Device, given: str = "") -> dict[str, Any]:
    """Return what the device's page shows; with a secret also how to set the client up."""
    name = ADDRESSES.get(device.kind, "")
    url = request.build_absolute_uri(f"/positions/{name}") if name else ""
    return {
        "device": device, "counts": device_queries.counts(device), "secret": given, "url": url,
        "lines": set_up(device, url, given) if given else [],
        "link": owntracks_link(device, url, given) if given and device.kind == Device.Kind.OWNTRACKS else "",
    }  # fmt: skip


def set_up(device: Device, url: str, given: str) -> list[tuple[str, str]]:
    """Return the fields of the client and what to put there."""
    user, _slash, name = device.identifier.partition("/")
    if device.kind == Device.Kind.OWNTRACKS:
        return [
            (_("Mode"), "HTTP"), (_("URL"), url), (_("User name"), user), (_("Password"), given),
            (_("Device ID"), name),
        ]  # fmt: skip
    if device.kind == Device.Kind.OSMAND:
        parts = "lat={0}&lon={1}&timestamp={2}&bearing={6}"  # its speed is not in knots
        return [
            (_("Server URL (Traccar Client)"), url),
            (_("Device identifier (Traccar Client)"), f"{device.identifier}:{given}"),
            (_("Web address (OsmAnd)"), f"{url}?id={device.identifier}:{given}&{parts}"),
        ]
    return [
        ("forward.type", "json"), ("forward.url", url), ("forward.header", f"Authorization: Bearer {given}"),
        ("forward.retry.enable", "true"),
    ]  # fmt: skip


def owntracks_link(device: Device, url: str, given: str) -> str:
    """Return the link that sets the app up when it is opened on the phone."""
    user, _slash, name = device.identifier.partition("/")
    facts = {
        "_type": "configuration", "mode": 3, "url": url, "auth": True, "username": user, "password": given,
        "deviceId": name, "tid": name[-2:] or user[-2:],
    }  # fmt: skip
    return "owntracks:///config?inline=" + base64.b64encode(json.dumps(facts).encode()).decode()
