"""What is shown of incidents and units."""

from anlan.service.incidents.queries.board import Board, QueueRow, UnitState, board, unit_states
from anlan.service.incidents.queries.types import find_type, types_for

__all__ = ["Board", "QueueRow", "UnitState", "board", "find_type", "types_for", "unit_states"]
