"""What the worker does for planning by itself."""

from datetime import timedelta

from anlan.service.jobs import periodic
from anlan.service.planning.domain.doses import measure_all

periodic(every=timedelta(hours=6))(measure_all)
