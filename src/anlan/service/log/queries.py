"""What is shown of the log."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from anlan.service.log.models import Event

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import Model, QuerySet

    from anlan.service.staff.models import Account

TIMELINE = 200


def timeline(record: Model) -> QuerySet[Event]:
    """Return the last 200 events about a record, oldest first; for ``log/_timeline.html``."""
    about = Event.objects.filter(record_type=record._meta.label_lower, record_id=str(record.pk))
    latest = about.order_by("-id").values("id")[:TIMELINE]
    return (
        about.filter(id__in=list(latest.values_list("id", flat=True))).select_related("actor").order_by("id")
    )


def search(county: str, account: Account, wanted: Mapping[str, Any]) -> QuerySet[Event]:
    """Return the sealed events of a county that the account may see and that match, newest first.

    `wanted` may hold verb, record_type, record_id, actor (part of a name), day (date), area (digits).
    """
    events = Event.objects.visible_to(account).filter(county=county, sequence__isnull=False)
    for name in ("verb", "record_type", "record_id"):
        if wanted.get(name):
            events = events.filter(**{name: wanted[name]})
    if wanted.get("actor"):
        events = events.filter(actor__username__icontains=wanted["actor"])
    if wanted.get("area"):
        events = events.filter(area_code__startswith=wanted["area"])
    if wanted.get("day"):
        start = timezone.make_aware(datetime.combine(wanted["day"], time()))
        events = events.filter(at__gte=start, at__lt=start + timedelta(days=1))
    return events.select_related("actor").order_by("-sequence")


def unsealed(county: str) -> int:
    """Return how many events of the county wait for the sealer."""
    return Event.objects.filter(county=county, sequence=None).count()
