"""Registering what may report positions, new secrets, withdrawing: the only code that writes devices."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.engine.geo import codes
from anlan.service.incidents.errors import Refused
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.patrol.models import Device
from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    from anlan.service.staff.models import Account

PERMISSION = "patrol.manage_devices"
SECRET_BYTES = 18


def hashed(secret: str) -> str:
    """Return what is kept of a secret. It is long and random, so a plain hash cannot be guessed back."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def register(
    kind: str, identifier: str, unit: Unit | None, actor: Account | None, *, area_code: str = ""
) -> tuple[Device, str]:
    """Register a device to a unit (a Traccar server to an area) and return it with its secret.

    The secret is shown once: only its hash is kept. A tracker behind a server has none.

    Raises:
        Refused: the identifier cannot be or is in use, the unit is missing.
        PermissionDenied: the area is outside the actor's.

    """
    name = checked(kind, identifier, unit)
    area = unit.area_code if unit is not None else codes.normalise(area_code)
    secret = "" if kind == Device.Kind.TRACKER else secrets.token_urlsafe(SECRET_BYTES)
    now = timezone.now()
    device = Device(
        kind=kind, identifier=name, unit=unit, area_code=area, secret_hash=hashed(secret) if secret else "",
        registered_at=now, changed_at=now,
    )  # fmt: skip
    allow(actor, device)
    try:
        with transaction.atomic():
            device.save(force_insert=True)
            say(Verb.DEVICE_REGISTERED, device, actor)
    except IntegrityError as error:
        raise Refused(_("%(name)s is registered already.") % {"name": name}, "identifier") from error
    return device, secret


def checked(kind: str, identifier: str, unit: Unit | None) -> str:
    """Return the identifier as it is kept, or refuse what a client could not send."""
    name = identifier.strip()
    if not name or not name.isprintable() or ":" in name:
        raise Refused(_("The identifier needs printable characters, without a colon."), "identifier")
    if len(name) > Device._meta.get_field("identifier").max_length:
        raise Refused(_("The identifier is too long."), "identifier")
    if kind not in Device.Kind.values:
        raise Refused(_("There is no such kind of device."), "kind")
    if (unit is None) != (kind == Device.Kind.SERVER):
        text = _("A server belongs to no unit.") if unit else _("Choose the unit that carries it.")
        raise Refused(text, "unit")
    return name


def renew(device: Device, actor: Account | None) -> str:
    """Give a device a new secret, which is returned; the old one no longer counts.

    Raises:
        Refused: it was withdrawn, or it has no secret.
        PermissionDenied: its area is outside the actor's.

    """
    allow(actor, device)
    if device.kind == Device.Kind.TRACKER:
        raise Refused(_("A tracker has no secret: its Traccar server has one."))
    secret = secrets.token_urlsafe(SECRET_BYTES)
    with transaction.atomic():
        change = {"secret_hash": hashed(secret), "changed_at": timezone.now()}
        if not Device.objects.filter(pk=device.pk, active=True).update(**change):
            raise Refused(_("%(name)s was withdrawn.") % {"name": device})
        say(Verb.DEVICE_RENEWED, device, actor)
    return secret


def withdraw(device: Device, actor: Account | None) -> bool:
    """Take a device out of use; return False where it already was.

    Raises:
        PermissionDenied: its area is outside the actor's.

    """
    allow(actor, device)
    with transaction.atomic():
        change = {"active": False, "secret_hash": "", "changed_at": timezone.now()}
        if not Device.objects.filter(pk=device.pk, active=True).update(**change):
            return False
        say(Verb.DEVICE_WITHDRAWN, device, actor)
    return True


def allow(actor: Account | None, device: Device) -> None:
    """Raise PermissionDenied unless the actor manages devices of its area; None is the system."""
    if actor is not None and not actor.has_perm(PERMISSION, device):
        raise PermissionDenied(str(_("You may not do this in this area.")))


def say(verb: Verb, device: Device, actor: Account | None) -> None:
    """Write the event; never the secret."""
    data = {"device": device.identifier, "kind": device.kind, "unit_id": device.unit_id}
    log.append(verb, device, actor=actor, area_code=device.area_code, data=data)
