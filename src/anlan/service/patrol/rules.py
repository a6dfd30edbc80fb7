"""Who may see and make briefings, and who is on patrol."""

from anlan.service.incidents.rules import VIEWERS
from anlan.service.log.audience import tell_only
from anlan.service.staff.access import grant
from anlan.service.staff.models import Role

grant("patrol.view_briefing", *Role.values)
grant("patrol.make_briefing", Role.ANALYST, Role.WATCH_COMMANDER)
grant("patrol.edit_briefing", Role.ANALYST, Role.WATCH_COMMANDER)
grant("patrol.sign_briefing", Role.ANALYST)
grant("patrol.publish_briefing", Role.WATCH_COMMANDER)
grant("patrol.duty", Role.PATROL)

SUPERVISORS = (Role.DISPATCHER, Role.WATCH_COMMANDER, Role.PLANNER, Role.LEADER)
DEAL_WITH_REPORTS = (*SUPERVISORS, Role.COORDINATOR)
grant("patrol.view_report", *DEAL_WITH_REPORTS, Role.CALL_TAKER, Role.AUDITOR)
grant("patrol.settle_report", *DEAL_WITH_REPORTS)
grant("patrol.view_shift", *SUPERVISORS, Role.AUDITOR)
grant("patrol.read_shift", *SUPERVISORS, Role.AUDITOR, Role.PATROL)
grant("patrol.print_codes", Role.PLANNER, Role.WATCH_COMMANDER, Role.ADMINISTRATOR)
tell_only("report", (*DEAL_WITH_REPORTS, Role.CALL_TAKER, Role.AUDITOR))
grant("patrol.manage_devices", Role.ADMINISTRATOR)
tell_only("position", VIEWERS)
