"""Webhook endpoints: saved by administrators, their secrets made here and shown once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.gateway import webhooks
from anlan.service import outbound
from anlan.service.incidents.domain.guard import allow
from anlan.service.incidents.domain.outbox import TOLD
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import Delivery, Endpoint
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb

if TYPE_CHECKING:
    from anlan.service.staff.models import Account

EDITABLE = ("url", "events", "form", "active")


def save_endpoint(endpoint: Endpoint, actor: Account | None, **values: Any) -> Endpoint:
    """Store a new endpoint (with a new secret) or change one; put back into use, it forgets its failures.

    Raises:
        Refused: no https address, an event that is not told, or an unknown form.

    """
    check(values)
    with transaction.atomic():
        endpoint.area_code = endpoint.agency.area_code
        allow(actor, "incidents.webhooks", endpoint)
        new = endpoint.pk is None
        before = None if new else facts(Endpoint.objects.select_for_update().get(pk=endpoint.pk))
        for name, value in values.items():
            setattr(endpoint, name, value)
        if new:
            endpoint.secret = webhooks.new_secret()
        if before == facts(endpoint):
            return endpoint
        if endpoint.active:
            endpoint.failing_since = endpoint.disabled_at = None
        endpoint.save()
        data = {"agency": endpoint.agency.name, "before": before, "after": facts(endpoint)}
        log.append(Verb.WEBHOOK_SAVED, endpoint, actor=actor, area_code=endpoint.area_code, data=data)
    return endpoint


def facts(endpoint: Endpoint) -> dict[str, Any]:
    """Return what the log keeps of an endpoint: never its secret."""
    return {name: getattr(endpoint, name) for name in EDITABLE}


def check(values: dict[str, Any]) -> None:
    """Refuse values that no endpoint can have."""
    unknown = set(values) - set(EDITABLE)
    if unknown:
        raise TypeError(f"cannot edit {sorted(unknown)}")
    try:
        outbound.check_url(values["url"])
    except ValueError as error:
        raise Refused(error.args[0], "url") from error
    if not values["events"] or set(values["events"]) - {str(verb) for verb in TOLD}:
        raise Refused(_("Choose at least one of the events listed."), "events")
    if values.get("form", Endpoint.Form.ANLAN) not in Endpoint.Form.values:
        raise Refused(_("Choose one of the forms listed."), "form")


@transaction.atomic
def new_secret(endpoint: Endpoint, actor: Account | None) -> str:
    """Replace the secret and return the new one; messages that wait are signed with it."""
    held = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    allow(actor, "incidents.webhooks", held)
    held.secret = webhooks.new_secret()
    held.save(update_fields=["secret"])
    data = {"agency": held.agency.name}
    log.append(Verb.WEBHOOK_SECRET, held, actor=actor, area_code=held.area_code, data=data)
    return held.secret


@transaction.atomic
def redeliver(delivery: Delivery, actor: Account | None) -> Delivery:
    """Send a message again, under the same id; one that waits is only brought forward."""
    held = Delivery.objects.select_for_update().select_related("endpoint__agency").get(pk=delivery.pk)
    endpoint = held.endpoint
    allow(actor, "incidents.webhooks", endpoint)
    if not endpoint.active:
        raise Refused(_("The webhook is out of use. Put it back into use first."))
    held.status, held.tries, held.next_at = Delivery.Status.WAITING, 0, timezone.now()
    held.save(update_fields=["status", "tries", "next_at"])
    data = {"agency": endpoint.agency.name, "message": held.message_id}
    log.append(Verb.WEBHOOK_REDELIVERED, endpoint, actor=actor, area_code=endpoint.area_code, data=data)
    return held
