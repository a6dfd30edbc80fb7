"""Units that help each other out: Larson's hypercube, exact for few units, approximate for many."""

from anlan.engine.planning.hypercube.approximate import approximate
from anlan.engine.planning.hypercube.exact import MOST_EXACT, exact
from anlan.engine.planning.hypercube.measures import BeatMeasures, Measures, Places, UnitMeasures, measures
from anlan.engine.planning.hypercube.model import District, State, beat_first, by_time
from anlan.engine.planning.hypercube.solve import EXACT_UNITS, calibrated, solve

__all__ = [
    "EXACT_UNITS",
    "MOST_EXACT",
    "BeatMeasures",
    "District",
    "Measures",
    "Places",
    "State",
    "UnitMeasures",
    "approximate",
    "beat_first",
    "by_time",
    "calibrated",
    "exact",
    "measures",
    "solve",
]
