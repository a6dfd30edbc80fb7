"""Sealing, the hash chain, and the database's refusal to change the log."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, connection, transaction
from tests.factories import AgencyFactory
from tests.flushing import append_only

from anlan.service.log import chain, domain, sealer
from anlan.service.log.models import Chain, Event
from anlan.service.log.verbs import Verb

if TYPE_CHECKING:
    from collections.abc import Iterator

COUNTY = "990101"


def write(number: int = 1, county: str = COUNTY, **data: Any) -> list[Event]:
    """Append events about an agency, each in a transaction of its own."""
    agency = AgencyFactory()
    events = []
    for serial in range(number):
        with transaction.atomic():
            facts, area_code = {"serial": serial, **data}, f"{county}000000"
            event = domain.append(Verb.INCIDENT_NOTED, agency, actor=None, area_code=area_code, data=facts)
            events.append(event)
    return events


def tamper(statement: str) -> None:
    """Change the log as somebody with the database's password could: the triggers lifted."""
    append_only.lift(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement)
    append_only.guard(connection)


@contextmanager
def refused() -> Iterator[None]:
    """Expect the database to refuse."""
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        yield


def test_sealing_numbers_each_county_without_gap(db: None) -> None:
    """Sealed events of two counties each count from one without a gap."""
    write(3)
    write(2, county="990102")
    assert sealer.seal() == 5
    assert list(Event.objects.filter(county=COUNTY).values_list("sequence", flat=True)) == [1, 2, 3]
    assert list(Event.objects.filter(county="990102").values_list("sequence", flat=True)) == [1, 2]


def test_sealed_chain_verifies(db: None) -> None:
    """A chain of several batches is intact and reports its head."""
    write(7, note="巡逻 ½", big=1e16, small=1e-7)
    while sealer.seal(limit=3):
        pass
    verdict = chain.verify(COUNTY)
    assert (verdict.intact, verdict.last, verdict.unsealed) == (True, 7, 0)
    assert verdict.head == Chain.objects.get(county=COUNTY).hash


def test_unsealed_events_are_reported(db: None) -> None:
    """What waits for the sealer is counted, not called a fault."""
    write(2)
    verdict = chain.verify(COUNTY)
    assert (verdict.intact, verdict.last, verdict.unsealed) == (True, 0, 2)


@pytest.mark.parametrize(
    ("statement", "bad"),
    [
        ("UPDATE log_event SET area_code = '990101009000' WHERE sequence = 3", 3),
        ("UPDATE log_event SET actor_id = NULL, at = '2020-01-01 00:00:00+00:00' WHERE sequence = 4", 4),
        ("DELETE FROM log_event WHERE sequence = 2", 3),
        ("DELETE FROM log_event WHERE sequence = 5", 5),
    ],
)
def test_first_bad_row_is_named(db: None, statement: str, bad: int) -> None:
    """Changed facts, a removed row and a removed tail are found at the first row that shows it."""
    write(5)
    sealer.seal()
    tamper(statement)
    assert chain.verify(COUNTY).bad_sequence == bad


def test_exchanged_rows_are_found(db: None) -> None:
    """Two rows that swapped their numbers are found at the first of them."""
    write(4)
    sealer.seal()
    tamper("UPDATE log_event SET sequence = 99 WHERE sequence = 2")
    tamper("UPDATE log_event SET sequence = 2 WHERE sequence = 3")
    tamper("UPDATE log_event SET sequence = 3 WHERE sequence = 99")
    assert chain.verify(COUNTY).bad_sequence == 2


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM log_event",
        "UPDATE log_event SET verb = 'x'",
        "UPDATE log_event SET sequence = NULL",
        "UPDATE log_event SET hash = 'x'",
    ],
)
def test_database_refuses_to_change_sealed_rows(db: None, statement: str) -> None:
    """No statement deletes or changes a sealed event."""
    write()
    sealer.seal()
    with refused(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_database_refuses_to_change_facts_while_sealing(db: None) -> None:
    """Not even the sealing update may change what happened."""
    write()
    statement = "UPDATE log_event SET sequence = 1, hash = 'HASH', verb = 'x'".replace("HASH", "a" * 64)
    with refused(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_append_needs_a_transaction(transactional_db: None) -> None:
    """An event that could part from its change is refused."""
    with pytest.raises(RuntimeError, match="transaction"):
        domain.append(Verb.INCIDENT_NOTED, AgencyFactory(), actor=None, area_code="990101000000")


def test_not_a_number_is_refused(db: None) -> None:
    """NaN has no JSON form that both databases keep."""
    with pytest.raises(ValueError, match="JSON"):
        write(value=float("nan"))


def test_several_sealers_give_each_number_once(transactional_db: None) -> None:
    """Three sealers at work at once number all events without gap or repetition."""
    write(60)

    def work() -> None:
        try:
            while sealer.seal(limit=7):
                pass
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(Event.objects.values_list("sequence", flat=True)) == list(range(1, 61))
    assert chain.verify(COUNTY).intact
