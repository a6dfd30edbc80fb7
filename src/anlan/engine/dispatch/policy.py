"""The dispatch rules by name, apart from their compiled code."""

from __future__ import annotations

from enum import IntEnum

SPARE_FROM = 2
"""The most urgent calls always get the closest unit; a rule may spare one from this priority on."""
BUSY = 0.3
"""Share of time that a unit is busy, for what a second one in reach is worth."""


class Policy(IntEnum):
    """Who is sent among units inside the response ring."""

    CLOSEST = 0
    COVER = 1
    PREPAREDNESS = 2
