"""Who may read the log: the trail is for auditors and commanders; the live stream is for all staff."""

from anlan.service.staff.access import grant
from anlan.service.staff.models import Role

READERS = (Role.AUDITOR, Role.WATCH_COMMANDER, Role.LEADER, Role.ADMINISTRATOR)
grant("log.read", *READERS)
grant("log.stream", *Role.values)
