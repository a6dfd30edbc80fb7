"""How good a forecast is: scores of a window, rolling origins, calibration, and how sure a difference is."""

from anlan.engine.analysis.evaluation.bootstrap import Difference, block_bootstrap_difference
from anlan.engine.analysis.evaluation.calibration import dispersion, pit, randomised_pit
from anlan.engine.analysis.evaluation.rolling import AREA_SHARES, AreaScore, Scores, by_type, rolling_origins
from anlan.engine.analysis.evaluation.scores import (
    bits_per_event,
    capture_curve,
    gain_bits,
    hit_rate,
    hits,
    pai,
    pei,
    totals_ratio,
)

__all__ = [
    "AREA_SHARES",
    "AreaScore",
    "Difference",
    "Scores",
    "bits_per_event",
    "block_bootstrap_difference",
    "by_type",
    "capture_curve",
    "dispersion",
    "gain_bits",
    "hit_rate",
    "hits",
    "pai",
    "pei",
    "pit",
    "randomised_pit",
    "rolling_origins",
    "totals_ratio",
]
