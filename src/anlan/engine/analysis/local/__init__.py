"""Local statistics: where counts are higher than chance scatters them, and where that is changing.

`Neighbours` says who is next to whom; `getis_ord` and `local_moran` judge each cell by conditional
permutation, `moran` the map as a whole, `mann_kendall` a cell's trend, `emerging_hot_spots` both together.
"""

from anlan.engine.analysis.local.emerging import CATEGORIES, Emerging, emerging_hot_spots
from anlan.engine.analysis.local.getis import LocalStatistic, getis_ord
from anlan.engine.analysis.local.moran import QUADRANTS, LocalMoran, Moran, local_moran, moran
from anlan.engine.analysis.local.permutation import false_discovery
from anlan.engine.analysis.local.trend import Trend, mann_kendall, sen_slope
from anlan.engine.analysis.local.weights import Neighbours

__all__ = [
    "CATEGORIES",
    "QUADRANTS",
    "Emerging",
    "LocalMoran",
    "LocalStatistic",
    "Moran",
    "Neighbours",
    "Trend",
    "emerging_hot_spots",
    "false_discovery",
    "getis_ord",
    "local_moran",
    "mann_kendall",
    "moran",
    "sen_slope",
]
