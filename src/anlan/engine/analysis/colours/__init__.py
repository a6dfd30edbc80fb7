"""Alert colours: how surprising the last days of a beat are, against its own level.

For each stream (all incidents, and each large category), beat and window of 1, 3, 7 and 14 days that ends the
day before (those over 3 days only below two incidents a day), the count is held against a negative-binomial
predictive: mean from `decay` (half-life 60 days, a guard of 2 days before the window), dispersion by moments,
shrunk to beats of like volume. The upper mid-p values are combined by their minimum, and the minimum is
calibrated on the system's own minima of the past year in the beat's third by volume: red when at most 1 % of
like beat-days were as surprising, orange for the next 4 %, yellow for the next 15 %. So the colours keep a
false-alarm budget whatever the model's faults. They rise at once and fall slowly (`settle`). Level (what is
expected) is told beside it (`level`), never mixed into it.
"""

from anlan.engine.analysis.colours.alert import MIN_POOL, Alert, alerts, mornings
from anlan.engine.analysis.colours.calibration import Pool, calibrated, colour_of, steps, volume_classes
from anlan.engine.analysis.colours.level import Level, levels
from anlan.engine.analysis.colours.settle import settle, settled
from anlan.engine.analysis.colours.surprise import (
    MIN_EFFECTIVE_DAYS,
    MIN_EXPECTED,
    Surprise,
    known_pulse,
    surprise,
)
from anlan.engine.analysis.colours.tail import quantile, up_to, upper_mid_p
from anlan.engine.analysis.colours.watch import COLOURS, METHOD, Budget, Hold, Watch

__all__ = [
    "COLOURS",
    "METHOD",
    "MIN_EFFECTIVE_DAYS",
    "MIN_EXPECTED",
    "MIN_POOL",
    "Alert",
    "Budget",
    "Hold",
    "Level",
    "Pool",
    "Surprise",
    "Watch",
    "alerts",
    "calibrated",
    "colour_of",
    "known_pulse",
    "levels",
    "mornings",
    "quantile",
    "settle",
    "settled",
    "steps",
    "surprise",
    "up_to",
    "upper_mid_p",
    "volume_classes",
]
