"""Sending the outbox: claimed by UPDATE, tried again with growing waits, given up visibly."""

from __future__ import annotations

import logging
import random
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import DatabaseError, close_old_connections, connection, connections, transaction
from django.utils import timezone

from anlan.gateway import webhooks
from anlan.service import outbound
from anlan.service.environment import environment
from anlan.service.incidents.models import Delivery, Endpoint
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb

if TYPE_CHECKING:
    from datetime import datetime
    from threading import Event as Flag

    from django.db.models import QuerySet

    from anlan.service.outbound import Outcome

WAITS_S = (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
"""Waits between tries, as Standard Webhooks recommends."""

JITTER = 0.2
LEASE = timedelta(seconds=60)
"""Longer than any exchange may take: a worker that died gives its message back after this."""

GONE = 410
SENDERS = 4
LOOK_S = 1.0
logger = logging.getLogger(__name__)


def run(stop: Flag) -> None:
    """Send what is due until `stop` is set; one slow endpoint delays no other."""
    with ThreadPoolExecutor(SENDERS, thread_name_prefix="webhooks") as pool:
        busy: dict[int, Future[int]] = {}
        while not stop.wait(LOOK_S):
            busy = {key: job for key, job in busy.items() if not job.done()}
            try:
                for key in ready(timezone.now(), busy)[: SENDERS - len(busy)]:
                    busy[key] = pool.submit(drain, key, stop)
            except DatabaseError:
                logger.exception("looking for webhooks to send failed; trying again")
                connection.close()
            close_old_connections()
    connection.close()


def ready(now: datetime, busy: dict[int, Future[int]]) -> list[int]:
    """Return the ids of endpoints with something due, the longest waiting first."""
    rows = due(now).exclude(endpoint__in=list(busy)).order_by("next_at")
    return list(dict.fromkeys(rows.values_list("endpoint", flat=True)[:100]))


def due(now: datetime) -> QuerySet[Delivery]:
    """Return the messages that may be tried."""
    return Delivery.objects.filter(status=Delivery.Status.WAITING, next_at__lte=now, endpoint__active=True)


def drain(endpoint: int, stop: Flag | None = None) -> int:
    """Send what is due to one endpoint, oldest first, until one fails; return how many were tried."""
    tried = 0
    try:
        while stop is None or not stop.is_set():
            now = timezone.now()
            delivery = due(now).filter(endpoint=endpoint).select_related("endpoint").order_by("pk").first()
            if delivery is None or not claim(delivery, now):
                break
            tried += 1
            if not attempt(delivery).delivered:
                break
    finally:
        if not connection.in_atomic_block:
            connections.close_all()
    return tried


def claim(delivery: Delivery, now: datetime) -> bool:
    """Take a message for this worker; false where another was faster."""
    rows = Delivery.objects.filter(
        pk=delivery.pk, status=Delivery.Status.WAITING, next_at=delivery.next_at, tries=delivery.tries
    )
    return rows.update(next_at=now + LEASE, tries=delivery.tries + 1) == 1


def attempt(delivery: Delivery) -> Outcome:
    """Send one claimed message, signed anew with the same id, and note what came of it."""
    endpoint = delivery.endpoint
    sent = webhooks.headers(endpoint.secret, delivery.message_id, timezone.now(), delivery.body)
    outcome = outbound.post(endpoint.url, sent, delivery.body)
    settle(delivery.pk, outcome)
    return outcome


@transaction.atomic
def settle(key: int, outcome: Outcome) -> None:
    """Note what came of a try: delivered, tried again later, or given up."""
    delivery = Delivery.objects.select_for_update().select_related("endpoint").get(pk=key)
    now = timezone.now()
    delivery.answered, delivery.error = outcome.status, outcome.error
    if outcome.delivered:
        delivery.status, delivery.sent_at = Delivery.Status.SENT, now
        Endpoint.objects.filter(pk=delivery.endpoint_id).exclude(failing_since=None).update(
            failing_since=None
        )
    else:
        wait = wait_after(delivery.tries)
        delivery.status = Delivery.Status.FAILED if wait is None else Delivery.Status.WAITING
        delivery.next_at = now if wait is None else now + wait
        note_failure(delivery.endpoint, outcome, now)
    delivery.save(update_fields=["answered", "error", "status", "sent_at", "next_at"])


def wait_after(tries: int) -> timedelta | None:
    """Return how long to wait after so many tries, with jitter; None after the last."""
    if tries > len(WAITS_S):
        return None
    share = 1 + random.uniform(-JITTER, JITTER)  # noqa: S311  spreads load, keeps no secret
    return timedelta(seconds=WAITS_S[tries - 1] * share)


def note_failure(endpoint: Endpoint, outcome: Outcome, now: datetime) -> None:
    """Remember since when an endpoint fails; disable it after too long, or when it says it is gone."""
    rows = Endpoint.objects.filter(pk=endpoint.pk, active=True)
    rows.filter(failing_since=None).update(failing_since=now)
    limit = now - timedelta(hours=environment().webhook_hours)
    over = rows if outcome.status == GONE else rows.filter(failing_since__lt=limit)
    if over.update(active=False, disabled_at=now) == 1:
        data = {"agency": endpoint.agency.name, "error": outcome.error}
        log.append(Verb.WEBHOOK_DISABLED, endpoint, actor=None, area_code=endpoint.area_code, data=data)


def forget_deliveries() -> int:
    """Delete the messages that are older than the installation keeps them; return how many."""
    limit = timezone.now() - timedelta(days=environment().webhook_days)
    return Delivery.objects.filter(created_at__lt=limit).delete()[0]
