"""The colours of a day with their reasons, and the colours of the days of a longer period."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.analysis import colours
from anlan.engine.analysis.briefing.changes import main_categories
from anlan.engine.analysis.briefing.model import BeatColour, ColourDays
from anlan.engine.analysis.decay import Decay, past
from anlan.engine.analysis.reasons import Reasons

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from anlan.engine.analysis.briefing.model import Evidence

NAMES = {-1: "unknown", **dict(enumerate(colours.COLOURS))}


def surprise_of(evidence: Evidence, exposed: NDArray[np.bool_], watch: colours.Watch) -> colours.Surprise:
    """Return how surprising the last days were, for all incidents and each main category."""
    streams = ["", *main_categories(evidence)]
    grouped = evidence.days.regroup_types(evidence.categories)
    counts = np.stack([grouped.dense(None if not stream else [stream]) for stream in streams])
    return colours.surprise(counts, evidence.days.periods, exposed, streams, watch)


def colours_of(
    evidence: Evidence, exposed: NDArray[np.bool_], near: Mapping[str, int], watch: colours.Watch
) -> list[BeatColour]:
    """Return every beat's colour for the day to come with its reason; `near`: near repeats by beat."""
    found = surprise_of(evidence, exposed, watch)
    effective = float(past(np.append(exposed, False).astype(float), Decay().half_life, 0)[-1])
    rows = colours.alerts(
        found, [str(code) for code in evidence.days.cells], effective, watch.budget, watch.hold
    )
    reasons = Reasons(evidence.days, evidence.hours, evidence.categories, exposed)
    return [_with_reason(reasons, alert, near.get(alert.beat_code, 0)) for alert in rows]


def _with_reason(reasons: Reasons, alert: colours.Alert, near: int) -> BeatColour:
    if alert.colour == "unknown":
        return BeatColour(alert, [], None, near)
    where = alert.beat_code, alert.stream, alert.window_days
    return BeatColour(alert, reasons.types(*where), reasons.band(*where), near)


def colour_days(
    evidence: Evidence, exposed: NDArray[np.bool_], days: int, watch: colours.Watch
) -> list[ColourDays]:
    """Return each beat's colours on the last `days` days, as told today, the worst beats first."""
    found = surprise_of(evidence, exposed, watch)
    _, shown = colours.mornings(found, watch.budget, watch.hold, days=days + 1)
    rows = [
        _counted(str(code), [NAMES[step] for step in shown[i, :-1].tolist()])
        for i, code in enumerate(evidence.days.cells)
    ]
    return sorted(rows, key=lambda row: (-row.red, -row.orange, -row.yellow, row.beat_code))


def _counted(code: str, days: list[str]) -> ColourDays:
    return ColourDays(code, days.count("red"), days.count("orange"), days.count("yellow"), days)
