"""OwnTracks over MQTT, against a real broker: amqtt in a thread of its own."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import paho.mqtt.client as paho
import pytest
from amqtt.broker import Broker as Amqtt
from paho.mqtt.enums import CallbackAPIVersion
from tests.factories import LAT, LON, DeviceFactory

from anlan.service.patrol.models import Fix, Position
from anlan.service.patrol.positions.mqtt import Broker, Subscriber
from anlan.service.patrol.positions.registry import registry
from anlan.service.patrol.positions.tally import tally
from anlan.service.patrol.positions.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.filterwarnings("ignore")]
WAIT_S = 20.0


def until(holds: Callable[[], bool]) -> None:
    """Wait until it holds."""
    deadline = time.monotonic() + WAIT_S
    while not holds():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.02)


@pytest.fixture
def port() -> Iterator[int]:
    """A broker that lets everybody in; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = probe.getsockname()[1]
    loop = asyncio.new_event_loop()
    config = {
        "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{number}"}},
        "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
    }
    ready, stop = threading.Event(), asyncio.Event()

    async def serve() -> None:
        broker = Amqtt(config)
        await broker.start()
        ready.set()
        await stop.wait()
        await broker.shutdown()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    assert ready.wait(WAIT_S)
    yield number
    loop.call_soon_threadsafe(stop.set)
    thread.join(WAIT_S)
    loop.close()


@pytest.fixture
def subscriber(port: int) -> Iterator[Subscriber]:
    """Our subscriber, subscribed."""
    registry.forget()
    tally.take()
    made = Subscriber(Broker("127.0.0.1", port), Writer())
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    assert made.subscribed.wait(WAIT_S)
    yield made
    made.stop()
    thread.join(WAIT_S)
    registry.forget()


def publish(port: int, *messages: tuple[str, bytes]) -> None:
    """Publish as a phone does, and wait until the broker has it."""
    client = paho.Client(CallbackAPIVersion.VERSION2, "phone")
    client.connect("127.0.0.1", port)
    client.loop_start()
    for topic, payload in messages:
        client.publish(topic, payload, qos=1).wait_for_publish(WAIT_S)
    client.disconnect()
    client.loop_stop()


def location(**change: Any) -> bytes:
    """Return a message from now."""
    facts = {"_type": "location", "lat": LAT, "lon": LON, "tst": int(time.time()), "vel": 36}
    return json.dumps(facts | change).encode()


def test_a_published_fix_is_the_units_position(port: int, subscriber: Subscriber) -> None:
    """By its topic; strangers, other messages and nonsense before it do no harm."""
    device = DeviceFactory(identifier="m21/phone")
    publish(
        port,
        ("owntracks/stranger/phone", location()),
        ("owntracks/m21/phone", b"\xff"),
        ("owntracks/m21/phone", b""),
        ("owntracks/m21/phone", location(_type="lwt")),
        ("owntracks/m21/phone", location()),
    )
    until(lambda: Position.objects.filter(unit=device.unit).exists())
    assert Position.objects.get().speed == pytest.approx(10)
    assert Fix.objects.count() == 1


def test_a_message_is_confirmed_after_it_is_kept(
    port: int, subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While writing fails nothing is confirmed; once it works the fix is there."""
    monkeypatch.setattr("anlan.service.patrol.positions.mqtt.AGAIN_S", 0.05)
    confirmed, failures = [], iter([True, True])
    ack, write = subscriber.client.ack, subscriber.writer._write

    def fragile(batch: Any) -> None:
        if batch and next(failures, False):
            assert confirmed == []
            for one in batch:
                one.tell(False)  # noqa: FBT003
            return
        write(batch)

    monkeypatch.setattr(subscriber.writer, "_write", fragile)
    monkeypatch.setattr(subscriber.client, "ack", lambda *of: (confirmed.append(of), ack(*of)))
    device = DeviceFactory(identifier="m21/phone")
    publish(port, ("owntracks/m21/phone", location()))
    until(lambda: bool(confirmed))
    assert Position.objects.filter(unit=device.unit).exists()
