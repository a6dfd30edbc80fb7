"""Counting what became of what devices send: gathered in memory, written every few seconds.

Counts of the last seconds are lost when a process is killed; they are for the administrator's page, not for
any fix.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from itertools import batched
from typing import TYPE_CHECKING

from django.db import connection, transaction

from anlan.service.patrol.models import Device
from anlan.service.patrol.positions.store import ROWS, insert

if TYPE_CHECKING:
    from collections.abc import Sequence

EVERY_S = 10.0
COLUMNS = {"device_id": "bigint", "outcome": "text", "count": "bigint", "last_at": "timestamptz"}


class Tally:
    """How often each outcome of each device occurred since it was last written."""

    def __init__(self) -> None:
        self._counts: dict[tuple[int, str], tuple[int, float]] = {}
        self._lock = threading.Lock()
        self._written = time.monotonic()

    def add(self, device: int, outcome: str) -> None:
        """Count one."""
        with self._lock:
            count, _last = self._counts.get((device, outcome), (0, 0.0))
            self._counts[device, outcome] = count + 1, time.time()

    @property
    def due(self) -> bool:
        """Whether there is something to write and it is time."""
        return bool(self._counts) and time.monotonic() - self._written >= EVERY_S

    def take(self) -> dict[tuple[int, str], tuple[int, float]]:
        """Return what was counted and count anew."""
        with self._lock:
            counts, self._counts = self._counts, {}
            self._written = time.monotonic()
        return counts

    def write(self) -> None:
        """Add what was counted to the stored counts."""
        counts = self.take()
        there = set(Device.objects.filter(pk__in={pk for pk, _ in counts}).values_list("pk", flat=True))
        adapt = connection.ops.adapt_datetimefield_value
        rows = [
            (device, outcome, count, adapt(datetime.fromtimestamp(last, UTC)))
            for (device, outcome), (count, last) in sorted(counts.items())
            if device in there
        ]
        if not rows:
            return
        with transaction.atomic():
            add(rows)


def add(rows: Sequence[tuple[object, ...]]) -> None:
    """Add counts to those stored."""
    for part in batched(rows, ROWS):
        text, values = insert("patrol_devicecount", COLUMNS, part)
        with connection.cursor() as cursor:
            cursor.execute(
                f"{text} ON CONFLICT (device_id, outcome) DO UPDATE SET"
                " count = patrol_devicecount.count + excluded.count, last_at = excluded.last_at",
                values,
            )


tally = Tally()
