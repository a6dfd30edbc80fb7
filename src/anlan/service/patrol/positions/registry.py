"""Devices as this process knows them: by kind and identifier, no older than `FRESH_S`."""

from __future__ import annotations

import hmac
import threading
import time
from dataclasses import dataclass

from anlan.service.patrol.devices import hashed
from anlan.service.patrol.models import Device

FRESH_S, AGAIN_S = 2.0, 1.5


@dataclass(slots=True)
class Entry:
    """What is known of one device, and what it may still send at once (a token bucket)."""

    pk: int
    kind: str
    unit: int | None
    area_code: str
    secret_hash: str
    tokens: float = 0.0
    filled: float = 0.0

    def shows(self, secret: str) -> bool:
        """Whether the secret is the device's."""
        return bool(self.secret_hash) and hmac.compare_digest(self.secret_hash, hashed(secret))


class Registry:
    """All devices in use: read at once, read again when it is time. A county has hundreds of them."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], Entry] = {}
        self._servers: dict[str, Entry] = {}
        self._read_at = float("-inf")
        self._turn = threading.Lock()

    @property
    def age(self) -> float:
        """Seconds since the devices were read."""
        return time.monotonic() - self._read_at

    @property
    def fresh(self) -> bool:
        """Whether what is known may be used without reading again."""
        return self.age < FRESH_S

    @property
    def ageing(self) -> bool:
        """Whether to read again soon, so that nobody has to wait for it."""
        return self.age > AGAIN_S

    def find(self, kind: str, identifier: str) -> Entry | None:
        """Return the device in use, None for none."""
        return self._entries.get((kind, identifier))

    def server(self, secret: str) -> Entry | None:
        """Return the Traccar server whose secret this is, None for none."""
        return self._servers.get(hashed(secret)) if secret else None

    def read(self) -> None:
        """Read all devices in use; whoever waited for another's reading has it too."""
        before = self._read_at
        with self._turn:
            if self._read_at > before:
                return
            asked = time.monotonic()
            rows = Device.objects.filter(active=True).values_list(
                "kind", "identifier", "pk", "unit_id", "area_code", "secret_hash"
            )
            entries: dict[tuple[str, str], Entry] = {}
            for kind, identifier, *facts in rows.iterator(chunk_size=2000):
                made = Entry(facts[0], kind, *facts[1:])
                last = self._entries.get((kind, identifier))
                if last is not None:
                    made.tokens, made.filled = last.tokens, last.filled
                entries[kind, identifier] = made
            self._entries = entries
            self._servers = {
                one.secret_hash: one for one in entries.values() if one.kind == Device.Kind.SERVER
            }
            self._read_at = asked

    def forget(self) -> None:
        """Know nothing, as a new process does."""
        self._entries, self._servers, self._read_at = {}, {}, float("-inf")


registry = Registry()
