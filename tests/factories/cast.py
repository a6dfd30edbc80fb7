"""The cast: a county with two townships."""

from __future__ import annotations

from tests.factories.ground import COUNTY, LON, STEP, TOWNSHIPS, square
from tests.factories.incidents import IncidentTypeFactory
from tests.factories.places import AreaFactory, BeatFactory, GridFactory
from tests.factories.staff import AgencyFactory, UnitFactory

from anlan.service.places.models import (
    Area,
)


def make_county() -> Area:
    """Make 990101 with two townships, in each a beat of two grids, a station and two units; three types."""
    county = AreaFactory(
        code=COUNTY, parent_code="", level=6, name="安平县", name_en="Anping", shape=square(0, 0, 2, 2)
    )
    for column, township in enumerate(TOWNSHIPS):
        AreaFactory(code=township, shape=square(column, 0, 1, 2))
        beat = BeatFactory(code=f"{township[:9]}B001", area_code=township, shape=square(column, 0, 1, 2))
        for row in range(2):
            GridFactory(
                code=f"{township}{row + 1:04}", area_code=township, beat=beat, shape=square(column, row)
            )
        station = AgencyFactory(code=f"station-{column}", area_code=township)
        for _ in range(2):
            UnitFactory(
                agency=station, area_code=township, beat_code=beat.code, post_lon=LON + (column + 0.5) * STEP
            )
    IncidentTypeFactory()
    IncidentTypeFactory(code="robbery-street", name="抢劫", name_en="Robbery", category="robbery", priority=1)
    IncidentTypeFactory(code="help-other", name="求助", name_en="Help", category="help", priority=4)
    return county
