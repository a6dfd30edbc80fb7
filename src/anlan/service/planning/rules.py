"""Who may see, make and approve plans."""

from anlan.service.staff.access import grant
from anlan.service.staff.models import Role

grant("planning.view", *Role.values)
grant("planning.make", Role.PLANNER, Role.WATCH_COMMANDER)
grant("planning.approve", Role.WATCH_COMMANDER, Role.LEADER)
