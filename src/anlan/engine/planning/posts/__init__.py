"""Standby posts: where cars wait, by the field's models, with the gap and the reasons.

`place` answers a `Request`; `double_standard`, `mclp`, `mexclp` and `p_median` are requests by name.
"""

from anlan.engine.planning.posts.known import Basis
from anlan.engine.planning.posts.limits import ContradictionError, Relief
from anlan.engine.planning.posts.models import double_standard, mclp, mexclp, p_median
from anlan.engine.planning.posts.moves import Moves
from anlan.engine.planning.posts.place import place
from anlan.engine.planning.posts.request import INTERACTIVE, Effort, Model, Request, Rings
from anlan.engine.planning.posts.result import MinimumForce, PostPlan, Response, Shortfall
from anlan.engine.planning.posts.shifts import ShiftsPlan, place_shifts

__all__ = [
    "INTERACTIVE",
    "Basis",
    "ContradictionError",
    "Effort",
    "MinimumForce",
    "Model",
    "Moves",
    "PostPlan",
    "Relief",
    "Request",
    "Response",
    "Rings",
    "ShiftsPlan",
    "Shortfall",
    "double_standard",
    "mclp",
    "mexclp",
    "p_median",
    "place",
    "place_shifts",
]
