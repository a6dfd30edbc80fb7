"""The county's own plane: metres east and north of its core, and where on Earth that is drawn.

The county lies in the open Pacific, far from any coast, so that no real street is given invented crime.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

CORE_LON, CORE_LAT = 150.0, 30.0
METRES_PER_DEGREE_LON, METRES_PER_DEGREE_LAT = 96_486.0, 110_852.0  # WGS-84 at 30° N


def to_degrees(metres: NDArray[np.float64]) -> NDArray[np.float64]:
    """Longitude and latitude of points in the plane, shape (n, 2), rounded to 1 cm."""
    degrees = metres / (METRES_PER_DEGREE_LON, METRES_PER_DEGREE_LAT) + (CORE_LON, CORE_LAT)
    return np.round(degrees, 7)


def to_metres(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    """Metres east and north of the core, shape (n, 2)."""
    return (degrees - (CORE_LON, CORE_LAT)) * (METRES_PER_DEGREE_LON, METRES_PER_DEGREE_LAT)
