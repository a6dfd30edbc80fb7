"""A county with roads, history, a briefing, and a plan of the day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import shapely
from django.db import transaction
from tests.factories import (
    COUNTY,
    LAT,
    LON,
    STEP,
    TOWNSHIPS,
    BriefingFactory,
    DeploymentPlanFactory,
    PatrolLineFactory,
    PatrolPointFactory,
    StandbyPostFactory,
)
from tests.service.patrol.test_briefing_pages import COUNTY6, DAY, incidents

from anlan.engine.geo.roads import RoadGraph, road_links
from anlan.engine.planning.deployment import How
from anlan.engine.planning.posts import Effort
from anlan.gateway.history import HistoryStore
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.patrol import domain
from anlan.service.patrol.models import Briefing
from anlan.service.places.network import store_network
from anlan.service.planning.domain import make_plan
from anlan.service.planning.models import DeploymentPlan
from anlan.service.staff.models import Unit

SHORT = How(Effort(time_limit_s=0.5, kicks=50), routes_s=0.05, replications=5)


_kept: dict[str, Any] = {}
"""Briefing and plan of the county as first made in this process: each test gets them as if made anew."""


@pytest.fixture
def ground(county: Any, settings: Any) -> None:
    """Roads between the county's grids, and half a year of history."""
    HistoryStore(settings.HISTORY_DIR).write(COUNTY6, incidents(DAY - timedelta(days=180), 180))
    lon, lat = [LON + STEP / 2, LON + 3 * STEP / 2] * 2, [LAT + STEP / 2] * 2 + [LAT + 3 * STEP / 2] * 2
    tail, head = [0, 0, 1, 2], [1, 2, 3, 3]
    links = road_links(lon, lat, tail + head, head + tail, [1100.0] * 8, [12.0] * 8)
    store_network(COUNTY6, RoadGraph.from_links(links), "county.osm", None)


@pytest.fixture
def briefing(ground: None) -> Briefing:
    """The day's briefing."""
    if "briefing" not in _kept:
        made = domain.make_briefing(COUNTY6, DAY, None)
        _kept["briefing"] = made.body
        return made
    return BriefingFactory(area_code=COUNTY, date=DAY, body=_kept["briefing"])


@pytest.fixture
def places(county: Any) -> None:
    """Two posts and a patrol point in each beat, and a line in the first."""
    for column, township in enumerate(TOWNSHIPS):
        beat = f"{township[:9]}B001"
        for row in range(2):
            spot = shapely.Point(LON + (column + 0.5) * STEP, LAT + (row + 0.5) * STEP)
            where = {"area_code": township, "beat_code": beat, "shape": spot, "lon": spot.x, "lat": spot.y}
            StandbyPostFactory(code=f"S{column}{row}", name_en=f"Post {column}{row}", **where)
        PatrolPointFactory(code=f"P{column}", name_en=f"Point {column}", **where)
    beat = f"{TOWNSHIPS[0][:9]}B001"
    PatrolLineFactory(code="L0", name_en="Line 0", area_code=TOWNSHIPS[0], beat_code=beat)


@pytest.fixture
def plan(briefing: Briefing, places: None) -> DeploymentPlan:
    """The day's plan, made in a hurry."""
    units = [str(pk) for pk in Unit.objects.order_by("call_sign").values_list("pk", flat=True)]
    if "plan" not in _kept:
        made = make_plan(COUNTY6, DAY, None, how=SHORT)
        _kept["plan"] = made.body, units
        return made
    body, before = _kept["plan"]
    mine = renamed(body, dict(zip(before, units, strict=True)))
    made = DeploymentPlanFactory(
        area_code=COUNTY,
        date=DAY,
        version=1,
        briefing=briefing,
        body=mine,
        gap=body["gap"],
        level=body["level"],
    )
    with transaction.atomic():
        log.append(Verb.PLAN_MADE, made, actor=None, area_code=COUNTY)
    return made


def renamed(value: Any, units: dict[str, str], key: str = "") -> Any:
    """The same body with the units of this test in place of those it was made with."""
    if isinstance(value, dict):
        return {name: renamed(part, units, name) for name, part in value.items()}
    if isinstance(value, list):
        return [renamed(part, units, key) for part in value]
    return units.get(value, value) if key in {"unit", "code"} and isinstance(value, str) else value
