"""What desks and crews share: the clock, the halt at which boards are looked at, who took what."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.browser.night.record import Recorded

LEAST_S = 0.1


@dataclass(eq=False)
class Shift:
    """`scale`: recorded seconds that pass in one second. `calls`: what was recorded, by the incident's id."""

    scale: float
    calls: dict[int, Recorded] = field(default_factory=dict)
    going: asyncio.Event = field(default_factory=asyncio.Event)
    busy: int = 0

    async def wait(self, recorded_s: float) -> None:
        """Let recorded seconds pass."""
        await asyncio.sleep(max(recorded_s / self.scale, LEAST_S))

    @asynccontextmanager
    async def action(self) -> AsyncIterator[None]:
        """Do something, but not while the night is halted."""
        await self.going.wait()
        self.busy += 1
        try:
            yield
        finally:
            self.busy -= 1

    async def halt(self) -> None:
        """Stop all that would change something, and wait until what was begun is done."""
        self.going.clear()
        while self.busy:
            await asyncio.sleep(LEAST_S)
