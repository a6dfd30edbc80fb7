"""Who may stand together at a task: every mix of people by force that breaks no rule.

Tasks that are alike (same shift, need and rules) share their patterns, so the program counts how often each
pattern is used instead of telling alike tasks apart: groups and capabilities no longer blur its bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from anlan.engine.planning.joint.forces import Force
    from anlan.engine.planning.joint.tasks import Cell

MOST_PATTERNS = 150  # measured: more only make the program larger, not its bound better
MOST_MIXES = 20_000
Mix = tuple[int, ...]


@dataclass(frozen=True)
class Pattern:
    """People by force (of all forces), and what is short then: people, and capabilities by name."""

    people: Mix
    missing: int
    lacking: tuple[tuple[str, int], ...]

    @property
    def short(self) -> int:
        """People and capabilities missing together."""
        return self.missing + sum(number for _, number in self.lacking)


def patterns(
    cell: Cell, forces: Sequence[Force], may: Sequence[bool], pinned: Mapping[int, int]
) -> list[Pattern] | None:
    """All patterns of a task that are of use; None where there are too many to list.

    A pattern from which one person could go without making anything short is of no use.
    """
    top = most_people(cell, forces, may, pinned)
    choices = [_choices(force, may[row], pinned.get(row), top) for row, force in enumerate(forces)]
    found: dict[Mix, Pattern] = {}
    for mix in _mixes(choices, top):
        if _beside(mix, forces):
            found[mix] = _pattern(mix, cell, forces)
            if len(found) > MOST_MIXES:
                return None
    useful = [pattern for mix, pattern in found.items() if not _wasteful(mix, pattern, found)]
    return useful if len(useful) <= MOST_PATTERNS else None


def most_people(cell: Cell, forces: Sequence[Force], may: Sequence[bool], pinned: Mapping[int, int]) -> int:
    """People at a task at most: the need, and a group of each force for capabilities and company."""
    groups = sum(force.group for force, allowed in zip(forces, may, strict=True) if allowed)
    return max(cell.people + groups - 1, sum(pinned.values()))


def _choices(force: Force, may: bool, pinned: int | None, top: int) -> list[int]:
    allowed = [0, *range(force.group, min(force.heads, top) + 1)] if may else [0]
    return allowed if pinned is None else [count for count in allowed if count == pinned]


def _mixes(choices: Sequence[list[int]], left: int) -> Iterator[Mix]:
    if not choices:
        yield ()
        return
    for count in choices[0]:
        if count <= left:
            for rest in _mixes(choices[1:], left - count):
                yield (count, *rest)


def _beside(mix: Mix, forces: Sequence[Force]) -> bool:
    police = sum(count for count, force in zip(mix, forces, strict=True) if force.leads())
    return all(
        force.alone or force.leads() or count <= force.beside * police
        for count, force in zip(mix, forces, strict=True)
    )


def _pattern(mix: Mix, cell: Cell, forces: Sequence[Force]) -> Pattern:
    lacking = []
    for name, number in cell.needs.items():
        able = sum(count for count, force in zip(mix, forces, strict=True) if name in force.capabilities)
        if able < number:
            lacking.append((name, number - able))
    return Pattern(mix, max(cell.people - sum(mix), 0), tuple(lacking))


def _wasteful(mix: Mix, pattern: Pattern, found: Mapping[Mix, Pattern]) -> bool:
    """Whether a valid pattern with one person less is short of nothing more."""
    return any(
        count and found.get((*mix[:row], count - 1, *mix[row + 1 :]), _NOTHING).short <= pattern.short
        for row, count in enumerate(mix)
    )


_NOTHING = Pattern((), 1_000_000, ())
