"""Which beats or grids touch each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from django.utils.translation import gettext as _

from anlan.engine.analysis.local import Neighbours
from anlan.service.analysis.inputs import NothingToAnalyse

if TYPE_CHECKING:
    from anlan.service.analysis.inputs import Inputs

LEAST = 4
APART = 1e-7  # degrees, about a centimetre: neighbours whose corners were rounded still touch


def touching(inputs: Inputs, level: str) -> Neighbours:
    """Return who touches whom among the question's cells, in the order of their codes.

    Raises:
        NothingToAnalyse: there are fewer than four cells with a shape.

    """
    wanted = set(inputs.ground.within(level, inputs.question.area))
    shapes = np.array([one.shape for one in inputs.ground.cells(level) if one.code in wanted], dtype=object)
    if len(shapes) < LEAST:
        told = _("This compares neighbouring cells and needs at least %(least)s of them; here are %(found)s.")
        raise NothingToAnalyse(told % {"least": LEAST, "found": len(shapes)})
    one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=APART)
    return Neighbours.from_pairs(one, other, len(shapes))


def centres(inputs: Inputs, level: str) -> tuple[np.ndarray, np.ndarray]:
    """Return longitude and latitude of the question's cells, in the order of their codes."""
    wanted = set(inputs.ground.within(level, inputs.question.area))
    rows = [one for one in inputs.ground.cells(level) if one.code in wanted]
    return np.array([one.lon for one in rows], float), np.array([one.lat for one in rows], float)
