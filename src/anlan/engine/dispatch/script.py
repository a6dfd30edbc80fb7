"""The scripted questions of a type of incident, and the priority that their answers advise.

The rule: an answer may name a priority. Where several answers do, the most urgent counts, whatever the type's
own; where none does, the type's own priority stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Option:
    """An answer to choose; `priority` 1 (most urgent) to 4, None where it says nothing about urgency."""

    text: str
    text_en: str = ""
    priority: int | None = None


@dataclass(frozen=True)
class Question:
    """A question about the event or the place, with the answers to choose from."""

    text: str
    text_en: str
    options: tuple[Option, ...]


def advised(own: int, answers: Iterable[Option]) -> int:
    """Return the priority that answers advise for a type whose own priority is `own`.

    >>> advised(3, [Option("no"), Option("knife", priority=1), Option("gone", priority=4)])
    1
    >>> advised(3, [Option("no")])
    3
    """
    named = [answer.priority for answer in answers if answer.priority is not None]
    return min(named, default=own)
