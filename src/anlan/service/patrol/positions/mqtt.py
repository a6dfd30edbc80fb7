"""OwnTracks over MQTT: a subscriber of `owntracks/+/+` that confirms a message once it is on the disk.

The broker signs devices in and lets each publish to its own topic only (docs/command-centre-positions.md);
here the topic names the device. The broker keeps the session, so what comes while this process is away waits.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import paho.mqtt.client as paho
from django.db import DatabaseError, connection
from paho.mqtt.enums import CallbackAPIVersion

from anlan.gateway.positions import PositionError, owntracks
from anlan.service.patrol.models import Device
from anlan.service.patrol.positions.keep import Arrival
from anlan.service.patrol.positions.rate import admits
from anlan.service.patrol.positions.registry import registry
from anlan.service.patrol.positions.writer import Pending, Writer

if TYPE_CHECKING:
    from collections.abc import Callable

TOPIC = "owntracks/+/+"
AGAIN_S = 2.0
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Broker:
    """Where the broker is and how to sign in."""

    host: str
    port: int = 1883
    user: str = ""
    password: str = ""
    tls: bool = False
    client: str = "anlan-positions"


class Subscriber:
    """Takes messages from the broker and hands them to a writer."""

    def __init__(self, broker: Broker, writer: Writer) -> None:
        self.broker, self.writer = broker, writer
        self.subscribed = threading.Event()
        self.client = paho.Client(
            CallbackAPIVersion.VERSION2, broker.client, clean_session=False, manual_ack=True
        )
        self.client.on_connect, self.client.on_message = self._connected, self._came
        self.client.on_subscribe = lambda *_: self.subscribed.set()
        if broker.user:
            self.client.username_pw_set(broker.user, broker.password)
        if broker.tls:
            self.client.tls_set()

    def run(self) -> None:
        """Follow the broker until `stop` is called; a lost connection is made again.

        Raises:
            OSError: the broker could not be reached at first.

        """
        self.client.connect(self.broker.host, self.broker.port)
        self.client.loop_forever(retry_first_connection=False)
        self.writer.stop()
        connection.close()

    def stop(self) -> None:
        """End; what is not confirmed comes again with the next connection."""
        self.client.disconnect()

    def _connected(self, client: paho.Client, _data: Any, _flags: Any, reason: Any, _more: Any) -> None:
        if reason.is_failure:
            logger.error("the broker refused: %s", reason)
        else:
            client.subscribe(TOPIC, qos=1)

    def _came(self, client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        def confirm() -> None:
            client.ack(message.mid, message.qos)

        try:
            pending = self._pending(message.topic, message.payload, confirm)
        except PositionError as error:
            logger.warning("%s: %s", message.topic, error)  # again it would be no better
            confirm()
        except DatabaseError:
            logger.exception("looking for the device of %s failed; it comes again", message.topic)
            connection.close()
            threading.Timer(AGAIN_S, self._came, [client, None, message]).start()
        else:
            self.writer.put(pending) if pending else confirm()

    def _pending(self, topic: str, payload: bytes, confirm: Callable[[], None]) -> Pending | None:
        """Return what to write, None where there is nothing."""
        name = owntracks.device_of_topic(topic)
        if not registry.fresh:
            registry.read()
        entry = registry.find(Device.Kind.OWNTRACKS, name)
        if entry is None or entry.unit is None:
            logger.warning("%s is not registered", name)
            return None
        fix, why = owntracks.fix_of(payload)
        allowed = admits(entry, time.monotonic())
        if fix is None or not allowed:
            self.writer.count(entry.pk, why if allowed else "rate")
            return None
        arrival = Arrival(entry.unit, fix, time.time())

        def tell(written: bool) -> None:
            if written:
                confirm()
            else:
                threading.Timer(AGAIN_S, self.writer.put, [pending]).start()

        pending = Pending(entry.pk, arrival, tell)
        return pending
