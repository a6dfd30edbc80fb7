"""Remarks on the data: what is missing, and what is known to mislead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.engine.analysis import density, repeats
from anlan.engine.analysis.briefing.model import Note
from anlan.engine.analysis.briefing.places import origin_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.analysis.briefing.model import Evidence, Points

RECENT_DAYS, TWO_YEARS, MIDNIGHT_SHARE = 28, 730, 0.02


def notes_on(evidence: Evidence, exposed: NDArray[np.bool_]) -> list[Note]:
    """Return the remarks that this evidence calls for."""
    notes = []
    missing = int((~exposed[-RECENT_DAYS:]).sum())
    if missing:
        notes.append(Note("missing_days", {"missing": missing, "of": min(RECENT_DAYS, len(exposed))}))
    if not exposed[-1]:
        notes.append(Note("no_yesterday", {}))
    if len(exposed) < TWO_YEARS:
        notes.append(Note("short_history", {"days": len(exposed)}))
    notes.extend(_on_points(evidence.points))
    if evidence.hours is None:
        notes.append(Note("no_hours", {}))
    return notes


def officer_found(evidence: Evidence, last: Any) -> int:
    """Return how many incidents officers found in the 28 days up to `last`."""
    if evidence.officer_days is None:
        return 0
    return evidence.officer_days.select(start=last - np.timedelta64(RECENT_DAYS - 1, "D")).total


def _on_points(points: Points) -> list[Note]:
    """Name default addresses and midnight-only times."""
    if not len(points.lon):
        return [Note("no_points", {})]
    notes = []
    origin = origin_of(points.lon, points.lat)
    shared = repeats.shared_places(*density.to_metres(points.lon, points.lat, origin)).mean()
    if shared:
        notes.append(Note("default_address", {"share": round(float(shared), 4)}))
    midnight = float((points.occurred.astype("datetime64[s]").astype(np.int64) % 86_400 == 0).mean())
    if midnight > MIDNIGHT_SHARE:
        notes.append(Note("midnight", {"share": round(midnight, 4)}))
    return notes
