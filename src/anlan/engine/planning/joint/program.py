"""Columns and rows gathered one by one, solved by HiGHS; watched, and stopped with the best so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np
from scipy.sparse import csr_array

from anlan.engine.planning.mip import Status
from anlan.engine.planning.watch import UNWATCHED, Watch

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

Terms = dict[int, float]
INF = float("inf")


@dataclass(frozen=True)
class Search:
    """When to stop: seconds, relative gap; the seed of HiGHS; the step's name for who looks on."""

    time_limit_s: float
    gap: float = 0.0
    seed: int = 0
    step: str = "solve"


@dataclass(frozen=True)
class Answer:
    """How a solve ended; `x` is None where nothing was found. The objective is least, `bound` below it."""

    status: Status
    x: NDArray[np.float64] | None
    value: float
    bound: float


@dataclass(eq=False)
class Columns:
    """Variables 0 <= x <= high, whole or not, and rows low <= terms <= high."""

    high: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    rows: list[tuple[Terms, float, float]] = field(default_factory=list)

    def add(self, high: float, *, whole: bool = True) -> int:
        """Add a variable; returns its number."""
        self.high.append(high)
        self.whole.append(whole)
        return len(self.high) - 1

    def row(self, terms: Terms, low: float = -INF, high: float = INF) -> None:
        """Add a row."""
        self.rows.append((terms, low, high))


def total(columns: Iterable[int], factor: float = 1.0) -> Terms:
    """The sum of some variables."""
    return dict.fromkeys(columns, factor)


def minimise(
    columns: Columns,
    cost: Mapping[int, float],
    rows: Iterable[tuple[Terms, float, float]] = (),
    *,
    search: Search,
    start: NDArray[np.float64] | None = None,
    watch: Watch = UNWATCHED,
) -> Answer:
    """Least cost over the columns' rows and more `rows`; the best so far when time is up or it is stopped.

    `start`: a known solution of the first columns; HiGHS finds the rest of it.
    """
    if not columns.high:  # nothing to decide: HiGHS calls that no solution
        return Answer(Status.OPTIMAL, np.zeros(0), 0.0, 0.0)
    solver = highspy.Highs()
    options = {
        "output_flag": False,
        "time_limit": search.time_limit_s,
        "mip_rel_gap": search.gap,
        "random_seed": search.seed,
    }
    for option, value in options.items():
        solver.setOptionValue(option, value)
    solver.passModel(_model(columns, cost, [*columns.rows, *rows]))
    if start is not None:
        known = highspy.HighsSolution()
        known.col_value = [*start, *([0.0] * (len(columns.high) - len(start)))]
        solver.setSolution(known)
    if watch is not UNWATCHED:
        _look_on(solver, watch, search)
    solver.run()
    return _answer(solver)


def _look_on(solver: highspy.Highs, watch: Watch, search: Search) -> None:
    def told(event: Any) -> None:
        out = event.data_out
        gap = float(out.mip_gap) if np.isfinite(out.mip_gap) else None
        watch.told(search.step, min(1.0, float(out.running_time) / search.time_limit_s), gap)
        event.data_in.user_interrupt = watch.stopped()

    solver.cbMipInterrupt.subscribe(told)


def _model(
    columns: Columns, cost: Mapping[int, float], rows: list[tuple[Terms, float, float]]
) -> highspy.HighsLp:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(columns.high), len(rows)
    lp.col_cost_ = np.array([cost.get(column, 0.0) for column in range(lp.num_col_)])
    lp.col_lower_, lp.col_upper_ = np.zeros(lp.num_col_), np.array(columns.high)
    lp.row_lower_ = np.array([low for _, low, _ in rows])
    lp.row_upper_ = np.array([high for _, _, high in rows])
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    lp.integrality_ = [kinds[int(whole)] for whole in columns.whole]
    place = np.repeat(np.arange(len(rows)), [len(terms) for terms, _, _ in rows])
    index = np.array([column for terms, _, _ in rows for column in terms], np.int32)
    value = np.array([factor for terms, _, _ in rows for factor in terms.values()], np.float64)
    table = csr_array((value, (place, index)), shape=(lp.num_row_, lp.num_col_))
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = table.indptr, table.indices, table.data
    return lp


def _answer(solver: highspy.Highs) -> Answer:
    status, info = solver.getModelStatus(), solver.getInfo()
    if status == highspy.HighsModelStatus.kInfeasible:
        return Answer(Status.INFEASIBLE, None, INF, INF)
    done = Status.OPTIMAL if status == highspy.HighsModelStatus.kOptimal else Status.TIME_LIMIT
    bound = max(float(info.mip_dual_bound), 0.0)
    if info.primal_solution_status != 2:
        return Answer(done, None, INF, bound)
    value = float(info.objective_function_value)
    return Answer(done, np.rint(np.asarray(solver.getSolution().col_value)), value, min(bound, value))
