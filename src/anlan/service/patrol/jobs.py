"""What the worker does for patrols by itself."""

from datetime import timedelta

from anlan.service.jobs import periodic
from anlan.service.patrol.domain.pictures import purge_pictures
from anlan.service.patrol.domain.receive import purge_receipts
from anlan.service.patrol.positions import forget_off_duty, make_ahead, purge_fixes

periodic(every=timedelta(hours=6))(purge_fixes)
periodic(every=timedelta(hours=6))(purge_pictures)
periodic(every=timedelta(hours=6))(purge_receipts)

periodic(every=timedelta(hours=6))(make_ahead)
periodic(every=timedelta(minutes=1))(forget_off_duty)
