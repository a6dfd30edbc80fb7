"""Commits out of id order: no reader of the stream skips an event (PostgreSQL, two real connections)."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction
from tests.factories import AgencyFactory

from anlan.service.log import broadcast, domain, sealer
from anlan.service.log.verbs import Verb
from anlan.service.staff.models import Agency

COUNTY = "990101"


def append(agency: Agency, number: int) -> int:
    """Append an event in the transaction at hand and return its id."""
    facts = {"number": number}
    return domain.append(Verb.INCIDENT_NOTED, agency, actor=None, area_code=agency.area_code, data=facts).pk


@pytest.mark.postgres
def test_later_commit_of_an_earlier_id_is_not_skipped(transactional_db: None) -> None:
    """The first transaction commits last: a reader that saw the second one's event still gets the first's."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time: ids commit in order")
    agency = AgencyFactory()
    written, may_commit, ids = threading.Event(), threading.Event(), []

    def slow() -> None:
        with transaction.atomic():
            ids.append(append(agency, 1))
            written.set()
            may_commit.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    written.wait(10)
    with transaction.atomic():
        ids.append(append(agency, 2))
    assert ids[0] < ids[1]
    sealer.seal()
    first = broadcast.page(COUNTY, 0)
    may_commit.set()
    thread.join()
    sealer.seal()
    second = broadcast.page(COUNTY, first[-1].sequence)
    assert [b'"number":2' in message.frame for message in first] == [True]
    assert [b'"number":1' in message.frame for message in second] == [True]
