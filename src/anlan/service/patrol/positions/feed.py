"""Moved units for open boards: one reader per process, however many boards.

A thread looks ten times a second whether the version of positions has grown (see PositionClock) and reads
the rows that are newer. Each stream asks with `Feed.due` for what it lacks, as `event: positions`:

    {"units": [[unit id, lon, lat, milliseconds since 1970 of the fix, m/s or null, degrees or null], …]}

The first such event of a connection holds every unit the reader may see, later ones those that moved. A board
puts these over what its snapshot said; an id that it does not show is of no concern to it. Units that go off
duty leave by their `unit.off_duty` event. In the page: `?with=positions` in the stream's address and
`connectLive({on: {positions: (data) => …}})`; ui/src/board/moves.ts keeps them.
"""

from __future__ import annotations

import logging
import threading
import time
from asyncio import AbstractEventLoop, get_running_loop
from asyncio import Event as Pulse
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson
from django.db import DatabaseError, connection

from anlan.service.patrol.positions.store import last_version, newer_than

if TYPE_CHECKING:
    from collections.abc import Iterator

    from anlan.service.log.stream import Subscription
    from anlan.service.patrol.positions.store import Moved

TICK_S = 0.1
WHOLE_S = 15.0
MOVED = "position.moved"
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """A unit's last position, ready to be sent, and whose area it is."""

    version: int
    area_code: str
    text: str


@dataclass
class Reader:
    """One stream: the version that it has been told."""

    feed: Feed
    told: int = -1

    def __call__(self, subscription: Subscription) -> bytes:
        """Return what the stream lacks, empty where nothing moved."""
        viewer = subscription.viewer
        return self.feed.due(self, subscription.county, viewer.areas(MOVED))


@dataclass
class Feed:
    """The last positions as this process knows them, and who waits for news."""

    _places: dict[int, Place] = field(default_factory=dict)
    _version: int = 0
    _frames: dict[tuple[int, int, str, tuple[str, ...]], bytes] = field(default_factory=dict)
    _waiting: dict[Pulse, AbstractEventLoop] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _thread: threading.Thread | None = None

    @contextmanager
    def subscribe(self, pulse: Pulse) -> Iterator[Reader]:
        """Set the pulse whenever a unit has moved; the thread runs while one subscribes."""
        with self._lock:
            self._waiting[pulse] = get_running_loop()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="position-feed", daemon=True)
                self._thread.start()
        try:
            yield Reader(self)
        finally:
            with self._lock:
                self._waiting.pop(pulse, None)

    def due(self, reader: Reader, county: str, prefixes: tuple[str, ...]) -> bytes:
        """Return what the reader lacks of the county and its areas, empty where nothing moved."""
        version = self._version
        if reader.told >= version or not self._places:
            return b""
        key = reader.told, version, county, prefixes
        frame = self._frames.get(key)
        if frame is None:
            frame = self._frames[key] = self._frame(reader.told, county, prefixes)
        reader.told = version
        return frame

    def _frame(self, told: int, county: str, prefixes: tuple[str, ...]) -> bytes:
        newer = [place for place in list(self._places.values()) if place.version > told]
        areas = {place.area_code for place in newer}
        seen = {code for code in areas if code.startswith(county) and code.startswith(prefixes)}
        texts = [place.text for place in newer if place.area_code in seen]
        if not texts:
            return b""
        return f'event: positions\ndata: {{"units":[{",".join(texts)}]}}\n\n'.encode()

    def stop(self) -> None:
        """Wait until the thread has ended; all must have left."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout=10)

    def _run(self) -> None:
        whole_due = 0.0
        try:
            while self._wanted():
                started = time.monotonic()
                try:
                    if started >= whole_due:
                        self._read(whole=True)
                        whole_due = started + WHOLE_S
                    else:
                        self._read()
                except DatabaseError:
                    logger.exception("reading positions failed; trying again")
                    connection.close()
                time.sleep(max(0.01, TICK_S - (time.monotonic() - started)))
        finally:
            connection.close()

    def _wanted(self) -> bool:
        with self._lock:
            if not self._waiting:
                self._thread, self._places, self._version = None, {}, 0
                self._frames.clear()
            return self._thread is not None

    def _read(self, *, whole: bool = False) -> None:
        version = last_version()
        if version == self._version and not whole:
            return
        found = {moved.unit: place(moved) for moved in newer_than(-1 if whole else self._version)}
        grown = version > self._version or (whole and found.keys() - self._places.keys())
        self._places = found if whole else {**self._places, **found}
        self._version = max(version, max((one.version for one in found.values()), default=0), self._version)
        self._frames.clear()
        if grown:
            self._wake()

    def _wake(self) -> None:
        with self._lock:
            waiting = list(self._waiting.items())
        for pulse, loop in waiting:
            with suppress(RuntimeError):  # its loop has closed; the stream is going
                loop.call_soon_threadsafe(pulse.set)


def place(moved: Moved) -> Place:
    """Return a position as it is sent."""
    row = [
        moved.unit, round(moved.lon, 6), round(moved.lat, 6), round(moved.at * 1000),
        None if moved.speed is None else round(moved.speed, 1),
        None if moved.course is None else round(moved.course),
    ]  # fmt: skip
    return Place(moved.version, moved.area_code, orjson.dumps(row).decode())


feed = Feed()
