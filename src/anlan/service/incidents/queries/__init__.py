"""What is shown of incidents and units."""

from anlan.service.incidents.queries.board import Board, QueueRow, UnitState, board, narrowed, unit_states
from anlan.service.incidents.queries.card import Card, card, timeline
from anlan.service.incidents.queries.near import Spot, duplicates, history, premises
from anlan.service.incidents.queries.types import find_type, types_for

__all__ = [
    "Board",
    "Card",
    "QueueRow",
    "Spot",
    "UnitState",
    "board",
    "card",
    "duplicates",
    "find_type",
    "history",
    "narrowed",
    "premises",
    "timeline",
    "types_for",
    "unit_states",
]
