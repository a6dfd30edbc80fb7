"""What may happen to incidents: the only code that writes them.

Each function checks the permission, changes the row and appends to the log in one transaction; said
again, it changes nothing.
"""

from anlan.service.incidents.domain import linkage
from anlan.service.incidents.domain.calls import amend, note, take_call
from anlan.service.incidents.domain.closing import close, purge_callbacks, read_callback, reopen
from anlan.service.incidents.domain.deadlines import set_deadlines
from anlan.service.incidents.domain.dispatch import advance, assign, cancel
from anlan.service.incidents.domain.layout import arrange_board
from anlan.service.incidents.domain.types import edit_type, seed_types
from anlan.service.incidents.errors import NeedsConfirmation, Refused

__all__ = [
    "NeedsConfirmation",
    "Refused",
    "advance",
    "amend",
    "arrange_board",
    "assign",
    "cancel",
    "close",
    "edit_type",
    "linkage",
    "note",
    "purge_callbacks",
    "read_callback",
    "reopen",
    "seed_types",
    "set_deadlines",
    "take_call",
]
