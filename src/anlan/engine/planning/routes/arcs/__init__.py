"""Lines shared out in rounds: capacitated arc routing."""

from anlan.engine.planning.routes.arcs.bound import cost_bound
from anlan.engine.planning.routes.arcs.lines import Left, Leg, LinePlan, Lines, Round
from anlan.engine.planning.routes.arcs.solve import route_lines

__all__ = ["Left", "Leg", "LinePlan", "Lines", "Round", "cost_bound", "route_lines"]
