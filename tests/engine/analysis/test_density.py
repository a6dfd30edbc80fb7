"""The surface is the exact sum: on the grid, at any place, adaptive, corrected at the edge, along roads."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components

from anlan.engine.analysis import density
from anlan.engine.geo.roads import Bends, RoadGraph, road_links
from anlan.engine.geo.roads.links import RoadLinks

STAR = np.array(
    [shapely.LineString([(0, 0), (4000 * np.cos(turn), 4000 * np.sin(turn))]) for turn in (0.0, 2.1, 4.2)]
)


def exact(x, y, at, bandwidth):
    """Return the kernel sum at places (M, 2), per km²; the bandwidth may be each point's own."""
    own = np.broadcast_to(bandwidth, np.shape(x))[:, None]
    squared = (x[:, None] - at[:, 0]) ** 2 + (y[:, None] - at[:, 1]) ** 2
    return (np.exp(-squared / 2 / own**2) / (2 * np.pi * own**2)).sum(axis=0) * 1e6


def town(seed=1, size=1500):
    """Return points in two clusters, metres."""
    rng = np.random.default_rng(seed)
    middle = rng.choice([0, 2500], size)
    return middle + rng.normal(0, 600, size), rng.normal(0, 500, size)


def grid_of(found, every=1):
    """Return the nodes of a surface as places (M, 2), every so many."""
    east, north = np.meshgrid(found.x[::every], found.y[::every])
    return np.column_stack((east.ravel(), north.ravel()))


@pytest.mark.parametrize(("nodes_per_bandwidth", "bound"), [(4, 1e-5), (2, 1e-3)])
def test_nodes_are_exact_even_where_they_are_few(nodes_per_bandwidth, bound):
    """Against the exact sum the greatest error is far below 1 % of the peak."""
    x, y = town()
    found = density.surface(x, y, bandwidth_m=300, node_m=300 / nodes_per_bandwidth)
    truth = exact(x, y, grid_of(found, 3), 300)
    assert np.abs(found.density[::3, ::3].ravel() - truth).max() <= bound * truth.max()


def test_any_place_is_exact_within_the_stated_relative_error():
    """Between nodes too the relative error is below 1 % wherever the density passes 0.1 % of its peak."""
    x, y = town(2)
    found = density.surface(x, y, bandwidth_m=250, node_m=125)
    at = np.random.default_rng(3).uniform((-1500, -1200), (4000, 1200), (400, 2))
    truth = exact(x, y, at, 250)
    read, matters = found.at(*at.T), truth > 1e-3 * truth.max()
    assert np.abs(read / truth - 1)[matters].max() <= 0.01


@settings(deadline=None, max_examples=40)
@given(st.floats(-300, 300), st.floats(-300, 300), st.floats(0.2, 1.0), st.floats(-800, 800))
def test_the_error_of_one_incident_keeps_its_bound(x, y, step, at):
    """Wherever the incident lies between the nodes, its part errs by at most `error` of its peak."""
    found = density.surface([x], [y], bandwidth_m=200, node_m=200 * step, bounds=(-900, -900, 900, 900))
    truth = exact(np.array([x]), np.array([y]), np.array([[at, -at / 2]]), 200)[0]
    peak = 1e6 / (2 * np.pi * 200**2)
    assert abs(found.at([at], [-at / 2])[0] - truth) <= found.error * peak


def test_weights_are_incidents():
    """A point of weight three is three points."""
    one = density.surface([0.0, 50.0], [0, 0], bandwidth_m=100, weights=[3, 1])
    many = density.surface([0.0, 0, 0, 50], [0] * 4, bandwidth_m=100)
    assert np.allclose(one.density, many.density)


def test_nothing_happened_is_a_surface_of_zero():
    """No incident: zeros on the grid and on the roads, no peak, no error."""
    roads = density.Lixels.from_lines(STAR, 50)
    plain = density.surface([], [], bandwidth_m=100, bounds=(0, 0, 500, 500))
    assert plain.density.max() == 0
    assert density.hot_spots(plain, [], []) == []
    assert density.adaptive_surface([], [], bandwidth_m=100, bounds=(0, 0, 500, 500)).density.max() == 0
    assert density.network_density([], [], roads, bandwidth_m=200).density.max() == 0


def test_off_the_grid_nothing_is_told():
    """Beyond the nodes the density is not a number, not zero."""
    found = density.surface([0.0], [0.0], bandwidth_m=100)
    assert np.isnan(found.at([9999.0], [0.0])).all()


def test_a_mask_is_the_polygon_without_its_holes():
    """Nodes in a hole or outside are not inside; the area by shares of squares is that of the polygon."""
    shape = shapely.Point(0, 0).buffer(1000).difference(shapely.Point(200, 0).buffer(300))
    xs = ys = np.arange(-1200, 1201, 50.0)
    mask = density.mask_of(shape, xs, ys)
    row = int(np.flatnonzero(ys == 0)[0])
    assert mask[row, xs == -900].all()
    assert not mask[row, (xs == 200) | (xs == 1100)].any()
    assert density.coverage_of(shape, xs, ys).sum() * 2500 == pytest.approx(shape.area, rel=2e-3)


def test_even_incidents_are_even_up_to_a_slanting_border():
    """With shares of squares the corrected surface of an even field stays within 3 % inside the polygon."""
    shape = shapely.affinity.rotate(shapely.box(0, 0, 3000, 2000), 25)
    west, south, east, north = bounds = shape.bounds
    line = np.meshgrid(np.arange(west, east, 20.0), np.arange(south, north, 20.0))
    x, y = (part.ravel() for part in line)
    inside = shapely.contains_xy(shape, x, y)
    xs, ys = density.nodes(bounds, 100)
    found = density.surface(
        x[inside],
        y[inside],
        bandwidth_m=200,
        node_m=100,
        bounds=bounds,
        mask=density.coverage_of(shape, xs, ys),
    )
    read = found.at(x[inside], y[inside])
    assert read == pytest.approx(np.full(len(read), 2500.0), rel=0.03)


def test_adaptive_is_the_exact_sum_with_each_points_own_bandwidth():
    """Classes of bandwidths cost under 1 % of the peak."""
    x, y = town(4, 800)
    found = density.adaptive_surface(x, y, bandwidth_m=300)
    truth = exact(x, y, grid_of(found, 8), found.bandwidths)
    assert np.ptp(found.bandwidths) > 200
    assert np.abs(found.density[::8, ::8].ravel() - truth).max() <= 0.01 * truth.max()


def test_adaptive_keeps_all_incidents_inside():
    """With a mask the surface sums to the incidents, none leaks over the border."""
    rng = np.random.default_rng(5)
    x, y = rng.uniform(0, 3000, (2, 500))
    mask = np.ones((31, 31), bool)
    found = density.adaptive_surface(x, y, bandwidth_m=300, node_m=100, bounds=(0, 0, 3000, 3000), mask=mask)
    assert np.nansum(found.density) * 0.01 == pytest.approx(500, rel=0.01)


def leave_one_out(x, y, bandwidth):
    """Return the mean log density at each point from all others, by all pairs."""
    squared = (x[:, None] - x) ** 2 + (y[:, None] - y) ** 2
    kernel = np.exp(-squared / 2 / bandwidth**2) / (2 * np.pi * bandwidth**2)
    np.fill_diagonal(kernel, 0)
    least = np.exp(-12.5) / (2 * np.pi * bandwidth**2)
    return np.log(np.maximum(kernel.sum(axis=1), least) / (len(x) - 1) * 1e6).mean()


def test_the_likelihood_is_that_of_all_pairs():
    """By the grid with the own part taken off, for narrow and wide bandwidths alike."""
    x, y = (np.rint(part) for part in town(6, 400))
    chosen = density.bandwidth_by_likelihood(x, y, narrowest_m=60, widest_m=1500, number=6)
    truth = [leave_one_out(x, y, bandwidth) for bandwidth in chosen.tried_m]
    assert chosen.shared == 0
    assert chosen.likelihood == pytest.approx(truth, abs=2e-3)


def test_snapped_points_do_not_drive_the_bandwidth_to_nothing():
    """Points on corners and a default address leave the bandwidth near that of the true places."""
    x, y = town(7, 1200)
    true = density.bandwidth_by_likelihood(x, y, narrowest_m=40, widest_m=2000, number=10)
    x, y = np.rint(x / 100) * 100, np.rint(y / 100) * 100
    x[:60], y[:60] = 800, 900
    snapped = density.bandwidth_by_likelihood(x, y, narrowest_m=40, widest_m=2000, number=10)
    assert snapped.at_limit == ""
    assert snapped.shared > 0.5
    assert snapped.bandwidth_m == pytest.approx(true.bandwidth_m, rel=0.5)


@pytest.mark.parametrize("place", [0.0, 150.0, 305.0])
def test_the_road_kernel_is_equal_split_at_a_junction(place):
    """On a star of three roads: K(r − a) − K(r + a)/3 on its own, 2/3 K(r + a) on the others."""
    roads = density.Lixels.from_lines(STAR, 50)
    found = density.network_density([place], [0.0], roads, bandwidth_m=200)
    away = np.hypot(*roads.middle.T)
    own = np.abs(roads.middle[:, 1]) < 1e-6

    def kernel(distance):
        return 1000 * np.exp(-((distance / 200) ** 2) / 2) / np.sqrt(2 * np.pi) / 200

    truth = np.where(own, kernel(away - place) - kernel(away + place) / 3, 2 / 3 * kernel(away + place))
    assert np.abs(found.density - truth).max() <= 0.01 * truth.max()


def test_roads_lose_no_incident_and_stay_even():
    """Dead ends turn back what reaches them; an even field of points stays even on short and long pieces."""
    node = np.array([(0, 0), (500, 0), (503, 0), (503, 400), (900, 0)])
    roads = density.Lixels.from_segments(node, [0, 1, 2, 2, 1], [1, 2, 3, 4, 0], 25)
    along = np.concatenate([np.arange(0.5, 900), np.full(400, 503.0)])
    up = np.concatenate([np.zeros(900), np.arange(0.5, 400)])
    found = density.network_density(along, up, roads, bandwidth_m=150)
    assert found.density == pytest.approx(np.full(len(found.density), 1000.0), rel=0.01)
    assert (found.density * roads.length_m).sum() / 1000 == pytest.approx(1300)


def test_both_directions_of_a_road_are_one_road():
    """A graph's two-way road counts once, with its own length."""
    links = RoadLinks(
        np.array([106.0, 106.01]),
        np.array([30.0, 30.0]),
        np.array([0, 1], np.int32),
        np.array([1, 0], np.int32),
        np.array([970, 970], np.float32),
        np.array([10, 10], np.float32),
        np.zeros(2, np.uint8),
        np.zeros(2, np.int32),
    )
    roads = density.Lixels.from_graph(RoadGraph.from_links(links), 50)
    assert (len(roads.length_m), roads.length_m.sum()) == (20, pytest.approx(970))


def test_a_bent_road_is_cut_as_it_runs():
    """Pieces follow the bend, have the road's length together, and hang together at the junctions."""
    bends = Bends.from_points([1, -1, 0], [0, 1], [106.01], [30.01], ([106.0], [30.0]))
    links = road_links(
        [106.0, 106.02, 106.03], [30.0, 30.0, 30.0], [0, 1, 1], [1, 0, 2], [3000, 3000, 970], [10, 10, 10],
        bends=bends,
    )  # fmt: skip
    graph = RoadGraph.from_links(links)
    roads = density.Lixels.from_graph(graph, 100)
    assert roads.length_m.sum() == pytest.approx(3970)
    bend = graph.project([106.01], [30.01])[0]
    assert np.hypot(*(roads.start - bend).T).min() < 1
    assert roads.nearest(bend[:1], bend[1:])[2][0] < 1
    assert connected_components(roads.stiffness())[0] == 1


def test_points_far_from_roads_are_left_out_and_counted():
    """A place 300 m off every road is not on the network."""
    roads = density.Lixels.from_lines(STAR, 50)
    found = density.network_density([100.0, -300.0], [0.0, 0.0], roads, bandwidth_m=200)
    assert (found.off_road, (found.density * roads.length_m).sum() / 1000) == (1, pytest.approx(1))


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("node_m", lambda: density.surface([0], [0], bandwidth_m=100, node_m=101)),
        ("weights", lambda: density.surface([0], [0], bandwidth_m=100, weights=[1, 2])),
        ("mask", lambda: density.surface([0], [0], bandwidth_m=100, mask=np.ones((2, 2), bool))),
        ("node_m", lambda: density.adaptive_surface([0], [0], bandwidth_m=100, node_m=60)),
        ("shape", lambda: density.mask_of(shapely.Point(0, 0), [0, 1], [0, 1])),
        ("narrowest_m", lambda: density.bandwidth_by_likelihood([0, 9], [0, 9], narrowest_m=0)),
        ("x, y", lambda: density.bandwidth_by_likelihood([0, np.nan], [0, 9])),
        ("one place", lambda: density.bandwidth_by_likelihood([0, 0], [0, 0])),
        ("lixel_m", lambda: density.Lixels.from_lines(STAR, 0)),
        (
            "bandwidth_m",
            lambda: density.network_density([0], [0], density.Lixels.from_lines(STAR, 50), bandwidth_m=60),
        ),
    ],
)
def test_what_has_no_meaning_is_refused_by_name(name, call):
    """The message names the parameter."""
    with pytest.raises(ValueError, match=name):
        call()


def test_metres_go_back_to_the_same_degrees():
    """`to_degrees` undoes `to_metres` on the same plane."""
    lon, lat, origin = np.array([106.1, 106.5]), np.array([29.9, 30.4]), (106.3, 30.1)
    back = density.to_degrees(*density.to_metres(lon, lat, origin), origin)
    assert np.allclose(back, (lon, lat), atol=1e-12)
