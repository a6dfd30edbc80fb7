"""How a long piece of work tells how far it is, and how it is asked to stop with the best found so far."""

from __future__ import annotations

from typing import Protocol


class Watch(Protocol):
    """Who looks on; called from the thread that works, a few times a second at most."""

    def told(self, step: str, done: float, gap: float | None = None) -> None:
        """Take note: the step's name (a word of ASCII), the share of it done (0-1), the gap now if known."""

    def stopped(self) -> bool:
        """Whether to stop now and return the best so far."""


class Unwatched:
    """Nobody looks on, and nobody stops it."""

    def told(self, step: str, done: float, gap: float | None = None) -> None:
        """Do nothing."""

    def stopped(self) -> bool:
        """Never."""
        return False


UNWATCHED: Watch = Unwatched()
