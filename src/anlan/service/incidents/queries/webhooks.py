"""Webhooks as they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Max, Q

from anlan.service.incidents.models import Delivery, Endpoint
from anlan.service.log.verbs import Verb

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from anlan.service.staff.models import Account


def endpoints(county: str, account: Account) -> QuerySet[Endpoint]:
    """Return the county's webhooks with what waits, what was given up, and the last delivery."""
    rows = Endpoint.objects.in_county(county).visible_to(account).select_related("agency")
    waiting, failed = (
        Q(deliveries__status=status) for status in (Delivery.Status.WAITING, Delivery.Status.FAILED)
    )
    return rows.annotate(
        waiting=Count("deliveries", filter=waiting),
        failed=Count("deliveries", filter=failed),
        last_sent=Max("deliveries__sent_at"),
    ).order_by("agency__code", "pk")


def labels(endpoint: Endpoint) -> list[str]:
    """Return what the endpoint is told of, in words."""
    return [str(Verb(name).label) for name in endpoint.events if name in Verb.values]
