"""One reader of the log per process, for all its subscribers.

A thread reads newly sealed events once and keeps the last few thousand of each county in memory. Subscribers
keep a position and take what lies behind it, from memory or, when they are further behind, from the database
in pages. Nothing is queued for anybody, so a slow client costs nothing but its own delay. With no subscriber
the thread ends and its connection closes.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from asyncio import AbstractEventLoop, get_running_loop
from asyncio import Event as Pulse
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, connection, connections

from anlan.service.log import signals
from anlan.service.log.models import Chain, Event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TAIL = 2000
PAGE = 500
WAIT_S = 0.5
FRESH_S = 5.0
LAG_CHECK_S = 2.0
READERS = 4
logger = logging.getLogger(__name__)
_readers = ThreadPoolExecutor(READERS, thread_name_prefix="log-reader")


@dataclass(frozen=True, slots=True)
class Message:
    """A sealed event, ready to be sent: rendered once for all subscribers."""

    sequence: int
    area_code: str
    verb: str
    frame: bytes


def render(event: Event) -> Message:
    """Return the event as a server-sent event whose id is its sequence number."""
    facts = {
        "sequence": event.sequence,
        "at": event.at.astimezone(UTC).isoformat(),
        "verb": event.verb,
        "record_type": event.record_type,
        "record_id": event.record_id,
        "area_code": event.area_code,
        "actor": event.actor_id,
        "data": event.data,
    }
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    frame = f"id: {event.sequence}\ndata: {text}\n\n".encode()
    return Message(event.sequence, event.area_code, event.verb, frame)


def page(county: str, after: int, limit: int = PAGE) -> list[Message]:
    """Return the next sealed events of a county behind `after`, in order, from the database."""
    rows = Event.objects.filter(county=county, sequence__gt=after).order_by("sequence")
    return [render(event) for event in rows[:limit]]


def head(county: str) -> int:
    """Return the last sequence number given in the county, 0 for none."""
    return Chain.objects.filter(county=county).values_list("sequence", flat=True).first() or 0


async def read[**P, R](function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a database read off the event loop and leave no connection behind."""

    def work() -> R:
        try:
            return function(*args, **kwargs)
        finally:
            connections.close_all()

    return await get_running_loop().run_in_executor(_readers, work)


class Broadcaster:
    """Reads once, wakes all; `live` says whether what subscribers have is all there is."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._subscribers: dict[Pulse, AbstractEventLoop] = {}
        self._thread: threading.Thread | None = None
        self._tails: dict[str, deque[Message]] = {}
        self._heads: dict[str, int] = {}
        self._whole = False
        self._read_at = 0.0
        self._oldest: int | None = None
        self._checked_at = 0.0
        self._lagging = False

    @property
    def live(self) -> bool:
        """Whether the log was read within the last seconds and nothing waits unduly for the sealer."""
        return not self._lagging and time.monotonic() - self._read_at < FRESH_S

    @property
    def subscribers(self) -> int:
        """How many subscribers there are."""
        return len(self._subscribers)

    @contextmanager
    def subscribe(self) -> Iterator[Pulse]:
        """Give a pulse that is set whenever there is something new; the reader runs while one is held."""
        pulse = Pulse()
        with self._lock:
            self._subscribers[pulse] = get_running_loop()
            if self._thread is None:
                self._read_at = time.monotonic()
                self._thread = threading.Thread(target=self._run, name="log-broadcast", daemon=True)
                self._thread.start()
        try:
            yield pulse
        finally:
            with self._lock:
                del self._subscribers[pulse]

    async def after(self, county: str, sequence: int) -> list[Message]:
        """Return the next events behind `sequence`, at most a page; empty when there is none yet."""
        tail = list(self._tails.get(county, ()))
        if self._heads.get(county, 0 if self._whole else -1) == sequence:
            return []
        if tail and tail[0].sequence <= sequence + 1:
            return tail[max(0, sequence + 1 - tail[0].sequence) :][:PAGE]
        return await read(page, county, sequence)

    def stop(self) -> None:
        """Wait until the reader has ended; all subscribers must have left."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout=10)

    def _run(self) -> None:
        try:
            while self._wanted():
                try:
                    self._follow()
                except DatabaseError:
                    logger.exception("reading the log failed; trying again")
                    connection.close()
                    time.sleep(WAIT_S)
        finally:
            connection.close()

    def _wanted(self) -> bool:
        with self._lock:
            if not self._subscribers:
                self._thread = None
                self._tails, self._heads, self._whole = {}, {}, False
            return self._thread is not None

    def _follow(self) -> None:
        with signals.Listener(signals.SEALED) as listener:
            while self._subscribers:
                news = self._read()
                self._read_at = time.monotonic()
                if self._lag_turned() or news:
                    self._wake()
                listener.wait(WAIT_S)

    def _read(self) -> bool:
        news = False
        for county, last in Chain.objects.values_list("county", "sequence"):
            while (known := self._heads.get(county, last)) < last:
                messages = page(county, known)
                self._tails.setdefault(county, deque(maxlen=TAIL)).extend(messages)
                self._heads[county] = messages[-1].sequence
                news = True
            self._heads[county] = max(last, self._heads.get(county, 0))
        self._whole = True
        return news

    def _lag_turned(self) -> bool:
        now = time.monotonic()
        if now - self._checked_at < LAG_CHECK_S:
            return False
        self._checked_at = now
        waiting = Event.objects.filter(sequence=None).order_by("id").values_list("id", flat=True)
        oldest = waiting.first()
        before, self._lagging = self._lagging, oldest is not None and oldest == self._oldest
        self._oldest = oldest
        return before != self._lagging

    def _wake(self) -> None:
        with self._lock:
            waiting = list(self._subscribers.items())
        for pulse, loop in waiting:
            with suppress(RuntimeError):  # its loop has closed; the subscriber is going
                loop.call_soon_threadsafe(pulse.set)


broadcaster = Broadcaster()


def facts(**values: Any) -> str:
    """Return a control message's data."""
    return json.dumps(values, separators=(",", ":"))
