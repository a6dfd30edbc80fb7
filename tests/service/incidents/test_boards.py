"""Boards that are open at once: one reading for all, to each what changed for it, and nothing stale."""

from __future__ import annotations

import json
import re
import time
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests.factories import COUNTY, LAT, LON, STEP, TOWNSHIPS, UnitFactory, make_county, posted

from anlan.service.incidents import domain, queries
from anlan.service.incidents.boards import Voice, readings, shown
from anlan.service.incidents.boards.readings import AHEAD_S, FRESH_S, Readings
from anlan.service.incidents.models import Assignment, Emergency, Incident, IncidentType
from anlan.service.incidents.queries.board import whole_board
from anlan.service.incidents.views.stream import VIEW, Patches
from anlan.service.log import sealer
from anlan.service.log.models import Chain
from anlan.service.log.stream import Subscription, viewer
from anlan.service.patrol.positions.keep import record_position
from anlan.service.staff.models import Unit

ENGLISH, CHINESE = Voice("en", "UTC"), Voice("zh-hans", "Asia/Shanghai")
CODE = COUNTY[:6]


def see(voice: Voice = ENGLISH, prefixes: tuple[str, ...] = (CODE,)) -> Any:
    """Return what a scope sees now."""
    return shown(readings.fresh(CODE), voice, prefixes)


def keys(order: list[str]) -> list[str]:
    """Return rows' names without their versions."""
    return [token.partition(":")[0] for token in order]


def test_a_patch_holds_the_rows_that_changed_and_no_other(take: Any, units: Any, dispatcher: Any) -> None:
    """A unit sent to one of three incidents changes one row of the queue and one of the units."""
    incident, *_others = take(), take(), take()
    before = see()
    domain.assign(incident, units[:1], dispatcher)
    patch = see().message(before)
    assert keys(list(patch["parts"]["queue"]["rows"])) == [str(incident.pk)]
    assert keys(list(patch["parts"]["units"]["rows"])) == [str(units[0].pk)]
    assert len(patch["parts"]["queue"]["order"]) == 3
    assert patch["had"] == before.digest


def test_statements_about_units_do_not_grow_with_them(county: Any) -> None:
    """A thousand units make no statement with a thousand places, which the driver has to find."""
    lengths = []
    for count in (1, 30):
        UnitFactory.create_batch(count, area_code=COUNTY)
        with CaptureQueriesContext(connection) as asked:
            assert len(whole_board(CODE).units) >= count
        lengths.append([len(one["sql"]) for one in asked.captured_queries])
    assert lengths[0] == lengths[1]


def test_what_has_not_changed_keeps_its_name(take: Any) -> None:
    """Two readings of the same rows show the same."""
    take()
    assert see().digest == see().digest


def test_a_unit_that_moves_keeps_its_row(units: Any) -> None:
    """Where a unit is and how old that is comes by the stream of positions; that it has one is in the row."""
    post = see()
    record_position(units[0], LON, LAT, timezone.now() - timedelta(seconds=40))
    there = see()
    assert keys(list(there.message(post)["parts"]["units"]["rows"])) == [str(units[0].pk)]
    record_position(units[0], LON + 0.0001, LAT)
    assert see().digest == there.digest
    assert f'data-fix="{units[0].pk}"' in "".join(row.html for row in there.parts["units"])


def test_a_closed_incident_leaves_the_order(take: Any, dispatcher: Any) -> None:
    """A patch without a row's name takes the row away."""
    first, second = take(), take()
    domain.close(first, "handled", dispatcher)
    assert keys(see().message()["parts"]["queue"]["order"]) == [str(second.pk)]


def test_each_scope_sees_its_own_area(take: Any) -> None:
    """A shared reading shows a township what `visible_to` shows it, and no more."""
    take(), take(lon=LON + STEP * 1.5), take(lon=None, lat=None)
    for area in (*TOWNSHIPS, COUNTY):
        account = posted("dispatcher", area)
        mine = shown(readings.fresh(CODE), ENGLISH, account.area_prefixes())
        for part, model in (("queue", Incident), ("units", Unit)):
            visible = model.objects.in_county(CODE).visible_to(account)
            assert sorted(keys(mine.orders[part])) == sorted(
                str(pk) for pk in visible.values_list("pk", flat=True)
            )


def test_languages_are_drawn_apart(take: Any) -> None:
    """The same reading speaks English to one and Chinese to the other."""
    take()
    texts = ["".join(row.html for row in see(voice).parts["queue"]) for voice in (ENGLISH, CHINESE)]
    assert ("Theft" in texts[0], "盗窃" in texts[1]) == (True, True)


def test_whoever_has_just_acted_sees_it(take: Any) -> None:
    """A reading for a request begins after the request came, however often one was made before."""
    for count in range(1, 4):
        take()
        assert len(see().orders["queue"]) == count


def test_an_old_reading_serves_nobody_who_asks_later(take: Any) -> None:
    """Asked twice, it reads twice; asked once by two at a time, they share."""
    mine = Readings()
    first = mine.fresh(CODE)
    time.sleep(0.001)
    assert mine.fresh(CODE) is not first


def test_drawing_asks_the_database_for_nothing(
    take: Any, units: Any, dispatcher: Any, django_assert_num_queries: Any
) -> None:
    """Rows are drawn from what was read: no query a row, whatever the row shows."""
    for unit in units:
        domain.assign(take(), [unit], dispatcher)
    reading = readings.fresh(CODE)
    with django_assert_num_queries(0):
        reading.drawing(Voice("en", "Asia/Tokyo"))
        shown(reading, Voice("en", "Asia/Tokyo"), (CODE,))


def test_rows_answer_304_until_something_changes(client_as: Any, take: Any) -> None:
    """A board that has everything is told so; after a change it gets all rows and a new tag."""
    take()
    client, url = client_as("dispatcher"), reverse("incidents:rows")
    tag = client.get(url).headers["ETag"]
    assert client.get(url, headers={"If-None-Match": tag}).status_code == 304
    take()
    again = client.get(url, headers={"If-None-Match": tag})
    assert (again.status_code, len(again.json()["parts"]["queue"]["rows"])) == (200, 2)


@pytest.mark.parametrize(
    ("query", "status"),
    [({"county": "990102"}, 403), ({"county": "abc"}, 400), ({"county": "990101", "after": "x"}, 400)],
)
def test_stream_refuses(county: Any, client_as: Any, query: dict[str, str], status: int) -> None:
    """A county outside the scope and a bad position are refused in words."""
    assert client_as("dispatcher").get(reverse("incidents:stream"), query).status_code == status


def call(address: str) -> None:
    """Take a call and seal it."""
    kind = IncidentType.objects.get(code="theft-shop")
    domain.take_call(None, county=CODE, type=kind, address=address)
    sealer.seal()


def ready() -> Subscription:
    """Make a county and return a dispatcher's subscription."""
    make_county()
    call("first")
    patches = Patches(Voice("en", "UTC"), "")
    return Subscription(CODE, 1, "", viewer(posted("dispatcher")), permission=VIEW, also=patches.due)


def data(frame: bytes) -> dict[str, Any]:
    """Return the message of a frame."""
    return json.loads(frame.decode().partition("data: ")[2])


async def test_a_stream_sends_all_once_and_then_only_changes(transactional_db: None) -> None:
    """First every row, then nothing while nothing happens, then the one new row once its event is sealed."""
    subscription = await sync_to_async(ready)()
    first = data(await subscription.also(subscription))
    assert len(first["parts"]["queue"]["rows"]) == 1
    assert await subscription.also(subscription) == b""
    await sync_to_async(call)("second")
    subscription.at = await sync_to_async(lambda: Chain.objects.get(county=CODE).sequence)()
    patch = data(await subscription.also(subscription))
    assert (patch["had"], len(patch["parts"]["queue"]["rows"])) == (first["digest"], 1)
    assert "second" in "".join(patch["parts"]["queue"]["rows"].values())


async def test_no_stream_waits_for_a_reading_that_is_only_getting_old(transactional_db: None) -> None:
    """The next reading begins before this one is too old; until it is there this one serves."""
    await sync_to_async(ready)()
    mine = Readings()
    old = await mine.holding(CODE, 1)
    old.began -= FRESH_S - AHEAD_S / 2
    assert await mine.holding(CODE, 1) is old
    (coming,) = mine._coming.values()
    assert await coming is not old
    assert await mine.holding(CODE, 1) is not old


async def test_a_board_that_has_everything_gets_nothing_again(transactional_db: None) -> None:
    """A page that comes back with the right digest is sent no row."""
    subscription = await sync_to_async(ready)()
    digest = data(await subscription.also(subscription))["digest"]
    back = Patches(Voice("en", "UTC"), digest)
    assert await back.due(subscription) == b""


def test_the_board_page_names_its_rows(client_as: Any, take: Any) -> None:
    """The page carries the names of the rows that it shows, in order, for the first patch to build on."""
    take(), take()
    page = client_as("dispatcher").get(reverse("incidents:board")).content.decode()
    orders = json.loads(re.search(r'id="board-orders"[^>]*>(.*?)</script>', page)[1])  # type: ignore[index]
    assert keys(orders["queue"]) == re.findall(r'data-incident="(\d+)"', page)


def test_narrowed_is_what_the_account_may_see(take: Any, dispatcher: Any) -> None:
    """A board narrowed by prefixes equals one asked for by account."""
    take()
    whole = readings.fresh(CODE).whole
    mine = queries.narrowed(whole, dispatcher.area_prefixes())
    assert [row.key for row in mine.queue] == [row.key for row in queries.board(CODE, dispatcher).queue]


def test_what_is_overdue_or_an_emergency_is_marked(take: Any, units: Any, dispatcher: Any) -> None:
    """A missed check-in and an unacknowledged emergency are marked on their rows, for eye and ear."""
    incident, other = take(), take()
    (assignment,) = domain.assign(incident, units[:1], dispatcher)
    Assignment.objects.filter(pk=assignment.pk).update(check_in_missed_at=timezone.now())
    pressed = Emergency.objects.create(
        incident=other, unit=units[1], area_code=COUNTY, pressed_at=timezone.now()
    )
    rows = {row.record.incident.pk: row.html for row in see().parts["queue"]}
    assert ("data-overdue" in rows[incident.pk], "check-in overdue" in rows[incident.pk]) == (True, True)
    assert "data-emergency" in rows[other.pk]
    pressed.acknowledged_at = timezone.now()
    pressed.save()
    assert (
        "data-emergency" not in {row.record.incident.pk: row.html for row in see().parts["queue"]}[other.pk]
    )
