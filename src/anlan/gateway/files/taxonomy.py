"""The seed taxonomy: what can be reported, how urgent it is, who usually brings it, what it needs."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

CATEGORIES = (
    "eight", "robbery", "theft", "fraud", "violence", "damage", "disorder", "drugs", "traffic", "fire",
    "rescue", "help", "city", "other",
)  # fmt: skip
SOURCES = ("resident", "officer")


@dataclass(frozen=True)
class TypeEntry:
    """One incident type; `priority` 1 (most urgent) to 4, `source` "resident" or "officer"."""

    code: str
    name: str
    name_en: str
    category: str
    priority: int
    source: str
    capabilities: tuple[str, ...]
    units_needed: int

    def __post_init__(self) -> None:
        """Refuse what no screen or file could show.

        Raises:
            ValueError: category, priority, source or units_needed out of range.

        """
        if self.category not in CATEGORIES:
            raise ValueError(
                f"type {self.code}: category {self.category!r}: expected one of {', '.join(CATEGORIES)}"
            )
        if self.priority not in range(1, 5):
            raise ValueError(f"type {self.code}: priority {self.priority}: expected 1 to 4")
        if self.source not in SOURCES:
            raise ValueError(f"type {self.code}: source {self.source!r}: expected resident or officer")
        if self.units_needed < 1:
            raise ValueError(f"type {self.code}: units_needed {self.units_needed}: expected at least 1")


@cache
def _seed() -> tuple[TypeEntry, ...]:
    text = (files("anlan.gateway.files") / "taxonomy.toml").read_text(encoding="utf-8")
    return tuple(_entry(row) for row in tomllib.loads(text)["type"])


def _entry(row: dict[str, Any]) -> TypeEntry:
    return TypeEntry(**{**row, "capabilities": tuple(row["capabilities"])})


def load() -> list[TypeEntry]:
    """Return the seed taxonomy in the order of its file."""
    return list(_seed())


def by_code() -> dict[str, TypeEntry]:
    """Return the seed taxonomy by type code."""
    return {entry.code: entry for entry in _seed()}
