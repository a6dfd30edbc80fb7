"""What may happen to incidents: the only code that writes them.

Each function checks the permission, changes the row and appends to the log in one transaction; said
again, it changes nothing.
"""

from anlan.service.incidents.domain import linkage
from anlan.service.incidents.domain.backup import decline_backup, request_backup
from anlan.service.incidents.domain.calls import amend, note, take_call
from anlan.service.incidents.domain.check_in import check_crew_in, tell_of_missed
from anlan.service.incidents.domain.closing import close, purge_callbacks, read_callback, reopen
from anlan.service.incidents.domain.deadlines import set_deadlines
from anlan.service.incidents.domain.dispatch import advance, assign, cancel
from anlan.service.incidents.domain.emergency import acknowledge_emergency, emergency
from anlan.service.incidents.domain.layout import arrange_board
from anlan.service.incidents.domain.moves import advance_move, order_move
from anlan.service.incidents.domain.preempt import preempt
from anlan.service.incidents.domain.run_cards import remove_run_card, save_run_card
from anlan.service.incidents.domain.stacking import stack, unstack
from anlan.service.incidents.domain.types import edit_type, seed_types
from anlan.service.incidents.errors import NeedsConfirmation, Refused

__all__ = [
    "NeedsConfirmation",
    "Refused",
    "acknowledge_emergency",
    "advance",
    "advance_move",
    "amend",
    "arrange_board",
    "assign",
    "cancel",
    "check_crew_in",
    "close",
    "decline_backup",
    "edit_type",
    "emergency",
    "linkage",
    "note",
    "order_move",
    "preempt",
    "purge_callbacks",
    "read_callback",
    "remove_run_card",
    "reopen",
    "request_backup",
    "save_run_card",
    "seed_types",
    "set_deadlines",
    "stack",
    "take_call",
    "tell_of_missed",
    "unstack",
]
