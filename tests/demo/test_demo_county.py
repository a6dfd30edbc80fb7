"""The generated county: exact counts, a valid partition, roads to every grid, the same from the same seed."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from scipy.spatial import cKDTree

from anlan.demo import generate
from anlan.demo.generate import names
from anlan.demo.generate.land import Character
from anlan.demo.load.places import graph_of

if TYPE_CHECKING:
    from anlan.demo.generate import DemoCounty

SEEDS = (1, 2, 3)


@pytest.fixture(scope="module")
def county() -> DemoCounty:
    """The full county of seed 1."""
    return generate.county(1)


def fingerprint(demo: DemoCounty) -> str:
    """A hash over shapes, codes, roads and places."""
    parts = (
        shapely.to_wkb(demo.cells.polygon).tolist(),
        demo.divisions.grid_code.tolist(),
        demo.divisions.population.tolist(),
        demo.streets.tail.tolist(),
        demo.streets.length_m.tolist(),
        [(spot.code, spot.name, spot.shape.wkb) for spot in (*demo.places.premises, *demo.places.points)],
        demo.force,
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_county_has_its_exact_counts(seed: int) -> None:
    """Every seed gives 30 townships in four characters, 32 beats, 2,594 grids with codes of their own."""
    demo = generate.county(seed)
    parts = demo.divisions
    assert Counter(parts.character.tolist()) == {0: 6, 1: 6, 2: 8, 3: 10}
    assert (len(parts.townships), len(parts.beats)) == (30, 32)
    assert len(set(parts.grid_code)) == 2594
    assert set(parts.beats.cell) == set(range(32))
    assert set(parts.townships.cell) == set(range(30))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_grids_partition_the_county(seed: int) -> None:
    """The grids cover 1,600 km² to within 1 % with no gap, no overlap and no cut-off piece."""
    demo = generate.county(seed)
    assert shapely.coverage_is_valid(demo.cells.polygon)
    assert shapely.is_valid(demo.cells.polygon).all()
    assert demo.divisions.county.geom_type == "Polygon"
    assert len(demo.divisions.county.interiors) == 0
    assert demo.cells.area_m2.sum() == pytest.approx(1600e6, rel=0.01)
    assert {shape.geom_type for shape in demo.divisions.townships.shape} == {"Polygon"}


def test_villages_and_beats_keep_within_their_township(county: DemoCounty) -> None:
    """A village and a beat lie in the one township whose code they carry."""
    parts = county.divisions
    for division in (parts.villages, parts.beats):
        assert (division.parent[division.cell] == parts.townships.code[parts.townships.cell]).all()


def test_the_core_is_small_and_dense(county: DemoCounty) -> None:
    """Urban townships take under 5 % of the land and hold over a third of the people."""
    kind = county.divisions.character[county.divisions.townships.cell]
    urban = kind == Character.URBAN
    assert county.cells.area_m2[urban].sum() < 0.05 * county.cells.area_m2.sum()
    assert county.divisions.population[urban].sum() > county.divisions.population.sum() / 3


def test_the_force_is_as_stated(county: DemoCounty) -> None:
    """911 officers in squads, 52 community teams and 1,003 guard posts, all codes and call signs once."""
    teams, units = county.force.teams, county.force.units
    assert sum(team.strength for team in teams if team.kind == "squad") == 911
    assert Counter(team.kind for team in teams)["community"] == 52
    assert Counter(team.kind for team in teams)["guards"] == 1003
    assert len({team.code for team in teams}) == len(teams)
    assert len({unit.call_sign for unit in units}) == len(units)
    assert {name for unit in units for name in unit.capabilities} == {
        "patrol",
        "traffic",
        "armed",
        "investigation",
        "fire",
        "rescue",
        "medical",
        "city",
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_roads_lead_from_everywhere_to_everywhere(seed: int) -> None:
    """The road graph is one strongly connected whole with a node within 1.5 km of every grid's middle."""
    demo = generate.county(seed)
    graph = graph_of(demo)
    everywhere = np.arange(graph.nodes)
    assert np.isfinite(graph.times(np.array([0]), everywhere, limit_s=1e6)).all()
    assert np.isfinite(graph.times(everywhere, np.array([0]), limit_s=1e6)).all()
    _node, metres = graph.snap(*np.array([(p.x, p.y) for p in shapely.centroid(demo.cells.polygon)]).T)
    assert metres.max() < 1500


def test_few_bridges_cross_the_river(county: DemoCounty) -> None:
    """The river is a barrier: under one road link in a hundred crosses it."""
    river = shapely.transform(county.land.river, lambda points: points * county.cells.stretch)
    ends = np.stack((county.streets.node[county.streets.tail], county.streets.node[county.streets.head]), 1)
    crossing = shapely.crosses(shapely.linestrings(ends), river)
    assert 8 <= crossing.sum() / 2 < 0.01 * len(crossing)


def test_checkpoints_stand_in_three_rings(county: DemoCounty) -> None:
    """Every ring has checkpoints, and a ring further out lies further from the core."""
    rings = {ring: [s.shape for s in county.places.checkpoints if s.kind == ring] for ring in "123"}
    reach = [np.mean([np.hypot(p.x - 150.0, p.y - 30.0) for p in rings[ring]]) for ring in "123"]
    assert min(len(points) for points in rings.values()) >= 6
    assert reach == sorted(reach)


def test_places_lie_in_the_cell_that_they_name(county: DemoCounty) -> None:
    """Premises, patrol points, posts and checkpoints are inside their own cell."""
    places = county.places
    for spot in (*places.premises, *places.points, *places.posts, *places.checkpoints):
        assert shapely.dwithin(county.cells.polygon[spot.cell], spot.shape, 1e-5), spot


def test_no_premises_share_a_name(county: DemoCounty) -> None:
    """Two schools of one village are told apart by a number, in both languages."""
    premises = county.places.premises
    assert len({spot.name for spot in premises}) == len({spot.name_en for spot in premises}) == len(premises)


def test_one_seed_gives_one_county() -> None:
    """The same seed gives the same county, another seed another."""
    assert fingerprint(generate.county(7, generate.SMALL)) == fingerprint(generate.county(7, generate.SMALL))
    assert fingerprint(generate.county(7, generate.SMALL)) != fingerprint(generate.county(8, generate.SMALL))


@pytest.mark.parametrize("seed", range(6))
def test_the_small_county_is_whole_too(seed: int) -> None:
    """The small county is a valid partition of 200 grids whatever the seed."""
    demo = generate.county(seed, generate.SMALL)
    assert len(demo.cells.polygon) == 200
    assert shapely.coverage_is_valid(demo.cells.polygon)
    assert len(demo.divisions.beats) == 10
    assert sum(team.strength for team in demo.force.teams if team.kind == "squad") == 74


def test_no_village_name_comes_twice(county: DemoCounty) -> None:
    """All villages and communities have names of their own."""
    assert len(set(county.divisions.villages.name)) == len(county.divisions.villages)
    assert len({names.village(i, urban=True) for i in range(names.VILLAGE_NAMES)}) == names.VILLAGE_NAMES


def test_a_scale_with_too_many_beats_is_refused() -> None:
    """A county cannot have more beats than an eighth of its grids."""
    with pytest.raises(ValueError, match="beats 40"):
        generate.Scale((2, 2, 2, 2), 40, 200, 120.0, 30, 26.0, 74, 6, 40, 30)


def test_every_seed_lies_in_its_own_cell(county: DemoCounty) -> None:
    """The nearest seed of a cell's middle point is nearly always its own: the cells are Voronoi cells."""
    inside = shapely.contains_properly(county.cells.polygon, shapely.point_on_surface(county.cells.polygon))
    assert inside.all()
    assert len(np.unique(cKDTree(county.cells.seed).query(county.cells.seed)[1])) == 2594
