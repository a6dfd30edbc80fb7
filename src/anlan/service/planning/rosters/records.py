"""A roster's body: what the engine found, and all that is needed to show it, check it and go on from it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import TypeAdapter

from anlan.engine.planning.roster import Cell, Problem, score
from anlan.engine.planning.roster.table import table
from anlan.service.planning.models import Absence
from anlan.service.planning.rosters.gather import leave_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from anlan.engine.planning.roster.problem import Rows
    from anlan.service.planning.models import Roster

METHOD = "roster-1"
PROBLEM: TypeAdapter[Problem] = TypeAdapter(Problem)
BY_HAND, BROKEN = "by_hand", "broken"


def stored(problem: Problem) -> dict[str, Any]:
    """Return a problem as JSON; the rows it was to stay near to are left out."""
    plain = replace(problem, edits=replace(problem.edits, near=None))
    return dict(PROBLEM.dump_python(plain, mode="json"))


def problem_of(roster: Roster) -> Problem:
    """Return the problem of a roster, with the leave that is known now."""
    problem = PROBLEM.validate_python(roster.body["problem"])
    away = defaultdict(list)
    rows = Absence.objects.filter(
        member__in=[int(one.code) for one in problem.members], first__lte=roster.last, last__gte=roster.first
    )
    for row in rows:
        away[str(row.member_id)].append(row)
    members = [
        replace(one, leave=leave_of(away[one.code], roster.first, roster.days)) for one in problem.members
    ]
    return replace(problem, members=tuple(members))


def rows_of(roster: Roster) -> dict[str, tuple[str, ...]]:
    """Return the rows of a roster by the member's key."""
    return {key: tuple(row) for key, row in roster.body["result"]["rows"].items()}


def changed(rows: Rows, cells: Iterable[Cell]) -> dict[str, tuple[str, ...]]:
    """Return rows with cells set.

    Raises:
        ValueError: a cell names a member or a day that is not there.

    """
    made = {key: list(row) for key, row in rows.items()}
    for cell in cells:
        if cell.member not in made or not 0 <= cell.day < len(made[cell.member]):
            raise ValueError(f"cell: no member {cell.member!r} on day {cell.day}")
        made[cell.member][cell.day] = cell.shift
    return {key: tuple(row) for key, row in made.items()}


def judged(problem: Problem, rows: Rows) -> dict[str, Any]:
    """Return the figures of rows set by hand, as those of a search; nothing is proved of them."""
    codes = {code: place for place, code in enumerate(problem.codes)}
    roster = np.asarray([[codes[code] for code in rows[one.code]] for one in problem.members], np.int64)
    numbers = table(problem)
    wrong = score.broken(problem, numbers, roster)
    parts = score.parts(problem, numbers, roster, wrong)
    cover = score.covered(problem, numbers, roster)
    hard = any(one.price is None for one in wrong) or any(one.hard and one.missing for one in cover)
    return {
        "rows": {key: list(row) for key, row in rows.items()},
        "status": BROKEN if hard else BY_HAND,
        "objective": parts.total, "bound": None, "gap": None, "parts": asdict(parts),
        "cover": [asdict(one) for one in cover],
        "tallies": [asdict(one) for one in score.tallies(problem, numbers, roster)],
        "broken": [asdict(one) for one in wrong], "seconds": 0.0, "first_s": 0.0,
    }  # fmt: skip


def overridden(problem: Problem, cells: Sequence[Cell]) -> Problem:
    """Return the problem with cells set by hand, in place of what held them before."""
    places = {(cell.member, cell.day) for cell in cells}
    kept = [cell for cell in problem.edits.fixed if (cell.member, cell.day) not in places]
    return replace(problem, edits=replace(problem.edits, fixed=(*kept, *cells)))


def hard_broken(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the hard rules that a result breaks, needs included."""
    rules = [one for one in result["broken"] if one["price"] is None]
    short = [
        {"rule": "need", "member": "", "day": one["day"], "value": one["there"], "limit": one["needed"],
         "price": None, "shift": one["shift"], "skill": one["skill"]}
        for one in result["cover"] if one["hard"] and one["there"] < one["needed"]
    ]  # fmt: skip
    return rules + short


def without(rows: Rows, called: Sequence[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """Return rows without the duties of those called up."""
    return changed(rows, [Cell(one["member"], one["day"], "") for one in called if one["member"] in rows])
