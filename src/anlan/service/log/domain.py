"""Writing to the log: the one way in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from anlan.engine.geo import codes
from anlan.service.log.models import Event

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django.db.models import Model

    from anlan.service.log.verbs import Verb
    from anlan.service.staff.models import Account


def append(  # noqa: PLR0913: an event has this many facts
    verb: Verb,
    record: Model,
    *,
    actor: Account | None,
    area_code: str,
    data: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> Event:
    """Write one event about `record` in the caller's transaction; `actor` None is the system itself.

    Raises:
        RuntimeError: called outside a transaction, where change and event could part.

    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("log.append must run in the transaction of the change that it records")
    return Event.objects.create(
        county=codes.county(area_code),
        at=at or timezone.now(),
        actor=actor,
        verb=verb,
        record_type=record._meta.label_lower,
        record_id=str(record.pk),
        area_code=area_code,
        data=dict(data or {}),
    )
