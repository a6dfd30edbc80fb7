"""What the worker does for incidents by itself."""

from datetime import timedelta

from anlan.service.incidents.domain import delivery, linkage, purge_callbacks, tell_of_missed
from anlan.service.jobs import periodic

periodic(every=timedelta(hours=1))(purge_callbacks)
periodic(every=timedelta(seconds=5))(linkage.escalate_overdue)
periodic(every=timedelta(seconds=5))(tell_of_missed)
periodic(every=timedelta(days=1))(delivery.forget_deliveries)
