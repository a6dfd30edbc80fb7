"""One reading and one drawing of a county's board for all who have it open: each gets what changed for it."""

from anlan.service.incidents.boards.drawn import Voice
from anlan.service.incidents.boards.readings import Reading, readings
from anlan.service.incidents.boards.shown import Shown, shown

__all__ = ["Reading", "Shown", "Voice", "readings", "shown"]
