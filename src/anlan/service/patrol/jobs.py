"""What the worker does for patrols by itself."""

from datetime import timedelta

from anlan.service.jobs import periodic
from anlan.service.patrol.positions import purge_fixes

periodic(every=timedelta(hours=6))(purge_fixes)
