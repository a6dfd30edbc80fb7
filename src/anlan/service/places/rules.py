"""Who may see and change places."""

from anlan.service.staff.access import grant
from anlan.service.staff.models import Role

grant("places.view", *Role.values)
grant("places.manage", Role.ADMINISTRATOR, Role.PLANNER)
grant("places.close_roads", Role.DISPATCHER, Role.WATCH_COMMANDER, Role.PLANNER)
grant("places.set_speeds", Role.PLANNER, Role.ADMINISTRATOR)
