"""What a day's plan is made from, read from the county's records: roads, posts, units, force, places."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
from django.utils.translation import gettext as _

from anlan.engine.dispatch.policy import Policy
from anlan.engine.geo import codes
from anlan.engine.planning.deployment import Beats, Crew, Day, Place, Sites, Stretch, spread_over
from anlan.engine.planning.force import Cells, ForceBasis, Group, strengths
from anlan.service.patrol.evidence import NoData, zone_of
from anlan.service.places.models import Beat, PatrolLine, PatrolPoint, StandbyPost
from anlan.service.places.network import road_graph_within
from anlan.service.places.queries import county_area, grid_table
from anlan.service.planning import queries
from anlan.service.planning.demand import day_demand
from anlan.service.planning.dispatch_rule import rule_of
from anlan.service.planning.recorded import seconds_on_scene
from anlan.service.planning.standards import standards_of
from anlan.service.staff.models import Capability, Team, Unit

if TYPE_CHECKING:
    from datetime import date as Date  # noqa: N812 fields are called date

    from anlan.engine.geo.roads import RoadGraph
    from anlan.engine.planning.demand import DayDemand
    from anlan.service.patrol.models import Briefing

MADE_SITES = 300
SERVING = (Team.Kind.SQUAD, Team.Kind.COMMUNITY, Team.Kind.GUARDS)


def gather(county6: str, briefing: Briefing, date: Date) -> Day:
    """Read what the plan of a day needs; a road that is closed in some part of the day is closed in the plan.

    Raises:
        NoData: no roads or no grids; the message says which.

    """
    graph = road_graph_within(county6, *day_span(county6, date))
    if graph is None:
        raise NoData(_("The county has no roads. Import them first."))
    if not len(grid_table(county6).codes):
        raise NoData(_("The county has no grids. Import or make them first."))
    demand = day_demand(county6, briefing, date)
    units = patrol_units(county6)
    middles = _beat_middles(county6)
    trial, trial_places = queries.trial_flags(county6, date)
    return Day(
        graph=graph,
        demand=demand,
        sites=sites(county6, graph),
        beats=_beats(county6, briefing, units, demand),
        crews=[_crew(unit, graph, middles) for unit in units],
        weekday=date.weekday(),
        number=date.toordinal(),
        standards=standards_of(county6),
        points=_points(county6),
        lines=_lines(county6),
        trial=trial,
        trial_places=trial_places,
        recorded=seconds_on_scene(county6, date),
        past=queries.past_routes(county6, date),
        rule=Policy[rule_of(county6).upper()],
    )


def day_span(county6: str, date: Date) -> tuple[datetime, datetime]:
    """Return when the first shift of a day may begin and its last one ends, on the county's clock."""
    midnight = datetime.combine(date, time(), ZoneInfo(zone_of(county_area(county6))))
    last = max(shift.end_min for shift in standards_of(county6).shifts)
    return midnight, midnight + timedelta(minutes=last)


def patrol_units(county6: str) -> list[Unit]:
    """Return the units on duty that patrol."""
    rows = Unit.objects.in_county(county6).filter(on_duty=True).select_related("team").order_by("call_sign")
    return [unit for unit in rows if Capability.PATROL in unit.capabilities]


def _crew(unit: Unit, graph: RoadGraph, beats: dict[str, tuple[float, float]]) -> Crew:
    """A unit that has no place of its own starts in its beat's middle, else in the middle of the roads."""
    middle = float(np.median(graph.node_lon)), float(np.median(graph.node_lat))
    lon, lat = beats.get(unit.beat_code, middle)
    if unit.post_lon is not None and unit.post_lat is not None:
        lon, lat = unit.post_lon, unit.post_lat
    team = unit.team.code if unit.team else ""
    return Crew(str(unit.pk), unit.vehicle, lon, lat, unit.beat_code, team, tuple(unit.capabilities))


def _beat_middles(county6: str) -> dict[str, tuple[float, float]]:
    rows = Beat.objects.in_county(county6).filter(lon__isnull=False).values_list("code", "lon", "lat")
    return {code: (lon, lat) for code, lon, lat in rows}


def sites(county6: str, graph: RoadGraph) -> Sites:
    """Return the county's standby posts; where it has none, road nodes spread over the network."""
    posts = StandbyPost.objects.in_county(county6).filter(active=True, lon__isnull=False, lat__isnull=False)
    rows = list(posts.order_by("code").values_list("code", "lon", "lat", "beat_code"))
    if not rows:
        return spread_over(graph, MADE_SITES)
    found, lon, lat, beats = zip(*rows, strict=True)
    return Sites(list(found), np.array(lon), np.array(lat), list(beats))


def _points(county6: str) -> list[Place]:
    rows = PatrolPoint.objects.in_county(county6).filter(active=True, lon__isnull=False, lat__isnull=False)
    return [Place(*row) for row in rows.order_by("code").values_list("code", "lon", "lat", "beat_code")]


def _lines(county6: str) -> list[Stretch]:
    """Return the lines with a course; of several parts the longest."""
    rows = PatrolLine.objects.in_county(county6).filter(active=True, geometry__isnull=False).order_by("code")
    found = []
    for row in rows:
        shape = row.shape
        parts = list(getattr(shape, "geoms", [shape]))
        course = max(parts, key=lambda part: part.length) if parts else None
        if course is not None and course.geom_type == "LineString":
            found.append(Stretch(row.code, row.beat_code, np.asarray(course.coords)[:, :2]))
    return found


def _beats(county6: str, briefing: Briefing, units: list[Unit], demand: DayDemand) -> Beats:
    colours = {row["alert"]["beat_code"]: row["alert"]["colour"] for row in briefing.body["colours"]}
    beats = list(Beat.objects.in_county(county6).values_list("code", flat=True).order_by("code"))
    groups, basis = _groups(county6, units)
    grids = grid_table(county6)
    weight = dict(zip(demand.codes, demand.expected.tolist(), strict=True))
    expected = np.array([weight.get(str(code), 0.0) for code in grids.codes])
    cells = Cells(grids.area_codes, grids.beat_codes, expected)
    return Beats(
        beats, [colours.get(beat, "unknown") for beat in beats], strengths(groups, cells, beats), basis
    )


def _groups(county6: str, units: list[Unit]) -> tuple[list[Group], ForceBasis]:
    """Return who serves: the teams with a strength, else the crews on duty."""
    teams = Team.objects.in_county(county6).filter(kind__in=SERVING, strength__gt=0).order_by("code")
    rows = [Group(team.strength, codes.prefix(team.area_code)) for team in teams]
    if rows:
        return rows, ForceBasis.TEAMS
    rows = [
        Group(unit.crew_size, codes.prefix(unit.area_code), unit.beat_code)
        for unit in units if unit.crew_size
    ]  # fmt: skip
    return rows, ForceBasis.CREWS if rows else ForceBasis.NONE
