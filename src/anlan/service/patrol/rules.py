"""Who may see and make briefings and plans, and who is on patrol."""

from anlan.service.staff.access import grant
from anlan.service.staff.models import Role

grant("patrol.view_briefing", *Role.values)
grant("patrol.make_briefing", Role.ANALYST, Role.WATCH_COMMANDER)
grant("patrol.edit_briefing", Role.ANALYST, Role.WATCH_COMMANDER)
grant("patrol.sign_briefing", Role.ANALYST)
grant("patrol.publish_briefing", Role.WATCH_COMMANDER)
grant("patrol.make_plan", Role.PLANNER, Role.WATCH_COMMANDER)
grant("patrol.approve_plan", Role.WATCH_COMMANDER, Role.LEADER)
grant("patrol.duty", Role.PATROL)
