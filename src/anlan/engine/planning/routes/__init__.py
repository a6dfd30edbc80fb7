"""Routes per unit and shift: must-visit points, patrol lines, hot-spot stops, meals, room for calls."""

from anlan.engine.planning.routes.annealing import Effort
from anlan.engine.planning.routes.edits import NO_EDITS, Edits, Forbid, Lock, Pin
from anlan.engine.planning.routes.inputs import (
    Kind,
    Line,
    Meal,
    Point,
    Post,
    Request,
    Spot,
    Travel,
    Unit,
    expected_room,
)
from anlan.engine.planning.routes.plan import Dose, Entry, Relaxation, RoutePlan, UnitRoute, Unmet
from anlan.engine.planning.routes.solve import plan_routes
from anlan.engine.planning.routes.vary import Past, Unpredictability, Vary, past_of, unpredictability

__all__ = [
    "NO_EDITS", "Dose", "Edits", "Effort", "Entry", "Forbid", "Kind", "Line", "Lock", "Meal", "Past", "Pin",
    "Point", "Post", "Relaxation", "Request", "RoutePlan", "Spot", "Travel", "Unit", "UnitRoute", "Unmet",
    "Unpredictability", "Vary", "expected_room", "past_of", "plan_routes", "unpredictability",
]  # fmt: skip
