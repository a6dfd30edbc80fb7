"""What this app does on its own."""

from datetime import timedelta

from anlan.service.incidents.imports import carry_over_all
from anlan.service.jobs import periodic

periodic(every=timedelta(hours=24))(carry_over_all)
