"""Minutes of presence at a trial's places, measured while the positions are still kept."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
from django.db import transaction
from django.utils import timezone

from anlan.engine.planning.adherence import Rules, presence
from anlan.service.environment import environment
from anlan.service.patrol.evidence import zone_of
from anlan.service.places.queries import county_area
from anlan.service.planning.done import read
from anlan.service.planning.models import Trial
from anlan.service.planning.trials import records

if TYPE_CHECKING:
    from anlan.service.planning.trials.ask import TrialAsk


def measure_all() -> int:
    """Measure the periods that ended since the last time, of every running trial; return how many."""
    return sum(measure(trial) for trial in Trial.objects.filter(state=Trial.State.RUNNING))


def measure(trial: Trial) -> int:
    """Measure the periods of a trial that are over and were not measured; return how many.

    A period of which positions have been deleted already counts as one that could not be checked.
    """
    if not trial.schedule:
        return 0
    ask = records.ask_of(trial)
    zone = ZoneInfo(zone_of(county_area(trial.area_code[:6])))
    over = (timezone.localdate(timezone=zone) - trial.first).days // ask.period_days
    missing = [
        number for number in range(min(over, ask.weeks * ask.in_week)) if str(number) not in trial.doses
    ]
    found = {str(number): _period(trial, ask, number, zone) for number in missing}
    if found:
        with transaction.atomic():
            held = Trial.objects.select_for_update().get(pk=trial.pk)
            held.doses = found | held.doses
            held.save(update_fields=["doses"])
        trial.doses = held.doses
    return len(found)


def _period(trial: Trial, ask: TrialAsk, number: int, zone: ZoneInfo) -> dict[str, Any]:
    """Return minutes by place (None: could not be checked), and what the positions cover of the duty."""
    first = trial.first + timedelta(days=number * ask.period_days)
    begin, end = (
        datetime.combine(day, time(), zone) for day in (first, first + timedelta(days=ask.period_days))
    )
    spots = records.spots_of(trial)
    if begin < timezone.now() - timedelta(days=environment().position_days):
        return {"minutes": [None] * len(spots), "units": 0, "silent": 0}
    known = read.moves(trial.area_code[:6], begin, end)
    x, y = known.plane.metres([spot.lon for spot in spots], [spot.lat for spot in spots])
    points = dict(zip([spot.code for spot in spots], zip(x.tolist(), y.tolist(), strict=True), strict=True))
    if not known.duties:
        return {"minutes": [None] * len(spots), "units": 0, "silent": known.silent}
    seen = presence(
        known.positions, known.duties, points, [0.0, (end - begin).total_seconds()], Rules(),
        radius_m={spot.code: spot.radius_m for spot in spots},
    )  # fmt: skip
    minutes = seen.known(ask.dose_min)[:, 0]
    return {
        "minutes": [None if np.isnan(value) else round(float(value), 1) for value in minutes],
        "seen": [round(float(value), 1) for value in seen.minutes[:, 0]],
        "units": len({duty.unit for duty in known.duties}),
        "silent": known.silent,
    }
