"""Webhooks: written with the event, sent by the worker to a real receiver, tried again, given up visibly."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests import factories as make
from tests.gateway.test_webhooks import peer

from anlan.gateway import webhooks
from anlan.service import outbound, worker
from anlan.service.environment import environment
from anlan.service.incidents import domain
from anlan.service.incidents.domain import delivery, endpoints, linkage, outbox
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import Delivery, Endpoint, Linkage
from anlan.service.log.models import Event

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
S = Delivery.Status


class Receiver:
    """The receiver's process: its address, what it is to answer, what it got."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "receiver.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}"

    def answer(self, *statuses: int, slow: float = 0) -> None:
        """Set what it answers next."""
        rules = json.dumps({"answers": statuses, "slow": slow}).encode()
        urllib.request.urlopen(f"{self.url}/rules", data=rules, timeout=10).close()  # noqa: S310  its own process

    def got(self) -> dict[str, Any]:
        """Return the next message it got."""
        return json.loads(self.process.stdout.readline())

    def stop(self) -> None:
        """End the process."""
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that runs for one test."""
    made = Receiver()
    yield made
    made.stop()


@pytest.fixture
def private(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The operator allows private addresses."""
    monkeypatch.setenv("ANLAN_WEBHOOK_PRIVATE", "1")
    environment.cache_clear()
    yield
    environment.cache_clear()


@pytest.fixture
def fire(county: Any) -> Any:
    """The fire brigade with its desk."""
    agency = make.partner()
    make.at_agency(agency)
    return agency


@pytest.fixture
def endpoint(fire: Any, receiver: Receiver, private: None) -> Endpoint:
    """The brigade's own system, told of everything."""
    values = {"url": f"{receiver.url}/hook", "events": [str(verb) for verb in outbox.TOLD]}
    return endpoints.save_endpoint(Endpoint(agency=fire), None, **values, active=True)


def test_a_message_is_sent_signed_and_verified_by_the_peer(
    take: Any, dispatcher: Any, fire: Any, endpoint: Endpoint, receiver: Receiver
) -> None:
    """What arrives over HTTP is what npm's library verifies, and holds the agency's view."""
    linkage.offer(take(callback="555-0142", details="hidden"), fire, dispatcher, task="Smoke")
    assert delivery.drain(endpoint.pk) == 1
    got = receiver.got()
    told = peer("verify", secret=endpoint.secret, body=got["body"], headers=got["headers"])["verified"]
    assert (told["type"], told["data"]["task"]) == ("linkage.offered", "Smoke")
    assert [word for word in ("555-0142", "hidden") if word in got["body"]] == []
    sent = Delivery.objects.get()
    assert (sent.status, sent.answered, sent.tries) == ("sent", 204, 1)


def test_a_message_lives_and_dies_with_its_event(
    take: Any, dispatcher: Any, fire: Any, endpoint: Endpoint
) -> None:
    """A transaction that is rolled back leaves neither; a refusal writes none; and nothing calls out."""
    incident = take()
    with transaction.atomic():
        linkage.offer(incident, fire, dispatcher, task="Smoke")
        assert Delivery.objects.count() == 1
        transaction.set_rollback(True)
    with pytest.raises(Refused):
        linkage.offer(incident, fire, dispatcher, task=" ")
    assert not Delivery.objects.exists()
    linkage.offer(incident, fire, dispatcher, task="Smoke")
    assert Delivery.objects.get().tries == 0


def test_an_event_is_told_once_and_only_to_its_agency(
    take: Any, dispatcher: Any, fire: Any, endpoint: Endpoint
) -> None:
    """Another agency's linkage, and the same event again, write nothing more."""
    gas = make.partner("gas", "gas")
    linkage.offer(take(), gas, dispatcher, task="Valve", kind="joint", confirmed=True)
    assert not Delivery.objects.exists()
    incident = take()
    linkage.offer(incident, fire, dispatcher, task="Smoke")
    domain.amend(incident, dispatcher, address="12A, not 12")
    domain.note(incident, "internal", dispatcher)
    assert sorted(Delivery.objects.values_list("verb", flat=True)) == ["incident.amended", "linkage.offered"]
    assert "12A, not 12" in Delivery.objects.get(verb="incident.amended").body
    first = Event.objects.get(pk=Delivery.objects.order_by("pk")[0].event_id)
    with pytest.raises(Exception, match=r"(?i)unique"), transaction.atomic():
        outbox.enqueue(first)


def test_an_endpoint_hears_only_what_it_asked_for(
    take: Any, dispatcher: Any, fire: Any, endpoint: Endpoint
) -> None:
    """The filter of events holds."""
    values = endpoints.facts(endpoint) | {"events": ["linkage.withdrawn"]}
    endpoints.save_endpoint(endpoint, None, **values)
    made = linkage.offer(take(), fire, dispatcher, task="Smoke")
    linkage.withdraw(made, "Steam", dispatcher)
    assert Delivery.objects.get().verb == "linkage.withdrawn"


def test_a_failed_message_is_tried_again_under_the_same_id(
    take: Any, dispatcher: Any, fire: Any, endpoint: Endpoint, receiver: Receiver
) -> None:
    """After 500 and a redirect it waits, longer each time, and arrives with the id it had from the start."""
    linkage.offer(take(), fire, dispatcher, task="Smoke")
    receiver.answer(500, 302)
    waits = []
    for _ in range(3):
        delivery.drain(endpoint.pk)
        kept = Delivery.objects.get()
        waits.append((kept.next_at - timezone.now()).total_seconds())
        assert delivery.drain(endpoint.pk) == 0
        Delivery.objects.update(next_at=timezone.now())
    got = [receiver.got() for _ in range(3)]
    assert {one["headers"]["webhook-id"] for one in got} == {kept.message_id}
    assert [one["path"] for one in got] == ["/hook"] * 3
    assert 3 < waits[0] < 7
    assert 230 < waits[1] < 370
    endpoint.refresh_from_db()
    assert (kept.status, kept.tries, endpoint.failing_since) == ("sent", 3, None)


def test_waits_grow_and_end() -> None:
    """Nine waits within a fifth of the recommended ones, then the message is given up."""
    for tries, seconds in enumerate(delivery.WAITS_S, start=1):
        for _ in range(20):
            assert 0.8 * seconds <= delivery.wait_after(tries).total_seconds() <= 1.2 * seconds
    assert delivery.wait_after(len(delivery.WAITS_S) + 1) is None


def test_two_workers_send_a_message_once(take: Any, dispatcher: Any, fire: Any, endpoint: Endpoint) -> None:
    """Of two that saw it due, one claims it; the other's UPDATE finds nothing."""
    linkage.offer(take(), fire, dispatcher, task="Smoke")
    seen = [Delivery.objects.get() for _ in range(2)]
    now = timezone.now()
    assert [delivery.claim(one, now) for one in seen] == [True, False]


def test_a_message_of_a_worker_that_died_is_sent_after_its_lease(
    take: Any, dispatcher: Any, fire: Any, endpoint: Endpoint, receiver: Receiver
) -> None:
    """Claimed and never settled, it comes due again by itself."""
    linkage.offer(take(), fire, dispatcher, task="Smoke")
    assert delivery.claim(Delivery.objects.get(), timezone.now())
    assert delivery.drain(endpoint.pk) == 0
    Delivery.objects.update(next_at=timezone.now() - timedelta(seconds=1))
    assert delivery.drain(endpoint.pk) == 1
    assert receiver.got()["headers"]["webhook-id"] == Delivery.objects.get().message_id


@pytest.mark.parametrize("gone", [False, True])
def test_an_endpoint_that_fails_for_long_is_disabled_visibly(
    take: Any, dispatcher: Any, fire: Any, endpoint: Endpoint, receiver: Receiver, client_as: Any, gone: bool
) -> None:
    """After the hours that the operator set, or at once when it says it is gone; log and page tell."""
    linkage.offer(take(), fire, dispatcher, task="Smoke")
    receiver.answer(410 if gone else 503)
    if not gone:
        hours = environment().webhook_hours + 1
        Endpoint.objects.update(failing_since=timezone.now() - timedelta(hours=hours))
    delivery.drain(endpoint.pk)
    endpoint.refresh_from_db()
    assert (endpoint.active, Event.objects.filter(verb="webhook.disabled").count()) == (False, 1)
    assert delivery.ready(timezone.now() + timedelta(days=9), {}) == []
    client = client_as("administrator")
    assert "after failures" in client.get(reverse("incidents:webhooks")).content.decode()


def test_a_message_is_sent_again_by_hand(
    take: Any, dispatcher: Any, fire: Any, endpoint: Endpoint, receiver: Receiver, client_as: Any
) -> None:
    """From the page of deliveries, under the same id."""
    linkage.offer(take(), fire, dispatcher, task="Smoke")
    delivery.drain(endpoint.pk)
    kept, client = Delivery.objects.get(), client_as("administrator")
    page = reverse("incidents:webhook", args=[endpoint.pk])
    assert kept.message_id in client.get(page).content.decode()
    client.post(reverse("incidents:redeliver", args=[kept.pk]))
    assert delivery.drain(endpoint.pk) == 1
    assert [receiver.got()["headers"]["webhook-id"] for _ in range(2)] == [kept.message_id] * 2


def test_a_new_secret_signs_what_waits(
    take: Any, dispatcher: Any, fire: Any, endpoint: Endpoint, receiver: Receiver, client_as: Any
) -> None:
    """The page shows it once; messages written before are signed with it."""
    linkage.offer(take(), fire, dispatcher, task="Smoke")
    client, page = client_as("administrator"), reverse("incidents:webhook", args=[endpoint.pk])
    client.post(reverse("incidents:webhook_secret", args=[endpoint.pk]))
    endpoint.refresh_from_db()
    assert [endpoint.secret in client.get(page).content.decode() for _ in range(2)] == [True, False]
    delivery.drain(endpoint.pk)
    got = receiver.got()
    webhooks.verify(endpoint.secret, got["headers"], got["body"].encode())


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "0.0.0.1", "::1", "fe80::1%1", "fd00::1",
     "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "100.64.0.1", "224.0.0.1"],
)  # fmt: skip
def test_private_addresses_are_not_called(address: str) -> None:
    """Neither the machine itself, nor its network, nor what hides such an address."""
    assert not outbound.may_call(address)
    assert outbound.may_call("203.0.114.1")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_a_name_that_leads_inside_is_refused_before_connecting(host: str) -> None:
    """The name is resolved and checked at the time of the call, so that it cannot change in between."""
    outcome = outbound.post(f"https://{host}:9/hook", {}, "{}")
    assert (outcome.delivered, outcome.status) == (False, None)
    assert "not a public address" in outcome.error


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x.example",
        "http://x.example",
        "https://",
        "https://a:b@x.example",
        "x",
        "https://x:99999",
        "https://[x",
    ],
)
def test_an_address_that_is_none_is_refused(fire: Any, url: str) -> None:
    """The form says so; nothing is stored."""
    with pytest.raises(Refused) as refused:
        endpoints.save_endpoint(Endpoint(agency=fire), None, url=url, events=["linkage.offered"], active=True)
    assert refused.value.field == "url"
    assert not Endpoint.objects.exists()


def test_a_slow_receiver_is_left(receiver: Receiver, private: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole exchange has a deadline; a receiver beyond it counts as failed."""
    monkeypatch.setattr(outbound, "WHOLE_S", 0.3)
    receiver.answer(slow=3)
    outcome = outbound.post(f"{receiver.url}/hook", {}, "{}")
    assert (outcome.status, "Timeout" in outcome.error) == (None, True)


def test_an_address_where_nobody_listens_counts_as_failed(private: None) -> None:
    """A closed port is an outcome, not a fault."""
    outcome = outbound.post("http://127.0.0.1:9/hook", {}, "{}")
    assert (outcome.delivered, bool(outcome.error)) == (False, True)


def test_a_webhook_is_made_on_its_page(client_as: Any, fire: Any) -> None:
    """The form stores it and shows the secret once; a bad address and no events come back named."""
    client, url = client_as("administrator"), reverse("incidents:new_webhook")
    good = {
        "agency": fire.pk,
        "url": "https://fire.example/hook",
        "events": ["linkage.offered"],
        "form": "anlan",
    }
    made = client.post(url, good | {"active": "on"}, follow=True)
    assert Endpoint.objects.get().secret in made.content.decode()
    for wrong in ({"url": "http://fire.example"}, {"events": []}, {"agency": "9"}, {"form": "?"}):
        assert client.post(url, good | wrong).status_code == 422
    assert Endpoint.objects.count() == 1


def test_secrets_are_encrypted_and_never_logged(endpoint: Endpoint) -> None:
    """What lies in the table and in the log is not the secret."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM incidents_endpoint")
        assert endpoint.secret not in cursor.fetchone()[0]
    assert endpoint.secret not in json.dumps(list(Event.objects.values_list("data", flat=True)))


def test_old_messages_are_forgotten(take: Any, dispatcher: Any, fire: Any, endpoint: Endpoint) -> None:
    """After the days that the operator set, whatever became of them."""
    for at in (timezone.now(), timezone.now() - timedelta(days=environment().webhook_days + 1)):
        linkage.offer(take(), fire, dispatcher, task="Smoke")
        Delivery.objects.filter(pk=Delivery.objects.order_by("-pk")[0].pk).update(created_at=at)
    assert delivery.forget_deliveries() == 1


def test_lists_take_the_same_queries_for_one_row_as_for_thirty(
    take: Any, dispatcher: Any, fire: Any, endpoint: Endpoint, client_as: Any
) -> None:
    """Neither the list of webhooks nor of deliveries asks once a row."""
    client, counted = client_as("administrator"), []
    pages = (reverse("incidents:webhooks"), reverse("incidents:webhook", args=[endpoint.pk]))
    for many in (1, 29):
        for _ in range(many):
            linkage.offer(take(), fire, dispatcher, task="Smoke")
            other = Endpoint.objects.create(agency=fire, url="https://x", events=[], area_code=fire.area_code)
        with CaptureQueriesContext(connection) as made:
            assert [client.get(page).status_code for page in pages] == [200, 200]
        counted.append(len(made))
    assert other.pk
    assert counted[0] == counted[1]


@pytest.mark.django_db(transaction=True)
def test_the_workers_loop_sends_while_one_endpoint_hangs(receiver: Receiver, private: None) -> None:
    """A slow receiver holds its own messages only; the loop ends when asked to."""
    make.make_county()
    other = Receiver()
    fire, gas = make.partner(), make.partner("gas", "gas")
    for agency, where in ((fire, receiver), (gas, other)):
        make.at_agency(agency)
        values = {"url": f"{where.url}/hook", "events": ["linkage.offered"]}
        endpoints.save_endpoint(Endpoint(agency=agency), None, **values, active=True)
    receiver.answer(slow=4)
    incident = make.IncidentFactory()
    for agency in (fire, gas):
        linkage.offer(incident, agency, None, task="Smoke", kind="joint")
    stop = threading.Event()
    assert delivery.run in worker.loops("jobs")
    loop = threading.Thread(target=delivery.run, args=(stop,))
    loop.start()
    try:
        assert other.got()["body"]
        assert Linkage.objects.count() == 2
        receiver.got()
        until = time.monotonic() + 30
        while Delivery.objects.filter(status=S.SENT).count() < 2 and time.monotonic() < until:
            time.sleep(0.05)
    finally:
        stop.set()
        loop.join(30)
        other.stop()
    assert not loop.is_alive()
    assert Delivery.objects.filter(status=S.SENT).count() == 2
