"""Who may ask the methods, and whose navigation leads to them."""

from anlan.service.staff.access import grant
from anlan.service.staff.models import Role

grant("analysis.view", *Role.values)
# Phones on patrol and dispatch desks keep a short navigation; the pages are open to them as the briefing is.
grant("analysis.work", Role.ANALYST, Role.PLANNER, Role.WATCH_COMMANDER, Role.LEADER, Role.AUDITOR)
