"""One reader for all streams: what it knows is given from memory."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from tests.factories import COUNTY, make_county

from anlan.service.incidents import domain
from anlan.service.incidents.models import IncidentType
from anlan.service.log import sealer
from anlan.service.log.broadcast import Broadcaster
from anlan.service.log.stream import spread

if TYPE_CHECKING:
    import pytest

CODE = COUNTY[:6]


def asks_nothing(*_args: Any) -> None:
    """Stand where the database would be read."""
    raise AssertionError("the database was asked")


def test_a_county_without_events_asks_the_database_for_nothing(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Boards are woken by every moved unit; where no event was ever sealed that costs no reading."""
    known = Broadcaster()
    known._read()
    monkeypatch.setattr("anlan.service.log.broadcast.read", asks_nothing)
    assert asyncio.run(known.after("990199", 0)) == []


def first_call() -> None:
    """Take a county's first call and seal it."""
    kind = IncidentType.objects.get(code="theft-shop")
    domain.take_call(None, county=CODE, type=kind, address="first")
    sealer.seal()


async def test_the_first_event_of_a_county_is_given(transactional_db: None) -> None:
    """A county that comes to its first event after the reader began gives it to whoever stood at nothing."""
    await sync_to_async(make_county)()
    known = Broadcaster()
    await sync_to_async(known._read)()
    assert await known.after(CODE, 0) == []
    await sync_to_async(first_call)()
    await sync_to_async(known._read)()
    assert [message.sequence for message in await known.after(CODE, 0)][:1] == [1]


def test_what_opened_at_once_asks_at_different_times() -> None:
    """Times to the next look at a session lie between 60 and 100 % of the longest."""
    times = {spread(15.0) for _ in range(200)}
    assert len(times) > 190
    assert all(9.0 <= seconds <= 15.0 for seconds in times)
