"""Who may see and make briefings, and who is on patrol."""

from anlan.service.staff.access import grant
from anlan.service.staff.models import Role

grant("patrol.view_briefing", *Role.values)
grant("patrol.make_briefing", Role.ANALYST, Role.WATCH_COMMANDER)
grant("patrol.edit_briefing", Role.ANALYST, Role.WATCH_COMMANDER)
grant("patrol.sign_briefing", Role.ANALYST)
grant("patrol.publish_briefing", Role.WATCH_COMMANDER)
grant("patrol.duty", Role.PATROL)
grant("patrol.manage_devices", Role.ADMINISTRATOR)
