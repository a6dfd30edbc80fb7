"""Rules that contradict each other: which they are, and the smallest relaxation that makes a plan possible.

Elastic filter of Chinneck & Dravnieks, ORSA Journal on Computing 3 (1991), 157-168: let every rule give at a
price; those that give are made hard and the rest let give again, until nothing can; a deletion filter then
leaves a set of which no rule can be spared.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from anlan.engine.planning.joint.model import Model, Rule, build
from anlan.engine.planning.joint.program import Columns, Search, Terms, minimise
from anlan.engine.planning.mip import Status

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.joint.problem import JointProblem

TINY = 1e-6


@dataclass(frozen=True)
class Conflict:
    """A rule that contradicts others; `about` as in `Rule`: whose and when."""

    kind: str
    about: list[str | int]


@dataclass(frozen=True)
class Relaxed:
    """How far a rule must give: `by` people, hours, turns or officers; the sum over all rules is least."""

    kind: str
    about: list[str | int]
    by: float


def explain(problem: JointProblem, time_limit_s: float = 20.0) -> tuple[list[Conflict], list[Relaxed]]:
    """Which rules of an infeasible problem conflict, and the smallest relaxation."""
    model = build(problem)
    first = _giving(model, set(), time_limit_s)
    relaxed = [
        Relaxed(rule.kind, list(rule.about), by)
        for rule, by in zip(model.rules, first or [], strict=False)
        if by
    ]
    return [Conflict(rule.kind, list(rule.about)) for rule in _conflict(model, time_limit_s)], relaxed


def _giving(model: Model, hard: set[int], time_limit_s: float) -> list[float] | None:
    """How far each rule must give, in its own unit, if those of `hard` may not; None where that fails."""
    columns = Columns(list(model.columns.high), list(model.columns.whole), list(model.columns.rows))
    cost: dict[int, float] = {}
    slack: list[tuple[int | None, int | None]] = []
    for number, rule in enumerate(model.rules):
        up, down = (None, None) if number in hard else _elastic(columns, rule, cost)
        slack.append((up, down))
        terms: Terms = dict(rule.terms)
        if up is not None:
            terms[up] = 1.0
        if down is not None:
            terms[down] = -1.0
        columns.row(terms, rule.low, rule.high)
    answer = minimise(columns, cost, search=Search(time_limit_s))
    if answer.x is None:
        return None
    return [_sum(answer.x, pair) / rule.unit for pair, rule in zip(slack, model.rules, strict=True)]


def _elastic(columns: Columns, rule: Rule, cost: dict[int, float]) -> tuple[int | None, int | None]:
    """Columns by which the row may miss its low, and its high."""
    pair: list[int | None] = [None, None]
    for place, end in enumerate((rule.low, rule.high)):
        if abs(end) != float("inf"):
            pair[place] = columns.add(float("inf"), whole=rule.kind != "hours")
            cost[pair[place] or 0] = 1.0 / rule.unit
    return pair[0], pair[1]


def _sum(x: NDArray, pair: tuple[int | None, int | None]) -> float:
    found = float(sum(x[column] for column in pair if column is not None))
    return found if found > TINY else 0.0


def _conflict(model: Model, time_limit_s: float) -> list[Rule]:
    """A set of rules that cannot all hold and of which none can be spared."""
    hard: set[int] = set()
    while True:
        giving = _giving(model, hard, time_limit_s)
        if giving is None:
            break
        gave = {number for number, by in enumerate(giving) if by}
        if not gave:
            return []
        hard |= gave
    kept = sorted(hard)
    for number in list(kept):
        rest = [other for other in kept if other != number]
        if _impossible(model, rest, time_limit_s):
            kept = rest
    return [model.rules[number] for number in kept]


def _impossible(model: Model, rules: list[int], time_limit_s: float) -> bool:
    part = replace(model, rules=[model.rules[number] for number in rules])
    answer = minimise(part.columns, {}, part.hard(), search=Search(time_limit_s))
    return answer.status is Status.INFEASIBLE
