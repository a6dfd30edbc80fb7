"""What a deployment plan is made from: candidate posts, expected demand, colours and who serves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from django.utils.translation import gettext as _

from anlan.engine.geo import codes
from anlan.engine.planning.force import Cells, ForceBasis, Group, strengths
from anlan.engine.planning.plan import Beats, Demands, Sites, candidate_nodes
from anlan.service.patrol import evidence
from anlan.service.patrol.evidence import NoData
from anlan.service.places.models import Beat, StandbyPost
from anlan.service.places.network import road_graph
from anlan.service.places.queries import grid_table
from anlan.service.staff.models import Capability, Team, Unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.geo.roads import RoadGraph
    from anlan.service.patrol.models import Briefing
    from anlan.service.places.queries import GridTable

MAX_SITES, MAX_DEMAND = 300, 1500
SERVING = (Team.Kind.SQUAD, Team.Kind.COMMUNITY, Team.Kind.GUARDS)


@dataclass(frozen=True, eq=False)
class PlanInputs:
    """Everything `assemble_plan` asks for."""

    graph: RoadGraph
    sites: Sites
    demand: Demands
    beats: Beats
    cars: int


def gather(county6: str, briefing: Briefing, cars: int | None = None) -> PlanInputs:
    """Read what the plan needs; `cars` in place of those on duty.

    Raises:
        NoData: no roads, no grids, or no car on duty.

    """
    graph = road_graph(county6)
    if graph is None:
        raise NoData(_("The county has no roads. Import them first."))
    grids = grid_table(county6)
    if not len(grids.codes):
        raise NoData(_("The county has no grids. Import or make them first."))
    units = [
        unit for unit in Unit.objects.in_county(county6).filter(on_duty=True)
        if Capability.PATROL in unit.capabilities
    ]  # fmt: skip
    if cars is None:
        cars = sum(unit.vehicle == Unit.Vehicle.CAR for unit in units)
    if not cars:
        raise NoData(_("No patrol car is on duty."))
    expected = _expected(county6, briefing, grids)
    beats = _beats(county6, briefing, units, Cells(grids.area_codes, grids.beat_codes, expected))
    return PlanInputs(graph, _sites(county6, graph), _heaviest(grids, expected), beats, cars)


def _expected(county6: str, briefing: Briefing, grids: GridTable) -> NDArray[np.float64]:
    """Spread the day's expected incidents over the grids by their discounted history, (grids,)."""
    found, weight = evidence.demand_weights(county6, briefing.date)
    known = dict(zip(found.tolist(), weight.tolist(), strict=True))
    mine = np.array([known.get(str(code), 0.0) for code in grids.codes])
    if mine.sum():
        return np.asarray(mine * (briefing.body["expected_total"] / mine.sum()))
    return np.full(len(grids.codes), 1 / len(grids.codes))


def _heaviest(grids: GridTable, mine: NDArray[np.float64]) -> Demands:
    best = np.sort(np.argsort(-mine, kind="stable")[:MAX_DEMAND])
    best = best[mine[best] > 0]
    return Demands([str(grids.codes[i]) for i in best], grids.lon[best], grids.lat[best], mine[best])


def _sites(county6: str, graph: RoadGraph) -> Sites:
    """Return the county's standby posts; where it has none, road nodes spread over the network."""
    posts = StandbyPost.objects.in_county(county6).filter(active=True, lon__isnull=False, lat__isnull=False)
    rows = list(posts.order_by("code").values_list("code", "lon", "lat")[:MAX_SITES])
    if not rows:
        return candidate_nodes(graph, MAX_SITES)
    codes, lon, lat = zip(*rows, strict=True)
    return Sites(list(codes), np.array(lon), np.array(lat))


def _beats(county6: str, briefing: Briefing, units: list[Unit], cells: Cells) -> Beats:
    colours = {row["alert"]["beat_code"]: row["alert"]["colour"] for row in briefing.body["colours"]}
    beats = list(Beat.objects.in_county(county6).values_list("code", flat=True).order_by("code"))
    groups, basis = _groups(county6, units)
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
