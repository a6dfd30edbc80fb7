"""A thin layer over HiGHS: rows and columns in, the best solution and its bound out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np
from scipy.sparse import csr_array

from anlan.engine.planning.watch import UNWATCHED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.watch import Watch


class Status(StrEnum):
    """How a solve ended: `stopped` by the watch, `unproven` where only a quick bound was asked for."""

    OPTIMAL = "optimal"
    TIME_LIMIT = "time_limit"
    INFEASIBLE = "infeasible"
    STOPPED = "stopped"
    UNPROVEN = "unproven"


@dataclass(frozen=True, eq=False)
class Program:
    """Maximise `cost` @ x, `row_low` <= `rows` @ x <= `row_high`, `low` <= x <= `high`, `whole` x integer.

    `low` None is 0 for all.
    """

    cost: NDArray[np.float64]
    high: NDArray[np.float64]
    whole: NDArray[np.bool_]
    rows: csr_array
    row_low: NDArray[np.float64]
    row_high: NDArray[np.float64]
    low: NDArray[np.float64] | None = None


@dataclass(frozen=True, eq=False)
class Solution:
    """`x` is None when none was found; `bound` is an upper bound of the objective, inf when unknown."""

    status: Status
    x: NDArray[np.float64] | None
    value: float
    bound: float


def solve(
    program: Program,
    *,
    time_limit_s: float,
    gap: float = 1e-4,
    start: NDArray[np.float64] | None = None,
    watch: Watch = UNWATCHED,
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
    if watch is not UNWATCHED:
        solver.cbMipInterrupt += lambda event: _look(event, watch)
    solver.run()
    return _solution(solver)


def prices(program: Program, *, time_limit_s: float) -> NDArray[np.float64] | None:
    """Dual value of each row of a program without whole columns, None where time does not suffice.

    Of a binding ">=" row of a maximisation it is 0 or less.
    """
    solver = highspy.Highs()
    for option, value in (("output_flag", False), ("time_limit", time_limit_s)):
        solver.setOptionValue(option, value)
    solver.passModel(_model(program))
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    return np.asarray(solver.getSolution().row_dual)


def _look(event: Any, watch: Watch) -> None:
    """HiGHS asks now and then whether to go on."""
    gap = float(event.data_out.mip_gap)
    watch.told("prove", 0.0, gap if np.isfinite(gap) else None)
    if watch.stopped():
        event.interrupt()


def _model(program: Program) -> highspy.HighsLp:
    rows = csr_array(program.rows)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(program.cost), rows.shape[0]
    lp.sense_ = highspy.ObjSense.kMaximize
    low = np.zeros_like(program.cost) if program.low is None else program.low
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = program.cost, low, program.high
    lp.row_lower_, lp.row_upper_ = program.row_low, program.row_high
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    lp.integrality_ = [kinds[int(whole)] for whole in program.whole]
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = rows.indptr, rows.indices, rows.data
    return lp


ENDS = {
    highspy.HighsModelStatus.kOptimal: Status.OPTIMAL,
    highspy.HighsModelStatus.kInfeasible: Status.INFEASIBLE,
    highspy.HighsModelStatus.kInterrupt: Status.STOPPED,
}


def _solution(solver: highspy.Highs) -> Solution:
    status, info = ENDS.get(solver.getModelStatus(), Status.TIME_LIMIT), solver.getInfo()
    if status is Status.INFEASIBLE:
        return Solution(status, None, -np.inf, -np.inf)
    bound = float(info.mip_dual_bound)
    if info.primal_solution_status != 2:
        return Solution(status, None, -np.inf, bound)
    x = np.asarray(solver.getSolution().col_value)
    return Solution(status, x, float(info.objective_function_value), bound)
