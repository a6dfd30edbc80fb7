"""Who may take calls, dispatch, close, and read a callback number."""

from anlan.service.log.audience import tell_only
from anlan.service.log.rules import READERS
from anlan.service.staff.access import grant
from anlan.service.staff.models import Role

DUTY_ROOM = (Role.CALL_TAKER, Role.DISPATCHER, Role.WATCH_COMMANDER)

INBOX_ROLES = (Role.HANDLER,)
"""Who reads what is asked of the agency named in the posting."""

VIEWERS = (*DUTY_ROOM, Role.ANALYST, Role.PLANNER, Role.PATROL, Role.LEADER, Role.AUDITOR)

grant("incidents.view", *VIEWERS)
tell_only("incident", VIEWERS)
tell_only("assignment", VIEWERS)
tell_only("linkage", VIEWERS)
tell_only("webhook", (Role.WATCH_COMMANDER, Role.ADMINISTRATOR, Role.AUDITOR))
tell_only("feed", VIEWERS)
tell_only("board", READERS)
grant("incidents.take_call", *DUTY_ROOM)
grant("incidents.dispatch", Role.DISPATCHER, Role.WATCH_COMMANDER)
grant("incidents.close", Role.DISPATCHER, Role.WATCH_COMMANDER)
grant("incidents.reopen", Role.WATCH_COMMANDER)
grant("incidents.read_callback", *DUTY_ROOM)
grant("incidents.edit_types", Role.ADMINISTRATOR)
grant("incidents.import_history", Role.ANALYST, Role.ADMINISTRATOR)

grant("incidents.command", Role.WATCH_COMMANDER)
grant("incidents.edit_escalation", Role.WATCH_COMMANDER, Role.LEADER)
grant("incidents.set_overrides", Role.LEADER, Role.ADMINISTRATOR)
grant("incidents.review", Role.WATCH_COMMANDER, Role.ANALYST, Role.PLANNER, Role.LEADER, Role.AUDITOR)
tell_only("watch", VIEWERS)
tell_only("escalation", VIEWERS)
grant("incidents.link", Role.DISPATCHER, Role.WATCH_COMMANDER)
grant("incidents.inbox", *INBOX_ROLES)
grant("incidents.edit_deadlines", Role.WATCH_COMMANDER, Role.ADMINISTRATOR)
grant("incidents.webhooks", Role.ADMINISTRATOR)
grant("incidents.feeds", Role.ADMINISTRATOR)
