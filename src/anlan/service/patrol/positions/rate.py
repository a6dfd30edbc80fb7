"""How much a device may send: a token bucket, wide enough for a phone that empties its queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from anlan.service.patrol.positions.registry import Entry

PER_SECOND = 20.0
AT_ONCE = 1000.0


def admits(entry: Entry, now: float) -> bool:
    """Take one token of the device; False where none is left. `now` is a clock that never goes back."""
    if entry.filled:
        entry.tokens = min(AT_ONCE, entry.tokens + (now - entry.filled) * PER_SECOND)
    else:
        entry.tokens = AT_ONCE
    entry.filled = now
    if entry.tokens < 1:
        return False
    entry.tokens -= 1
    return True
