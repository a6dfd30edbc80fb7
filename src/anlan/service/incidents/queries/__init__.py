"""What is shown of incidents and units."""

from anlan.service.incidents.queries.board import Board, QueueRow, UnitState, board, unit_states
from anlan.service.incidents.queries.calls import calls_of, quiet_calls, scheduled_calls
from anlan.service.incidents.queries.card import Card, card, timeline
from anlan.service.incidents.queries.clocks import clocks, own_standards
from anlan.service.incidents.queries.near import Spot, duplicates, history, premises
from anlan.service.incidents.queries.search import find_places, suggest_types
from anlan.service.incidents.queries.types import find_type, types_for

__all__ = [
    "Board",
    "Card",
    "QueueRow",
    "Spot",
    "UnitState",
    "board",
    "calls_of",
    "card",
    "clocks",
    "duplicates",
    "find_places",
    "find_type",
    "history",
    "own_standards",
    "premises",
    "quiet_calls",
    "scheduled_calls",
    "suggest_types",
    "timeline",
    "types_for",
    "unit_states",
]
