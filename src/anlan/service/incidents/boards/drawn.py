"""Rows as HTML, drawn once per language for everyone: no row depends on who reads it."""

from __future__ import annotations

import hashlib
import time
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Model
from django.template.loader import get_template
from django.utils import timezone, translation

from anlan.service.incidents.queries.board import Board

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from anlan.service.incidents.queries.board import QueueRow, UnitState

PARTS = ("queue", "units")
MOVING = "position"
"""A relation of which rows show whether it is there: the stream of positions tells where, and how old."""
AGAIN_S = {"queue": 15.0, "units": float("inf")}
"""After so long a row is drawn again whatever it shows: a word of the queue may depend on the clock."""


class Voice(NamedTuple):
    """In which language and time zone rows are written."""

    language: str
    zone: str

    @classmethod
    def current(cls) -> Voice:
        """Return that of the request at hand."""
        return cls(translation.get_language() or "en", str(timezone.get_current_timezone()))


class Drawn(NamedTuple):
    """One row: its name with its version, its HTML, what it was drawn from, the record, and when."""

    token: str
    html: str
    facts: Any
    record: QueueRow | UnitState
    at: float


Drawing = dict[str, dict[str, Drawn]]
"""By part, then by the row's key, in the order of the board."""


def draw(whole: Board, voice: Voice, before: Drawing | None = None) -> Drawing:
    """Draw the rows of a county's board; a row whose facts are as `before` keeps its HTML."""
    known = before or {}
    with translation.override(voice.language), timezone.override(ZoneInfo(voice.zone)):
        return {part: drawn_part(whole, part, known.get(part, {})) for part in PARTS}


def drawn_part(whole: Board, part: str, known: Mapping[str, Drawn]) -> dict[str, Drawn]:
    """Draw one list."""
    records: Iterable[QueueRow | UnitState] = getattr(whole, part)
    return {record.key: drawn_row(whole, part, record, known.get(record.key)) for record in records}


def drawn_row(whole: Board, part: str, record: QueueRow | UnitState, known: Drawn | None) -> Drawn:
    """Draw one row by its list's own template, as a list of one; keep it where nothing of it changed."""
    now = facts(record)
    clock = time.monotonic()
    if known is not None and known.facts == now and clock - known.at < AGAIN_S[part]:
        return known._replace(record=record)
    alone = Board(whole.county, whole.sequence, whole.at, **{"queue": [], "units": [], part: [record]})
    html = get_template(f"incidents/_{part}.html").render({"board": alone}).strip()
    version = hashlib.blake2b(html.encode(), digest_size=6).hexdigest()
    return Drawn(f"{record.key}:{version}", html, now, record, clock)


def facts(value: Any, inside: tuple[int, ...] = ()) -> Any:
    """Return all that a template can read of a record without asking the database, to be compared."""
    if id(value) in inside:
        return None  # a relation back to where it came from
    within = (*inside, id(value))
    if isinstance(value, Model):
        own = {name: held for name, held in vars(value).items() if name != "_state"}
        related = value._state.fields_cache
        known = {
            name: other is not None if name == MOVING else facts(other, within)
            for name, other in related.items()
        }
        return type(value), own, known
    if is_dataclass(value):
        return [facts(getattr(value, one.name), within) for one in fields(value)]
    if isinstance(value, list | tuple):
        return [facts(one, within) for one in value]
    return value
