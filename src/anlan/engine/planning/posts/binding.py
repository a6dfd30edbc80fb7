"""What keeps a plan from being worth more, by name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.planning.posts.problem import CoverProblem, problem
from anlan.engine.planning.posts.request import Model
from anlan.engine.planning.posts.search import Search

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.posts.problem import Problem
    from anlan.engine.planning.posts.report import Marginal
    from anlan.engine.planning.posts.request import Request
    from anlan.engine.planning.posts.result import Binds, MinimumForce

ALMOST = 0.01


def binds(
    request: Request, of: Problem, cars: NDArray[np.int64], least: MinimumForce, by: Marginal
) -> tuple[Binds, ...]:
    """Names of what binds.

    `cars`: one more would help. `alpha`: the share owed is met with under 1 % to spare. `support`: no car is
    spare beyond the minimum force. `cap`: another car at a full post would help. `sites`: some demand could
    not be covered by any choice among the candidates. `pins`, `forbidden`, `moves`: a single car could be
    put to better use but for a pin, a forbidden site, the price of moves.
    """
    found: list[Binds] = []
    room = cars < request.limits[1]
    if room.any() and by.gain[room].max() > 0:
        found.append("cars")
    if _alpha_binds(request, cars):
        found.append("alpha")
    if request.support_owed and least.cars >= request.cars:
        found.append("support")
    if (by.gain[~room & (cars > 0)] > 0).any():
        found.append("cap")
    if isinstance(of, CoverProblem) and _sites_bind(request):
        found.append("sites")
    return (*found, *_edits(request, of, cars))


def _alpha_binds(request: Request, cars: NDArray[np.int64]) -> bool:
    near = (request.table[cars > 0] <= request.rings.ring_s).any(axis=0)
    once, total = float(request.weight[near].sum()), float(request.weight.sum())
    return request.required > 0 and once < request.required + ALMOST * total


def _sites_bind(request: Request) -> bool:
    need = 2 if request.model is Model.DOUBLE_STANDARD else 1
    most = (request.table <= request.rings.ring_s).T.astype(np.int64) @ request.limits[1]
    return bool(request.weight[most < need].any())


def _edits(request: Request, of: Problem, cars: NDArray[np.int64]) -> list[Binds]:
    """Whether a single move would help if a pin, a forbidden site or the price of moves were not there."""
    low, high = request.limits
    pinned, barred = (low > 0) & (cars == low), high == 0
    found: list[Binds] = []
    if pinned.any() or barred.any():
        free = replace(request, low=0, high=np.where(barred, 1, high), start=None)
        search = Search(problem(free, hard=isinstance(of, CoverProblem) and of.hard))
        leave, gain = search.exchanges(cars)
        helps = gain > 10 * search.near
        if helps[pinned[leave]][:, ~barred].any():
            found.append("pins")
        if helps[~pinned[leave]][:, barred].any():
            found.append("forbidden")
    if request.move_price > 0:
        search = Search(replace(of, site=np.zeros_like(of.site)))
        if (search.exchanges(cars)[1] > 10 * search.near).any():
            found.append("moves")
    return found
