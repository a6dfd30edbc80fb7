"""Why no roster keeps the hard rules: a minimal set of them that conflicts, and the smallest relaxation.

The set comes from CP-SAT's assumptions and a deletion filter (Chinneck & Dravnieks 1991): take one out,
and if it still conflicts leave it out. The relaxation is a roster of least priced violation (elastic
programming).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.engine.planning.roster import score
from anlan.engine.planning.roster.finder import Finder
from anlan.engine.planning.roster.machine import machines
from anlan.engine.planning.roster.model import Expr, Item, Keeper, Model
from anlan.engine.planning.roster.sat import sat
from anlan.engine.planning.roster.solving import Effort, watched
from anlan.engine.planning.roster.table import table
from anlan.engine.planning.watch import UNWATCHED, Watch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ortools.sat.python import cp_model

    from anlan.engine.planning.roster.parts import Table
    from anlan.engine.planning.roster.problem import Problem

HOUR = 60
CELL_PRICES = {"leave": 30, "shifts": 60, "fixed": 20, "forbidden_cell": 20}
RULE_PRICE, NEED_PRICE = 10, 12


@dataclass(frozen=True)
class Cause:
    """One of the rules that conflict: `rule` as in `Broken`, or "need" (no member); day -1: all days."""

    rule: str
    member: str
    day: int
    shift: str
    skill: str
    limit: int


@dataclass(frozen=True)
class Relaxation:
    """What would have to give: the rule's `limit` would have to become `value` (of a need: who is there).

    A need of 3 with value 1: 2 more people (with the skill) in that shift of that day.
    """

    rule: str
    member: str
    day: int
    shift: str
    skill: str
    limit: int
    value: int


@dataclass(frozen=True)
class Explanation:
    """`feasible`: None where time ran out before that was known.

    `minimal`: leaving out any one cause would end the conflict. `smallest`: no relaxation of a lower price
    exists (prices: people 12, a rule 10, rest and hours 10 an hour, a fixed or forbidden cell 20, leave 30, a
    shift the member may not do 60). `rows` is the roster that the relaxation allows.
    """

    feasible: bool | None
    causes: tuple[Cause, ...]
    minimal: bool
    relaxations: tuple[Relaxation, ...]
    smallest: bool
    rows: dict[str, list[str]]
    seconds: float


def explain(problem: Problem, *, effort: Effort | None = None, watch: Watch = UNWATCHED) -> Explanation:
    """Say which hard rules conflict and what would help; the time limit is shared by both halves."""
    return _Explaining(problem, effort or Effort(20.0), watch).run()


class _Explaining:
    def __init__(self, problem: Problem, effort: Effort, watch: Watch) -> None:
        self.begin = time.perf_counter()
        self.problem, self.effort, self.watch = problem, effort, watch
        self.table: Table = table(problem)
        self.finder = Finder(self.table, machines(self.table))

    def left(self, share: float = 1.0) -> float:
        """Seconds left of a share of the time."""
        return max(0.2, share * self.effort.time_limit_s - (time.perf_counter() - self.begin))

    def run(self) -> Explanation:
        """Relax first; then the conflict among those members and needs that can take part in it."""
        free = self.impossible_rows()
        members = free or list(range(len(self.table.rows)))
        needs = [] if free else [int(one) for one in np.flatnonzero(self.table.covers.hard)]
        self.watch.told("relax", 0.0)
        relaxed, smallest = self.relaxed(members, needs)
        feasible = None if relaxed is None else not relaxed
        causes: tuple[Cause, ...] = ()
        minimal = False
        if relaxed:
            self.watch.told("conflict", 0.5)
            causes, minimal, proved = self.conflict(members, needs, relaxed)
            feasible = False if proved or smallest else None
        self.watch.told("done", 1.0)
        return Explanation(
            feasible, causes, minimal, tuple(relaxed or ()), smallest and relaxed is not None, self.rows,
            time.perf_counter() - self.begin,
        )  # fmt: skip

    def impossible_rows(self) -> list[int]:
        """Members without any row that keeps their own rules: each is a conflict by itself."""
        return [
            who for who in range(len(self.table.rows)) if self.finder.any(who, self.finder.own[who]) is None
        ]

    rows: dict[str, list[str]] = {}  # noqa: RUF012  replaced, not changed

    def relaxed(self, members: list[int], needs: list[int]) -> tuple[list[Relaxation] | None, bool]:
        """What a roster of least violation breaks (None: none found in time); whether it is the least."""
        still = np.zeros(self.table.allowed.shape[:2], np.int64)
        model = Model(self.table, free=members, roster=still, keeper=self.elastic, needs=needs)
        keeper = model.keeper
        assert isinstance(keeper, _Elastic)  # noqa: S101  as made
        model.model.minimize(sat().LinearExpr.sum(keeper.costs) if keeper.costs else 0)
        solver = self.solver(self.left(0.5))
        status = watched(solver, model.model, self.watch)
        if status not in {sat().OPTIMAL, sat().FEASIBLE}:
            return None, False
        roster = model.read(solver)
        names = {self.problem.members[who].code for who in members}
        self.rows = {
            member.code: [self.problem.codes[one] for one in roster[who]]
            for who, member in enumerate(self.problem.members) if member.code in names
        }  # fmt: skip
        rules = [one for one in score.broken(self.problem, self.table, roster)
                 if one.price is None and one.member in names]  # fmt: skip
        found = [
            Relaxation(one.rule, one.member, one.day, one.shift, "", one.limit, one.value) for one in rules
        ]
        cover = score.covered(self.problem, self.table, roster)
        short = [cover[need] for need in needs if cover[need].missing]
        found += [
            Relaxation("need", "", one.day, one.shift, one.skill, one.needed, one.there) for one in short
        ]
        return found, status == sat().OPTIMAL

    def elastic(self, model: cp_model.CpModel) -> Keeper:
        """A keeper that lets every rule give at its price."""
        return _Elastic(model, self.cell_rule)

    def cell_rule(self, item: Item) -> str:
        """Why a cell may not take a symbol."""
        return score.cell_rule(self.problem, item.member, item.day, item.symbol)

    def solver(self, seconds: float) -> cp_model.CpSolver:
        """A solver as the effort says."""
        solver: cp_model.CpSolver = sat().CpSolver()
        solver.parameters.num_workers = self.effort.workers
        solver.parameters.random_seed = self.effort.seed
        solver.parameters.max_time_in_seconds = seconds
        return solver

    def conflict(
        self, members: list[int], needs: list[int], relaxed: Sequence[Relaxation]
    ) -> tuple[tuple[Cause, ...], bool, bool]:
        """A set of causes, whether it is minimal, whether it is proved: few needs first, else all."""
        missed = {(one.day, one.shift, one.skill) for one in relaxed if one.rule == "need"}
        few = [need for need in needs if self._key(need) in missed]
        for part in [few, needs] if 0 < len(few) < len(needs) else [needs]:
            counted = (
                self.table.covers.counts[part].any(0) if part else np.ones(len(self.table.rows), np.bool_)
            )
            model = self.assumed([who for who in members if counted[who]], part)
            core = self.core(model, sorted(model[1]), self.left(0.8))
            if core is not None:
                core, minimal = self.filtered(model, core)
                return tuple(self.cause(model[1][key]) for key in core), minimal, True
        return (), False, False

    def _key(self, need: int) -> tuple[int, str, str]:
        one = self.problem.needs[need]
        return one.day, one.shift, one.skill

    def assumed(self, members: list[int], needs: list[int]) -> tuple[cp_model.CpModel, dict[int, Item]]:
        """The model without objective, each group of hard constraints under a literal of its own."""
        still = np.zeros(self.table.allowed.shape[:2], np.int64)
        model = Model(
            self.table,
            free=members,
            roster=still,
            keeper=lambda one: _Assumed(one, self.cell_rule),
            needs=needs,
        )
        keeper = model.keeper
        assert isinstance(keeper, _Assumed)  # noqa: S101  as made
        model.model.proto.clear_objective()
        return model.model, keeper.items

    def core(
        self, model: tuple[cp_model.CpModel, dict[int, Item]], keys: list[int], seconds: float
    ) -> list[int] | None:
        """Literals among these that conflict, None where they do not (or time ran out)."""
        model[0].clear_assumptions()
        model[0].add_assumptions([model[0].get_bool_var_from_proto_index(key) for key in keys])
        solver = self.solver(seconds)
        solver.parameters.num_workers = 1
        if watched(solver, model[0], self.watch) != sat().INFEASIBLE:
            return None
        found = set(solver.sufficient_assumptions_for_infeasibility())
        return [key for key in keys if key in found]

    def filtered(
        self, model: tuple[cp_model.CpModel, dict[int, Item]], core: list[int]
    ) -> tuple[list[int], bool]:
        """Leave out one after the other what the conflict does not need; whether time sufficed for all."""
        kept, minimal = list(core), True
        for key in core:
            if key not in kept:
                continue
            if self.left() <= 0.2 or self.watch.stopped():
                return kept, False
            less = self.core(model, [one for one in kept if one != key], min(3.0, self.left()))
            if less is not None:
                kept = less
        return kept, minimal

    def cause(self, item: Item) -> Cause:
        """A cause in the caller's terms."""
        if item.rule == "need":
            need = self.problem.needs[item.need]
            return Cause("need", "", need.day, need.shift, need.skill, need.people)
        name = self.problem.members[item.member].code
        cell = item.rule in CELL_PRICES
        shift = self.problem.codes[item.symbol] if cell and item.day >= 0 else ""
        return Cause(item.rule, name, item.day if cell else -1, shift, "", item.limit)


class _Elastic(Keeper):
    """Every hard constraint may give, at its price."""

    def __init__(self, model: cp_model.CpModel, why: Any) -> None:
        super().__init__(model)
        self.why = why
        self.costs: list[Expr] = []

    def at_most(self, expr: Expr, bound: int, item: Item) -> None:
        """Keep it, or pay for what is beyond."""
        hours = item.rule.startswith("hours")
        price = {"need": NEED_PRICE, "cell": 0}.get(item.rule, RULE_PRICE)
        price = price or CELL_PRICES[self.why(item)]
        beyond = self.model.new_int_var(0, 1_000_000, "")
        self.model.add((HOUR * beyond if hours else beyond) >= expr - bound)
        self.costs.append(price * beyond)

    def cell(self, may: bool, item: Item) -> cp_model.IntVar | None:
        """A literal, dear where the cell may not be."""
        literal = self.model.new_bool_var("")
        if not may:
            self.costs.append(CELL_PRICES[self.why(item)] * literal)
        return literal


class _Assumed(Keeper):
    """Each group of hard constraints (rule and member, need, cell) holds where its literal does."""

    def __init__(self, model: cp_model.CpModel, why: Any) -> None:
        super().__init__(model)
        self.why = why
        self.literals: dict[tuple[str, int, int, int], cp_model.IntVar] = {}
        self.items: dict[int, Item] = {}

    def literal(self, item: Item) -> cp_model.IntVar:
        """The literal of an item's group."""
        rule = self.why(item) if item.rule == "cell" else item.rule
        day = item.day if rule in {"leave", "fixed", "forbidden_cell"} else -1
        key = (rule, item.member, day, item.need)
        if key not in self.literals:
            literal = self.model.new_bool_var("")
            self.literals[key] = literal
            self.items[literal.index] = Item(rule, item.member, day, item.symbol, item.need, item.limit)
        return self.literals[key]

    def at_most(self, expr: Expr, bound: int, item: Item) -> None:
        """Keep it where the group's literal holds."""
        if isinstance(expr, int):
            if expr > bound:
                self.model.add_bool_or([~self.literal(item)])
            return
        self.model.add(expr <= bound).only_enforce_if(self.literal(item))

    def cell(self, may: bool, item: Item) -> cp_model.IntVar | None:
        """A literal, false where the cell may not be and the group holds."""
        literal = self.model.new_bool_var("")
        if not may:
            self.model.add_implication(self.literal(item), ~literal)
        return literal
