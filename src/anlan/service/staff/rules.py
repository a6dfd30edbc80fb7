"""Who may do what with accounts and agencies; `staff.is_posted` opens what every posted member may see."""

from anlan.service.staff.access import STAFF, grant
from anlan.service.staff.models import Role

grant(STAFF, *Role.values)
grant("staff.manage", Role.ADMINISTRATOR)
grant("staff.view_units", *Role.values)
grant("staff.set_duty", Role.DISPATCHER, Role.WATCH_COMMANDER, Role.ADMINISTRATOR)
