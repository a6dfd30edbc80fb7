"""Readings of boards: one at a time per county and process, shared by all requests and streams.

A request gets a reading that began after it came, so that whoever has just acted sees it. A stream gets one
that holds its position in the log; bursts cost a reading every `GAP_S`, however many boards are open.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from anlan.service.incidents.boards.drawn import draw
from anlan.service.incidents.queries.board import whole_board
from anlan.service.log.broadcast import broadcaster, read

if TYPE_CHECKING:
    from anlan.service.incidents.boards.drawn import Drawing, Voice
    from anlan.service.incidents.boards.shown import Shown
    from anlan.service.incidents.queries.board import Board

GAP_S = 0.15
FRESH_S = 10.0
AHEAD_S = 2.0
APART = frozenset(
    {
        "account",
        "board",
        "briefing",
        "duty",
        "history",
        "joint",
        "orders",
        "plan",
        "roster",
        "trial",
        "webhook",
    }
)
"""Kinds of events that no board shows; any other, known or not, asks for a new reading."""


@dataclass
class Reading:
    """A county's board as read in one go, and what was drawn of it."""

    whole: Board
    began: float
    holds: int
    drawings: dict[Voice, Drawing] = field(default_factory=dict)
    shown: dict[tuple[Voice, tuple[str, ...]], Shown] = field(default_factory=dict)
    _pen: threading.Lock = field(default_factory=threading.Lock)

    def drawing(self, voice: Voice, before: Reading | None = None) -> Drawing:
        """Return the rows in a language, drawn once."""
        with self._pen:
            if voice not in self.drawings:
                known = None if before is None else before.drawings.get(voice)
                self.drawings[voice] = draw(self.whole, voice, known)
            return self.drawings[voice]


class Readings:
    """The last reading of each county."""

    def __init__(self) -> None:
        self._last: dict[str, Reading] = {}
        self._turns: dict[str, threading.Lock] = defaultdict(threading.Lock)
        self._coming: dict[tuple[asyncio.AbstractEventLoop, str], asyncio.Task[Reading]] = {}

    def fresh(self, county: str) -> Reading:
        """Return a reading that began no earlier than this call; callers at once share one."""
        asked = time.monotonic()
        with self._turns[county]:
            last = self._last.get(county)
            if last is not None and last.began >= asked:
                return last
            self._last[county] = reading = read_board(county, last)
            return reading

    async def holding(self, county: str, sequence: int) -> Reading:
        """Return a reading that holds every event up to `sequence` and is at most `FRESH_S` old.

        The next one begins before this one is too old, so that streams with other news need not wait for it.
        """
        while True:
            last = self._last.get(county)
            age = float("inf") if last is None else time.monotonic() - last.began
            if last is not None and age < FRESH_S:
                if age > FRESH_S - AHEAD_S:
                    self._soon(county, last)
                if last.holds < sequence and not await shows(county, last.holds, sequence):
                    last.holds = sequence
                if last.holds >= sequence:
                    return last
            await asyncio.shield(self._soon(county, last))

    def _soon(self, county: str, last: Reading | None) -> asyncio.Task[Reading]:
        """Return the one reading that is under way in this loop, begun no sooner than the gap allows."""
        loop = asyncio.get_running_loop()
        task = self._coming.get((loop, county))
        if task is None:
            wait = 0.0 if last is None else last.began + GAP_S - time.monotonic()
            task = loop.create_task(self._later(county, wait))
            self._coming[loop, county] = task
            task.add_done_callback(lambda _task: self._coming.pop((loop, county), None))
        return task

    async def _later(self, county: str, wait: float) -> Reading:
        if wait > 0:
            await asyncio.sleep(wait)
        return await read(self.fresh, county)


def read_board(county: str, last: Reading | None) -> Reading:
    """Read the board and draw it in the languages in which it was last asked for."""
    began = time.monotonic()
    whole = whole_board(county)
    reading = Reading(whole, began, whole.sequence)
    for voice in list(last.drawings) if last is not None else ():
        reading.drawing(voice, last)
    return reading


async def shows(county: str, after: int, upto: int) -> bool:
    """Whether any event behind `after` up to `upto` may change a board."""
    while after < upto:
        messages = await broadcaster.after(county, after)
        if not messages:
            return True  # it cannot tell
        if any(message.verb.partition(".")[0] not in APART for message in messages):
            return True
        after = messages[-1].sequence
    return False


readings = Readings()
