"""Who may see and change places."""

from anlan.service.staff.access import grant
from anlan.service.staff.models import Role

grant("places.view", *Role.values)
grant("places.manage", Role.ADMINISTRATOR, Role.PLANNER)
