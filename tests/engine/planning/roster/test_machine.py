"""The best row of one member against every row there is."""

from __future__ import annotations

import itertools
import math

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engine.planning.roster.cases import problems

from anlan.engine.planning.roster.finder import Finder
from anlan.engine.planning.roster.machine import machines
from anlan.engine.planning.roster.model import Model
from anlan.engine.planning.roster.score import broken, parts
from anlan.engine.planning.roster.table import table

SLOW = list(HealthCheck)


@settings(max_examples=30, deadline=None, suppress_health_check=SLOW)
@given(problems(members=1, days=6), st.integers(0, 10_000))
def test_best_row(problem, seed):
    """The cheapest of all rows for random costs of cells; with fairness left out, a bound below it."""
    numbers = table(problem)
    (one,) = machines(numbers)
    finder = Finder(numbers, [one])
    noise = np.random.default_rng(seed).integers(-30, 30, finder.own[0].shape).astype(float)
    cells = finder.own[0] + noise
    days = np.arange(problem.days)
    costs = [
        finder.cost(0, row) + noise[days, row].sum()
        for row in map(np.asarray, itertools.product(range(len(problem.codes)), repeat=problem.days))
    ]
    best, rows, cut = one.best(cells)
    assert not cut
    least = one.least(cells)[0]
    if min(costs) == math.inf:
        assert not len(rows)
        return
    assert best[0] == min(costs) == finder.cost(0, rows[0]) + noise[days, rows[0]].sum()
    assert least <= best[0] + 1e-9


@settings(max_examples=30, deadline=None, suppress_health_check=SLOW)
@given(problems(members=2, days=7, hard=False), st.integers(0, 10_000))
def test_search_score_and_model_agree(problem, seed):
    """A random row costs the same by the automaton, by the score, and by the model with all cells fixed."""
    numbers = table(problem)
    finder = Finder(numbers, machines(numbers))
    random = np.random.default_rng(seed)
    members = len(problem.members)
    roster = random.integers(0, len(problem.codes), (members, problem.days))
    rules = broken(problem, numbers, roster)
    hard = any(one.price is None for one in rules)
    costs = sum(finder.cost(who, row) for who, row in enumerate(roster))
    assert (costs == math.inf) == hard
    from ortools.sat.python import cp_model

    from anlan.engine.planning.roster.finder import State

    model = Model(numbers, roster=roster, days=range(0))
    model.open = range(problem.days)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    whole = Model(numbers)
    for who in range(members):
        for day, here in enumerate(whole.x[who]):
            for symbol, literal in here.items():
                whole.model.add(literal == int(roster[who, day] == symbol))
            if roster[who, day] and roster[who, day] not in here:
                whole.model.add_bool_or([])
    status = solver.solve(whole.model)
    assert (status == cp_model.INFEASIBLE) == hard
    if not hard:
        total = State(finder, roster).total()
        assert solver.objective_value == total == parts(problem, numbers, roster, rules).total
