"""What the worker does for incidents by itself."""

from datetime import timedelta

from anlan.service.incidents.domain import linkage, make_due_live, purge_callbacks
from anlan.service.jobs import periodic

periodic(every=timedelta(hours=1))(purge_callbacks)
periodic(every=timedelta(seconds=5))(linkage.escalate_overdue)
periodic(every=timedelta(seconds=5))(make_due_live)
