"""Moved units for open boards: who is told of what, once."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from tests.factories import COUNTY, ELSEWHERE, LAT, LON, TOWNSHIPS, UnitFactory

from anlan.gateway.positions import Fix as Sent
from anlan.service.log.beside import silence, source_of
from anlan.service.log.stream import Subscription, Viewer
from anlan.service.patrol.duty import set_duty
from anlan.service.patrol.positions import Arrival, keep
from anlan.service.patrol.positions.feed import Feed, Reader

if TYPE_CHECKING:
    from anlan.service.staff.models import Unit

pytestmark = pytest.mark.django_db


def move(*units: Unit, ago: float = 10.0) -> None:
    """Let units report."""
    now = timezone.now().timestamp()
    keep([Arrival(unit.pk, Sent(LON, LAT, now - ago, 3.21, 90.4), now) for unit in units])


def units_in(frame: bytes) -> list[int]:
    """Return the units that an event tells of."""
    if not frame:
        return []
    event, data, *_rest = frame.decode().split("\n")
    assert event == "event: positions"
    return sorted(row[0] for row in json.loads(data.removeprefix("data: "))["units"])


def told(feed: Feed, reader: Reader, *held: tuple[str, str], county: str = COUNTY[:6]) -> list[int]:
    """Return the units of which a board with these postings is told next."""
    return units_in(reader(Subscription(county, 0, "", Viewer(held or (("dispatcher", COUNTY[:6]),)))))


def test_first_all_then_what_moved() -> None:
    """A new connection hears of every unit, then of those that moved, then of nothing."""
    one, other = UnitFactory(), UnitFactory()
    feed = Feed()
    reader = Reader(feed)
    move(one, other)
    feed._read()
    assert told(feed, reader) == [one.pk, other.pk]
    move(other, ago=5)
    feed._read()
    assert told(feed, reader) == [other.pk]
    assert told(feed, reader) == []
    assert told(feed, Reader(feed)) == [one.pk, other.pk]


def test_a_row_says_where_when_and_how_fast() -> None:
    """Milliseconds, six digits of a degree, tenths of m/s, whole degrees."""
    unit = UnitFactory()
    move(unit)
    feed = Feed()
    feed._read()
    frame = Reader(feed)(Subscription(COUNTY[:6], 0, "", Viewer((), everything=True)))
    unit_id, lon, lat, at, speed, course = json.loads(frame.decode().split("data: ")[1])["units"][0]
    assert (unit_id, lon, lat, speed, course) == (unit.pk, LON, LAT, 3.2, 90)
    assert at == round(unit.position.at.timestamp() * 1000)


@pytest.mark.parametrize(
    ("held", "hears"),
    [
        ((("dispatcher", TOWNSHIPS[0][:9]),), True),
        ((("dispatcher", TOWNSHIPS[1][:9]),), False),
        ((("dispatcher", ELSEWHERE[:6]),), False),
        ((("handler", COUNTY[:6]),), False),
        ((("handler", COUNTY[:6]), ("dispatcher", TOWNSHIPS[1][:9])), False),
    ],
)
def test_the_scope_holds(held: Any, hears: bool) -> None:
    """A board hears of the units of its areas, by a role that may see the board."""
    unit = UnitFactory(area_code=TOWNSHIPS[0])
    move(unit)
    feed = Feed()
    feed._read()
    assert told(feed, Reader(feed), *held) == ([unit.pk] if hears else [])


def test_a_unit_off_duty_is_gone_for_newcomers() -> None:
    """Whoever connects later is not told where a unit went home."""
    one, other = UnitFactory(), UnitFactory()
    move(one, other)
    feed = Feed()
    feed._read(whole=True)
    set_duty(one, False, None)  # noqa: FBT003
    feed._read(whole=True)
    assert told(feed, Reader(feed)) == [other.pk]


@pytest.mark.django_db(transaction=True)
def test_the_thread_wakes_the_stream_and_ends_with_it() -> None:
    """A subscriber's pulse is set soon after a unit moved; without subscribers nothing runs."""
    unit, feed = UnitFactory(), Feed()

    async def wait() -> bytes:
        pulse = asyncio.Event()
        with feed.subscribe(pulse) as news:
            await asyncio.to_thread(move, unit)
            async with asyncio.timeout(20):
                await pulse.wait()
            return news(Subscription(COUNTY[:6], 0, "", Viewer((), everything=True)))

    assert units_in(asyncio.run(wait())) == [unit.pk]
    feed.stop()
    assert feed._thread is None


def test_streams_ask_for_it_by_name() -> None:
    """`with=positions` is offered; what nobody offers is silence."""
    assert source_of("positions") is not silence
    assert source_of("nonsense") is silence
