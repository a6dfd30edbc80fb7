"""Who may stand together at a task: every mix of people by force that breaks no rule.

Tasks that are alike (same shift, need and rules) share their patterns, so the program counts how often each
pattern is used instead of telling alike tasks apart: groups and capabilities no longer blur its bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
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
    found: dict[Mix, Pattern] = {}
    for mix in _mixes(_Choices.of(cell, forces, may, pinned), top):
        found[mix] = _pattern(mix, cell, forces)
        if len(found) > MOST_MIXES:
            return None
    useful = [pattern for mix, pattern in found.items() if not _wasteful(mix, pattern, found, forces)]
    return useful if len(useful) <= MOST_PATTERNS else None


def most_people(cell: Cell, forces: Sequence[Force], may: Sequence[bool], pinned: Mapping[int, int]) -> int:
    """People at a task at most, where none could go without making something short or leaving others alone.

    Beyond the need itself each force is there as its smallest group, for a capability, or as company.
    """
    groups = sum(force.group for force, allowed in zip(forces, may, strict=True) if allowed)
    able = sum(cell.needs.values()) + groups + _company(cell, forces, may, pinned)
    return max(cell.people, able) + sum(pinned.values())


def _company(cell: Cell, forces: Sequence[Force], may: Sequence[bool], pinned: Mapping[int, int]) -> int:
    """Police who keep company with the largest number that any force may send which must not stand alone."""
    return max(
        (
            ceil(_most(force, _need(cell), pinned.get(row)) / force.beside)
            for row, (force, allowed) in enumerate(zip(forces, may, strict=True))
            if allowed and not force.alone and not force.leads()
        ),
        default=0,
    )


def _need(cell: Cell) -> int:
    return max(cell.people, *cell.needs.values(), 0)


def _most(force: Force, need: int, pinned: int | None) -> int:
    """People of a force that are of use at a task."""
    return min(force.heads, max(need, force.group, pinned or 0))


@dataclass(frozen=True)
class _Choices:
    """Forces in the order in which a mix is built, police first, with the numbers each may send."""

    forces: Sequence[Force]
    order: Sequence[int]
    counts: Sequence[Sequence[int]]

    @classmethod
    def of(
        cls, cell: Cell, forces: Sequence[Force], may: Sequence[bool], pinned: Mapping[int, int]
    ) -> _Choices:
        order = sorted(range(len(forces)), key=lambda row: not forces[row].leads())
        need, company = _need(cell), _company(cell, forces, may, pinned)
        wanted = [max(need, company) if forces[row].leads() else need for row in order]
        counts = [
            _counts(forces[row], may[row], pinned.get(row), most)
            for row, most in zip(order, wanted, strict=True)
        ]
        return cls(forces, order, counts)


def _counts(force: Force, may: bool, pinned: int | None, need: int) -> list[int]:
    """Numbers of a force that a task may use: none, or from a group to the need, or what is pinned."""
    allowed = [0, *range(force.group, _most(force, need, pinned) + 1)] if may else [0]
    return allowed if pinned is None else [count for count in allowed if count == pinned]


def _mixes(choices: _Choices, left: int, place: int = 0, police: int = 0) -> Iterator[Mix]:
    """Every mix of at most `left` people that keeps company with police, in the forces' own order."""
    if place == len(choices.order):
        yield (0,) * place
        return
    row = choices.order[place]
    force = choices.forces[row]
    free = force.alone or force.leads()
    for count in choices.counts[place]:
        if count > left or not (free or count <= force.beside * police):
            break
        for rest in _mixes(choices, left - count, place + 1, police + count * force.leads()):
            yield (*rest[:row], rest[row] + count, *rest[row + 1 :])


def _pattern(mix: Mix, cell: Cell, forces: Sequence[Force]) -> Pattern:
    lacking = []
    for name, number in cell.needs.items():
        able = sum(count for count, force in zip(mix, forces, strict=True) if name in force.capabilities)
        if able < number:
            lacking.append((name, number - able))
    return Pattern(mix, max(cell.people - sum(mix), 0), tuple(lacking))


def _wasteful(mix: Mix, pattern: Pattern, found: Mapping[Mix, Pattern], forces: Sequence[Force]) -> bool:
    """Whether a valid pattern with a person, or a whole group, less is short of nothing more."""
    for row, count in enumerate(mix):
        fewer = count - 1 if count > forces[row].group else 0
        other = found.get((*mix[:row], fewer, *mix[row + 1 :])) if count else None
        if other is not None and other.short <= pattern.short:
            return True
    return False
