"""Who may see, make, sign and publish plans, rosters and trials."""

from anlan.service.staff.access import grant
from anlan.service.staff.models import Role

grant("planning.view", *Role.values)
grant("planning.make", Role.PLANNER, Role.WATCH_COMMANDER)
grant("planning.approve", Role.WATCH_COMMANDER, Role.LEADER)
grant("planning.publish", Role.PLANNER, Role.WATCH_COMMANDER)
grant("planning.set_standards", Role.PLANNER, Role.ADMINISTRATOR)
