"""Alarm feeds: signed messages become incidents, once each; what is wrong is named, and never a fault."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as some
from tests import factories as make
from tests.factories import LAT, LON, STEP, TOWNSHIPS
from tests.gateway.test_webhooks import peer

from anlan.gateway import webhooks
from anlan.service.incidents import domain
from anlan.service.incidents.domain import feeds
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import Feed, FeedMessage, Incident
from anlan.service.log.models import Event

LINE = f"D-17,12 Market Street,{LON + STEP / 2},{LAT + STEP / 2},robbery-street"

LEAVES = some.none() | some.booleans() | some.floats() | some.text()
NAMES = some.sampled_from(["type", "timestamp", "data", "device", "text"])


@pytest.fixture
def feed(county: Any) -> Feed:
    """A monitoring centre with one device in the first grid."""
    made = make.FeedFactory()
    feeds.save_devices(made, LINE, None)
    return made


def body(device: Any = "D-17", kind: Any = "alarm.raised", **data: Any) -> str:
    """Return an alarm's body."""
    facts = {"device": device, **data}
    return json.dumps({"type": kind, "timestamp": "2026-03-04T05:06:07+08:00", "data": facts})


def send(
    feed: Feed, text: str | bytes, message_id: str = "m1", at: datetime | None = None, **changed: str
) -> Any:
    """POST a message signed with the feed's secret."""
    raw = text.encode() if isinstance(text, str) else text
    signed = webhooks.headers(feed.secret, message_id, at or datetime.now(UTC), raw.decode(errors="replace"))
    return Client(enforce_csrf_checks=True).post(
        reverse("incidents:alarm", args=[feed.code]), raw, content_type="application/json",
        headers=signed | changed,
    )  # fmt: skip


def test_an_alarm_becomes_an_incident(feed: Feed) -> None:
    """With the device's address as it stands, its pin resolved to the grid, its type, and what it says."""
    answer = send(feed, body(text="Panic button")).json()
    incident = Incident.objects.get()
    assert answer == {"outcome": "new", "incident": incident.number, "left_out": 0}
    assert (incident.channel, incident.address) == ("alarm", "12 Market Street")
    assert (incident.type.code, incident.priority) == ("robbery-street", 1)
    assert incident.area_code == TOWNSHIPS[0]
    assert "Panic button" in incident.details


def test_the_same_message_again_is_the_same_incident(feed: Feed) -> None:
    """A retry under the same id changes nothing, even after the incident was closed."""
    first = send(feed, body()).json()
    domain.close(Incident.objects.get(), "false_alarm", None)
    assert send(feed, body()).json() == first
    assert (Incident.objects.count(), FeedMessage.objects.count()) == (1, 1)
    assert Event.objects.filter(verb="feed.received").count() == 1


def test_a_device_that_repeats_joins_its_open_incident(feed: Feed) -> None:
    """Within the window a repeat is a note on the incident; after it, or once closed, a new incident."""
    send(feed, body(), "m1")
    assert send(feed, body(text="again"), "m2").json()["outcome"] == "attached"
    incident = Incident.objects.get()
    assert "again" in Event.objects.get(verb="incident.noted").data["text"]
    FeedMessage.objects.update(at=timezone.now() - timedelta(minutes=feed.window_minutes + 1))
    assert send(feed, body(), "m3").json()["outcome"] == "new"
    domain.close(Incident.objects.exclude(pk=incident.pk).get(), "handled", None)
    assert send(feed, body(), "m4").json()["outcome"] == "new"
    assert Incident.objects.count() == 3


def test_another_device_makes_its_own_incident(feed: Feed) -> None:
    """Two devices at once are two incidents; one without pin lies in the county at large."""
    feeds.save_devices(feed, "D-18,仓库北门", None)
    for at, device in enumerate(("D-17", "D-18")):
        assert send(feed, body(device), f"m{at}").json()["outcome"] == "new"
    assert Incident.objects.get(address="仓库北门").lon is None


def test_tests_and_restorals_make_no_incident(feed: Feed) -> None:
    """A test is acknowledged; a restoral joins an open incident and is otherwise only noted."""
    kinds = ("test", "restored")
    outcomes = [send(feed, body(kind=f"alarm.{kind}"), kind).json()["outcome"] for kind in kinds]
    assert (outcomes, Incident.objects.count()) == (["nothing", "nothing"], 0)
    send(feed, body(), "m1")
    assert send(feed, body(kind="alarm.restored"), "m2").json()["outcome"] == "attached"


def test_a_message_signed_by_the_peer_is_taken(feed: Feed) -> None:
    """A sender that uses npm's library gets its alarm in."""
    now, text = int(datetime.now(UTC).timestamp()), body()
    signature = peer("sign", secret=feed.secret, id="npm-1", time=now, body=text)["signature"]
    headers = {"webhook-id": "npm-1", "webhook-timestamp": str(now), "webhook-signature": signature}
    answer = Client().post(
        reverse("incidents:alarm", args=[feed.code]), text, content_type="application/json", headers=headers
    )
    assert (answer.status_code, Incident.objects.count()) == (200, 1)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_replay_is_refused(feed: Feed, minutes: int) -> None:
    """Outside the window of five minutes a message, however well signed, is not taken."""
    answer = send(feed, body(), at=datetime.now(UTC) + timedelta(minutes=minutes))
    assert (answer.status_code, answer.json()["error"]["field"]) == (401, "webhook-timestamp")
    assert not FeedMessage.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"webhook-signature": "v1,AAAA"}, "webhook-signature"),
        ({"webhook-signature": ""}, "webhook-signature"),
        ({"webhook-id": "other"}, "webhook-signature"),
        ({"webhook-id": ""}, "webhook-id"),
        ({"webhook-timestamp": "soon"}, "webhook-timestamp"),
    ],
)
def test_a_wrong_signature_takes_nothing(feed: Feed, changed: dict[str, str], field: str) -> None:
    """Neither an incident nor a line in the list of messages."""
    answer = send(feed, body(), **changed)
    assert (answer.status_code, answer.json()["error"]["field"]) == (401, field)
    assert not FeedMessage.objects.exists()
    assert not Incident.objects.exists()


@pytest.mark.parametrize(
    ("text", "status", "field"),
    [
        ("", 400, "body"),
        ("[]", 400, "body"),
        ("{", 400, "body"),
        ("[" * 20_000, 400, "body"),
        (b"\xff", 401, "body"),
        ("{}", 422, "type"),
        ('{"type": "alarm.raised"}', 422, "data"),
        ('{"type": ["alarm.raised"], "data": {}}', 422, "type"),
        (body(""), 422, "data.device"),
        (body(7), 422, "data.device"),
        (body("D-99"), 422, "data.device"),
        (body("x" * 81), 422, "data.device"),
        (body("D\0"), 422, "data.device"),
        (body(text="\ud800"), 422, "data.text"),
        (body(text="x" * 1001), 422, "data.text"),
        (body().replace("+08:00", ""), 422, "timestamp"),
        (body().replace("2026-03-04T", "yesterday "), 422, "timestamp"),
        ("x" * 70_000, 413, "body"),
    ],
)
def test_a_wrong_message_is_named(feed: Feed, text: str | bytes, status: int, field: str) -> None:
    """The answer names the field; no incident comes of it."""
    answer = send(feed, text)
    assert (answer.status_code, answer.json()["error"]["field"]) == (status, field)
    assert not Incident.objects.exists()


@effort(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.recursive(LEAVES, lambda inner: some.lists(inner) | some.dictionaries(NAMES, inner)))
def test_no_message_is_a_fault(feed: Feed, message: Any) -> None:
    """Whatever JSON is signed, the answer is in the four hundreds."""
    assert 400 <= send(feed, json.dumps(message)).status_code < 500


def test_a_refused_message_is_kept_and_may_come_again_mended(feed: Feed) -> None:
    """The page lists why; once the device is registered, the same id is taken."""
    assert send(feed, body("D-99")).status_code == 422
    kept = FeedMessage.objects.get()
    assert (kept.outcome, kept.field) == ("refused", "data.device")
    page = make.signed_in(make.posted("administrator")).get(reverse("incidents:feed", args=[feed.pk]))
    assert "D-99" in page.content.decode()
    feeds.save_devices(feed, "D-99,Mill", None)
    assert send(feed, body("D-99")).json()["outcome"] == "new"
    assert FeedMessage.objects.count() == 1


def test_an_unknown_feed_and_one_out_of_use_take_nothing(feed: Feed) -> None:
    """404 and 403, in JSON."""
    Feed.objects.update(active=False)
    assert send(feed, body()).status_code == 403
    feed.code = "nobody"
    assert send(feed, body()).status_code == 404


def test_a_feed_is_registered_on_its_page(client_as: Any, county: Any) -> None:
    """The form makes it and shows address and secret once; a taken code and an unknown type are named."""
    client, url = client_as("administrator"), reverse("incidents:new_feed")
    good = {"code": "centre", "kind": "alarm", "name": "监控中心", "type": "theft-shop"}
    good["window_minutes"] = "15"
    page = client.post(url, good | {"active": "on"}, follow=True).content.decode()
    made = Feed.objects.get()
    assert made.secret in page
    assert "/incidents/alarms/centre/" in page
    for wrong in ({"code": "centre"}, {"type": "nothing"}, {"window_minutes": "0"}, {"code": "a b"}):
        assert client.post(url, good | {"code": "b"} | wrong).status_code == 422
    change = reverse("incidents:edit_feed", args=[made.pk])
    assert client.post(change, good | {"name": "新"}).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.active, made.code) == ("新", False, "centre")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "at least one"),
        ("D-1", "Line 1"),
        (f"{LINE}\nD-2,A,north,east", "Line 2"),
        ("D-1,A,105.0", "Line 1"),
        ("D-1,A,29,105", "swapped"),
        ("D-1,A,,,nothing", "no incident type"),
        ("D-1,-", "no device D-1"),
        ("D-1,A,1,2,theft-shop,more", "Line 1"),
    ],
)
def test_devices_are_stored_all_or_none(feed: Feed, text: str, told: str) -> None:
    """A line that cannot be read is named, and nothing of the rest is stored."""
    with pytest.raises(Refused, match=told):
        feeds.save_devices(feed, text, None)
    assert list(feed.devices.values_list("code", flat=True)) == ["D-17"]


def test_a_device_is_changed_and_put_out_of_use(feed: Feed) -> None:
    """By its code; out of use it is refused like an unknown one."""
    feeds.save_devices(feed, "D-17,13 Market Street", None)
    assert feed.devices.get().address == "13 Market Street"
    feeds.save_devices(feed, "D-17,-", None)
    assert send(feed, body()).status_code == 422


def test_lists_take_the_same_queries_for_one_row_as_for_thirty(feed: Feed, client_as: Any) -> None:
    """Neither the list of feeds nor a feed's page asks once a row."""
    client, counted = client_as("administrator"), []
    pages = (reverse("incidents:feeds"), reverse("incidents:feed", args=[feed.pk]))
    for many in (1, 29):
        for at in range(many):
            make.FeedFactory()
            feeds.save_devices(feed, f"{many}-{at},Mill", None)
            send(feed, body(f"{many}-{at}"), f"{many}-{at}")
        with CaptureQueriesContext(connection) as made:
            assert [client.get(page).status_code for page in pages] == [200, 200]
        counted.append(len(made))
    assert counted[0] == counted[1]
