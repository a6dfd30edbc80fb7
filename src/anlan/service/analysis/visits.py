"""Where patrols were and where the colours sent them, by beat and day."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np

from anlan.service.patrol.models import BeatAlert, CheckIn
from anlan.service.places.models import Checkpoint, PatrolLine, PatrolPoint, StandbyPost

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date as Date  # noqa: N812

    from numpy.typing import NDArray

    from anlan.service.analysis.ground import Ground

PLACES = (PatrolPoint, PatrolLine, StandbyPost, Checkpoint)
CALLED = ("red", "orange", "yellow")


def visits(ground: Ground, beats: Sequence[str], start: Date, end: Date) -> NDArray[np.int64]:
    """Return how often units checked in at places of each beat on each day of [start, end); (beats, days)."""
    zone = ZoneInfo(ground.zone)
    first, last = (datetime.combine(day, time(), zone) for day in (start, end))
    seen = CheckIn.objects.filter(
        area_code__startswith=ground.county6, at__gte=first, at__lt=last
    ).values_list("place_code", "at")
    rows = list(seen)
    beat_of = _beats_of({place for place, _at in rows})
    return _tally(
        ((beat_of.get(place, ""), (at.astimezone(zone).date() - start).days) for place, at in rows),
        beats, (end - start).days,
    )  # fmt: skip


def called(ground: Ground, beats: Sequence[str], start: Date, end: Date) -> NDArray[np.bool_]:
    """Return whether a published briefing gave each beat a colour above green on each day; (beats, days)."""
    rows = BeatAlert.objects.filter(
        briefing__area_code__startswith=ground.county6, briefing__published_at__isnull=False,
        briefing__date__gte=start, briefing__date__lt=end, colour__in=CALLED,
    ).values_list("beat_code", "briefing__date")  # fmt: skip
    return _tally(((beat, (day - start).days) for beat, day in rows), beats, (end - start).days) > 0


def _beats_of(places: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for model in PLACES:
        found |= dict(model.objects.filter(code__in=places).values_list("code", "beat_code"))
    return found


def _tally(rows: Iterable[tuple[str, int]], beats: Sequence[str], days: int) -> NDArray[Any]:
    place = {code: number for number, code in enumerate(beats)}
    counts = np.zeros((len(beats), days), np.int64)
    for beat, day in rows:
        if beat in place:
            counts[place[beat], day] += 1
    return counts
