"""One writer per process: keeps what arrived since it last began, some milliseconds ago, in one transaction.

Whoever brought a fix is told only after the commit, so what was acknowledged is on the disk. When writing
fails everyone of that batch is told so, and the clients send again.
"""

from __future__ import annotations

import logging
import threading
import time
from asyncio import Future, get_running_loop
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import DatabaseError, OperationalError, connection

from anlan.service.patrol.positions.keep import Arrival, keep
from anlan.service.patrol.positions.tally import tally

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import Callable, Sequence

GATHER_S = 0.1
MOST = 1000
FULL = 20_000
IDLE_S = 1.0
logger = logging.getLogger(__name__)


class NotKeptError(Exception):
    """The fix could not be written: the client must send it again."""


@dataclass(slots=True)
class Pending:
    """An arrival, the device that sent it, and whom to tell what became of it: who waits, or a function."""

    device: int
    arrival: Arrival
    tell: Future[bool] | Callable[[bool], None]


@dataclass
class Writer:
    """Takes arrivals from any thread; its own thread writes them."""

    gather_s: float = GATHER_S
    _waiting: list[Pending] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _news: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _stop: bool = False

    @property
    def full(self) -> bool:
        """Whether more is waiting than can soon be written."""
        return len(self._waiting) >= FULL

    def put(self, pending: Pending) -> None:
        """Hand over an arrival; the thread runs from the first one on."""
        with self._lock:
            self._waiting.append(pending)
        self._wake()
        self._news.set()

    def count(self, device: int, outcome: str) -> None:
        """Count what was not even to be written."""
        tally.add(device, outcome)
        self._wake()

    def _wake(self) -> None:
        with self._lock:
            if self._thread is None:
                self._stop = False
                self._thread = threading.Thread(target=self._run, name="positions", daemon=True)
                self._thread.start()

    async def kept(self, device: int, arrival: Arrival) -> Arrival:
        """Return the arrival with its outcome once it has been committed.

        Raises:
            NotKeptError: it could not be written.

        """
        future: Future[bool] = get_running_loop().create_future()
        self.put(Pending(device, arrival, future))
        if not await future:
            raise NotKeptError
        return arrival

    def stop(self) -> None:
        """Write what is waiting and end the thread."""
        thread, self._stop = self._thread, True
        self._news.set()
        if thread is not None:
            thread.join(timeout=10)

    def _run(self) -> None:
        begun = 0.0
        try:
            while not self._stop or self._waiting:
                self._news.wait(IDLE_S)
                if self._waiting and not self._stop:
                    time.sleep(max(0.0, begun + self.gather_s - time.monotonic()))
                begun = time.monotonic()
                self._news.clear()
                with self._lock:
                    batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                    if self._waiting:
                        self._news.set()
                self._write(batch)
                self._count()
        finally:
            connection.close()
            self._thread = None

    def _write(self, batch: Sequence[Pending]) -> None:
        if not batch:
            return
        written = False
        try:
            keep([one.arrival for one in batch])
            written = True
        except OperationalError:
            logger.exception("writing %d positions failed; their clients will send them again", len(batch))
            connection.close()
        except Exception:  # the thread must go on, and whoever waits must be told
            logger.exception("keeping %d positions failed", len(batch))
            if len(batch) > 1:
                for one in batch:  # one that cannot be written must not hold up the others
                    self._write([one])
                return
        if written:
            for one in batch:
                tally.add(one.device, one.arrival.outcome)
        tell(batch, written)

    def _count(self) -> None:
        if tally.due:
            try:
                tally.write()
            except DatabaseError:
                logger.exception("writing the devices' counts failed")
                connection.close()


def tell(batch: Sequence[Pending], written: bool) -> None:
    """Tell all of a batch what became of it; each event loop is woken once."""
    waiting: dict[AbstractEventLoop, list[Future[bool]]] = defaultdict(list)
    for one in batch:
        if isinstance(one.tell, Future):
            waiting[one.tell.get_loop()].append(one.tell)
        else:
            one.tell(written)
    for loop, futures in waiting.items():
        with suppress(RuntimeError):  # the loop has closed; nobody waits any more
            loop.call_soon_threadsafe(settle, futures, written)


def settle(futures: Sequence[Future[bool]], written: bool) -> None:
    """Resolve futures of the running loop."""
    for future in futures:
        if not future.done():
            future.set_result(written)


writer = Writer()
