"""What one scope sees of a board in one language, and the patch that leads there from what it saw before."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.template.loader import get_template
from django.utils import timezone, translation

from anlan.service.incidents.boards.drawn import PARTS
from anlan.service.incidents.queries.board import narrowed
from anlan.service.incidents.queries.counts import counts
from anlan.service.scope import covered

if TYPE_CHECKING:
    from datetime import datetime

    from anlan.service.incidents.boards.drawn import Drawn, Voice
    from anlan.service.incidents.boards.readings import Reading


@dataclass(frozen=True)
class Shown:
    """The rows that a scope sees, in order; equal digests show the same."""

    sequence: int
    at: datetime
    parts: dict[str, list[Drawn]]
    counts: str
    patches: dict[str, bytes] = field(default_factory=dict, compare=False)

    @cached_property
    def orders(self) -> dict[str, list[str]]:
        """The rows' names with their versions, by part."""
        return {part: [row.token for row in rows] for part, rows in self.parts.items()}

    @cached_property
    def digest(self) -> str:
        """A name for all that is shown."""
        text = json.dumps([self.orders, self.counts])
        return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()

    def message(self, before: Shown | None = None) -> dict[str, Any]:
        """Return every row's name in order, and the HTML of the rows that `before` did not have."""
        known = {row.token for rows in before.parts.values() for row in rows} if before else set()
        parts = {
            part: {
                "order": self.orders[part],
                "rows": {row.token: row.html for row in rows if row.token not in known},
            }
            for part, rows in self.parts.items()
        }
        return {
            "sequence": self.sequence,
            "at": self.at.isoformat(),
            "had": before.digest if before else "",
            "digest": self.digest,
            "counts": self.counts,
            "parts": parts,
        }

    def frame(self, before: Shown | None = None) -> bytes:
        """Return the message as a server-sent event; written once for all who had the same before."""
        had = before.digest if before else ""
        if had not in self.patches:
            text = json.dumps(self.message(before), ensure_ascii=False, separators=(",", ":"))
            self.patches[had] = f"event: board\ndata: {text}\n\n".encode()
        return self.patches[had]


def shown(reading: Reading, voice: Voice, prefixes: tuple[str, ...]) -> Shown:
    """Return what the area prefixes see of a reading, put together once."""
    key = (voice, prefixes)
    if key not in reading.shown:
        drawing = reading.drawing(voice)
        parts = {
            part: [row for row in drawing[part].values() if covered(prefixes, row.record.area_code)]
            for part in PARTS
        }
        whole = reading.whole
        reading.shown[key] = Shown(whole.sequence, whole.at, parts, counted(reading, voice, prefixes))
    return reading.shown[key]


def counted(reading: Reading, voice: Voice, prefixes: tuple[str, ...]) -> str:
    """Return the counts as HTML."""
    found = counts(narrowed(reading.whole, prefixes))
    with translation.override(voice.language), timezone.override(ZoneInfo(voice.zone)):
        return get_template("incidents/_counts.html").render({"counts": found}).strip()
