"""Duty rosters: who is on which shift on which day."""

from anlan.engine.planning.roster.callup import CALLED, Alert, Called, CallUps, Order, ShortCall, call_up
from anlan.engine.planning.roster.conflict import Cause, Explanation, Relaxation, explain
from anlan.engine.planning.roster.patterns import (
    CYCLES,
    Pattern,
    dated,
    named,
    pattern_rows,
    short_rests,
)
from anlan.engine.planning.roster.problem import (
    Balance,
    Cell,
    Edits,
    Fairness,
    Member,
    Need,
    Prices,
    Problem,
    Wish,
)
from anlan.engine.planning.roster.rules import Forbidden, Hours, Limit, Rules
from anlan.engine.planning.roster.score import Broken, Covered, Parts, Tally
from anlan.engine.planning.roster.solving import Effort, Roster, Status, assess, solve
from anlan.engine.planning.roster.takeover import Gap, Takeover, takeovers

__all__ = [
    "CALLED",
    "CYCLES",
    "Alert",
    "Balance",
    "Broken",
    "CallUps",
    "Called",
    "Cause",
    "Cell",
    "Covered",
    "Edits",
    "Effort",
    "Explanation",
    "Fairness",
    "Forbidden",
    "Gap",
    "Hours",
    "Limit",
    "Member",
    "Need",
    "Order",
    "Parts",
    "Pattern",
    "Prices",
    "Problem",
    "Relaxation",
    "Roster",
    "Rules",
    "ShortCall",
    "Status",
    "Takeover",
    "Tally",
    "Wish",
    "assess",
    "call_up",
    "dated",
    "explain",
    "named",
    "pattern_rows",
    "short_rests",
    "solve",
    "takeovers",
]
