"""Writing to the log: the one way in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from anlan.engine.geo import codes
from anlan.service.log import signals
from anlan.service.log.models import Event

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from django.db.models import Model

    from anlan.service.log.verbs import Verb
    from anlan.service.staff.models import Account

listeners: list[Callable[[Event], None]] = []
"""Called with each event in its own transaction: what they write stands or falls with it. Apps add to it."""


def append(
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
    event = Event.objects.create(
        county=codes.county(area_code),
        at=at or timezone.now(),
        actor=actor,
        verb=verb,
        record_type=record._meta.label_lower,
        record_id=str(record.pk),
        area_code=area_code,
        data=plain(data or {}),
    )
    for listener in listeners:
        listener(event)
    signals.tell_after_commit()
    return event


def plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data as JSON holds it: moments and lazy words as text, no NUL (PostgreSQL refuses it).

    Raises:
        ValueError: a number is NaN or infinite.
        TypeError: a value has no JSON form.

    """
    return _without_nul(json.loads(json.dumps(dict(data), cls=DjangoJSONEncoder, allow_nan=False)))


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, dict):
        return {_without_nul(key): _without_nul(inner) for key, inner in value.items()}
    return [_without_nul(inner) for inner in value] if isinstance(value, list) else value
