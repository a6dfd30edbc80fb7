"""A thin layer over HiGHS: rows and columns in, the best solution and its bound out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import highspy
import numpy as np
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Status(StrEnum):
    """How a solve ended."""

    OPTIMAL = "optimal"
    TIME_LIMIT = "time_limit"
    INFEASIBLE = "infeasible"


@dataclass(frozen=True, eq=False)
class Program:
    """Maximise `cost` @ x, `row_low` <= `rows` @ x <= `row_high`, 0 <= x <= `high`, `whole` x integer."""

    cost: NDArray[np.float64]
    high: NDArray[np.float64]
    whole: NDArray[np.bool_]
    rows: csr_array
    row_low: NDArray[np.float64]
    row_high: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Solution:
    """`x` is None when none was found; `bound` is an upper bound of the objective, inf when unknown."""

    status: Status
    x: NDArray[np.float64] | None
    value: float
    bound: float


def solve(
    program: Program, *, time_limit_s: float, gap: float = 1e-4, start: NDArray[np.float64] | None = None
) -> Solution:
    """Solve with HiGHS, from a known solution if there is one; the best so far when time is up."""
    solver = highspy.Highs()
    for option, value in (("output_flag", False), ("time_limit", time_limit_s), ("mip_rel_gap", gap)):
        solver.setOptionValue(option, value)
    solver.passModel(_model(program))
    if start is not None:
        known = highspy.HighsSolution()
        known.col_value = list(start)
        solver.setSolution(known)
    solver.run()
    return _solution(solver)


def _model(program: Program) -> highspy.HighsLp:
    rows = csr_array(program.rows)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(program.cost), rows.shape[0]
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = program.cost, np.zeros_like(program.cost), program.high
    lp.row_lower_, lp.row_upper_ = program.row_low, program.row_high
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    lp.integrality_ = [kinds[int(whole)] for whole in program.whole]
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = rows.indptr, rows.indices, rows.data
    return lp


def _solution(solver: highspy.Highs) -> Solution:
    status, info = solver.getModelStatus(), solver.getInfo()
    if status == highspy.HighsModelStatus.kInfeasible:
        return Solution(Status.INFEASIBLE, None, -np.inf, -np.inf)
    done = Status.OPTIMAL if status == highspy.HighsModelStatus.kOptimal else Status.TIME_LIMIT
    bound = float(info.mip_dual_bound)
    if info.primal_solution_status != 2:
        return Solution(done, None, -np.inf, bound)
    x = np.asarray(solver.getSolution().col_value)
    return Solution(done, x, float(info.objective_function_value), bound)
