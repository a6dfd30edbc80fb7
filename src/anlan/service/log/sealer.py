"""The sealer: gives committed events their sequence number and hash. Any number may run; one works at a time.

Writers only insert. On PostgreSQL sealers take turns by an advisory lock that no writer asks for; on SQLite a
sealing transaction is begun only when something waits, and is short.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import DatabaseError, connection, transaction

from anlan.service.log import signals
from anlan.service.log.chain import digest
from anlan.service.log.models import Chain, Event

if TYPE_CHECKING:
    from threading import Event as Flag

BATCH = 500
TURN = 0x616E6C61  # "anla": the advisory lock that sealers share
PAUSE_S = 0.1
RETRY_S = 1.0
logger = logging.getLogger(__name__)


def seal(limit: int = BATCH) -> int:
    """Seal up to `limit` committed events and return how many were sealed."""
    if not Event.objects.filter(sequence=None).exists():
        return 0
    with transaction.atomic():
        _take_turn()
        events = list(Event.objects.filter(sequence=None).order_by("id")[:limit])
        chains = _heads({event.county for event in events})
        _write([_link(event, chains[event.county]) for event in events])
        _save(chains)
    if events:
        signals.tell(signals.SEALED)
    return len(events)


def run(stop: Flag) -> None:
    """Seal until `stop` is set; survive a database that is away for a while."""
    while not stop.is_set():
        try:
            with signals.Listener(signals.APPENDED) as listener:
                while not stop.is_set():
                    if seal() < BATCH:
                        listener.wait(PAUSE_S)
        except DatabaseError:
            logger.exception("sealing failed; trying again")
            connection.close()
            stop.wait(RETRY_S)
    connection.close()


def _take_turn() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])


def _heads(counties: set[str]) -> dict[str, Chain]:
    known = Chain.objects.in_bulk(counties)
    return {county: known.get(county) or Chain(county=county) for county in counties}


def _link(event: Event, chain: Chain) -> tuple[int, str, str, int]:
    previous = chain.hash
    chain.sequence += 1
    chain.hash = digest(event, chain.sequence, previous)
    return chain.sequence, previous, chain.hash, event.pk


def _write(rows: list[tuple[int, str, str, int]]) -> None:
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE log_event SET sequence = %s, previous_hash = %s, hash = %s"
            " WHERE id = %s AND sequence IS NULL",
            rows,
        )
        if cursor.rowcount != len(rows):
            raise RuntimeError(f"sealed {cursor.rowcount} of {len(rows)} events: two worked at once")


def _save(chains: dict[str, Chain]) -> None:
    Chain.objects.bulk_create(
        chains.values(),
        update_conflicts=True,
        unique_fields=["county"],
        update_fields=["sequence", "hash"],
    )
