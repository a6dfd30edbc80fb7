"""What else rings in the duty room: calls on which nobody speaks, rung back later, and alarms of devices."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from anlan.demo.generate import names
from anlan.demo.load.desk import send_alarm
from anlan.demo.load.devices import FEED
from anlan.gateway.alarms import RAISED, Alarm
from anlan.service.incidents import domain
from anlan.service.incidents.models import FeedDevice, QuietCall

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from anlan.demo.live.day import Day

QUIET_S, ALARM_S, RING_S = 1500.0, 2400.0, 240.0  # means, in seconds of the simulated day
MOST_QUIET = 8
NO_NUMBER, REACHED = 0.2, 0.6
NUMBER = "00000009"  # no telephone number begins so


class Room:
    """Quiet calls and alarms of the live day."""

    def go(self, day: Day, now: datetime, seconds: float) -> None:
        """Let quiet calls and alarms come, and the call-taker ring back what it noted itself."""
        if self.comes(day, QUIET_S, seconds):
            day.attempt(self.quiet, day, now)
        if self.comes(day, ALARM_S, seconds):
            self.alarm(day)
        for call in self.own(day).filter(ended_at=None):
            if day.ripe("ring", call.pk, RING_S, now):
                del day.due["ring", call.pk]
                day.attempt(self.ring, day, call)

    def comes(self, day: Day, mean: float, seconds: float) -> bool:
        """Whether something rare happens in so many seconds of real time."""
        return float(day.rng.random()) < seconds * day.speed / mean

    def own(self, day: Day) -> QuerySet[QuietCall]:
        """The quiet calls that the simulated call-taker noted."""
        return QuietCall.objects.in_county(names.COUNTY6).filter(taken_by=day.people["sim-call-taker"])

    def quiet(self, day: Day, now: datetime) -> None:
        """A call that is silent, or rang off before it was answered."""
        if QuietCall.objects.in_county(names.COUNTY6).filter(ended_at=None).count() >= MOST_QUIET:
            return
        silent = bool(day.rng.random() < 0.5)
        rang = now - timedelta(seconds=float(day.rng.uniform(8, 30)))
        answered = rang + timedelta(seconds=day.answering()) if silent else None
        number = "" if day.rng.random() < NO_NUMBER else NUMBER
        domain.take_quiet(
            day.people["sim-call-taker"], names.COUNTY6,
            QuietCall.Kind.SILENT if silent else QuietCall.Kind.ABANDONED, uuid.uuid4(),
            callback=number, rang_at=rang, answered_at=answered, received_at=timezone.now(),
        )  # fmt: skip

    def ring(self, day: Day, call: QuietCall) -> None:
        """Ring back: somebody answers and needs nothing, or nobody does; the second time that is the end."""
        actor = day.people["sim-call-taker"]
        if not call.callback:
            domain.end_quiet(call, QuietCall.Outcome.NO_NUMBER, actor)
        elif day.rng.random() < REACHED:
            domain.end_quiet(call, QuietCall.Outcome.NO_NEED, actor)
        elif domain.tried(call, actor, call.tries).tries > 1:
            domain.end_quiet(call, QuietCall.Outcome.NOT_REACHED, actor)

    def alarm(self, day: Day) -> None:
        """The monitoring centre sends an alarm of one of its devices."""
        devices = list(FeedDevice.objects.filter(feed__code=FEED, feed__active=True, active=True))
        if devices and day.takes_more():
            device = devices[int(day.rng.integers(len(devices)))]
            send_alarm(device.feed, str(uuid.uuid4()), Alarm(RAISED, device.code, "烟感报警"))
