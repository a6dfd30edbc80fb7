"""What may happen to incidents: the only code that writes them.

Each function checks the permission, changes the row and appends to the log in one transaction; said
again, it changes nothing.
"""

from anlan.service.incidents.domain import linkage
from anlan.service.incidents.domain.callbacks import purge_callbacks, read_callback, read_quiet
from anlan.service.incidents.domain.callers import add_call, link, unlink
from anlan.service.incidents.domain.calls import amend, answers_to, note, take_call
from anlan.service.incidents.domain.clocks import save_standard
from anlan.service.incidents.domain.closing import close, reopen
from anlan.service.incidents.domain.deadlines import set_deadlines
from anlan.service.incidents.domain.dispatch import advance, assign, cancel
from anlan.service.incidents.domain.quiet import end_quiet, take_quiet, tried
from anlan.service.incidents.domain.scheduled import cancel_scheduled, make_due_live, schedule_call
from anlan.service.incidents.domain.types import edit_type, seed_types
from anlan.service.incidents.errors import NeedsConfirmation, Refused

__all__ = [
    "NeedsConfirmation",
    "Refused",
    "add_call",
    "advance",
    "amend",
    "answers_to",
    "assign",
    "cancel",
    "cancel_scheduled",
    "close",
    "edit_type",
    "end_quiet",
    "link",
    "linkage",
    "make_due_live",
    "note",
    "purge_callbacks",
    "read_callback",
    "read_quiet",
    "reopen",
    "save_standard",
    "schedule_call",
    "seed_types",
    "set_deadlines",
    "take_call",
    "take_quiet",
    "tried",
    "unlink",
]
