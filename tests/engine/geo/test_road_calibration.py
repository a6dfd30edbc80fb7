"""Speeds from recorded trips: planted factors come back, few trips change little, errors are held out."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.optimize import nnls

from anlan.engine.geo.roads import CLASS_INDEX, HourClass, RoadGraph, road_links
from anlan.engine.geo.roads.calibration import GROUPS, Belief, Trips, calibrate, hour_classes
from anlan.engine.geo.roads.calibration.fit import fit

if TYPE_CHECKING:
    from pathlib import Path

    from anlan.engine.geo.roads.calibration import Calibration

SIDE = 24
PLANTED = np.array([[1.3, 1.1, 0.9], [1.6, 1.4, 1.1], [2.2, 1.7, 1.3]])


def town(signals: int = 0) -> RoadGraph:
    """A grid of 24 × 24 places, 200 m apart: every eighth street is a through road, every fourth a collector.

    `signals` lights stand on every link of through roads.
    """
    place = np.arange(SIDE * SIDE)
    row, column = place // SIDE, place % SIDE
    east, north = place[column < SIDE - 1], place[row < SIDE - 1]
    tail, head = np.concatenate((east, north)), np.concatenate((east + 1, north + SIDE))
    line = np.concatenate((row[east], column[north]))
    kinds = np.where(line % 8 == 0, "primary", np.where(line % 4 == 0, "tertiary", "residential"))
    speed = np.where(line % 8 == 0, 18.0, np.where(line % 4 == 0, 12.0, 8.0))
    lights = np.tile(np.where(line % 8 == 0, signals, 0), 2)
    return RoadGraph.from_links(
        road_links(
            106 + column * 0.0018, 0.0 + row * 0.0018, np.append(tail, head), np.append(head, tail),
            np.full(2 * len(tail), 200.0), np.tile(speed, 2),
            road_class=np.tile([CLASS_INDEX[kind] for kind in kinds], 2), signals=lights if signals else None,
        )
    )  # fmt: skip


def recorded(graph: RoadGraph, count: int, seed: int, noise: float = 0.2, wait: float = 2.0) -> Trips:
    """Trips between random places at the planted factors, 40 s fixed, a twentieth of them grossly wrong."""
    random = np.random.default_rng(seed)
    factors = graph.factors.copy()
    for group, names in enumerate(GROUPS.values()):
        columns = [CLASS_INDEX[name] for name in names]
        factors[:, columns] *= PLANTED[:, group, None].astype(np.float32)
    truth = graph.with_factors(factors, np.full(3, wait, np.float32))
    source, target = random.integers(0, graph.nodes, (2, count))
    hour = random.integers(0, 3, count)
    seconds = np.empty(count)
    for one in HourClass:
        mine = np.flatnonzero(hour == one)
        seconds[mine] = np.diag(truth.times(source[mine], target[mine], one))
    seconds = (seconds + 40) * np.exp(random.normal(0, noise, count))
    wrong = random.random(count) < 0.05
    seconds[wrong] *= random.uniform(2, 5, wrong.sum())
    lon, lat = graph.node_lon, graph.node_lat
    return Trips.of(lon[source], lat[source], lon[target], lat[target], hour, seconds)


@pytest.fixture(scope="module")
def learnt() -> Calibration:
    """A thousand trips in a town without lights."""
    graph = town()
    return calibrate(graph, recorded(graph, 1000, 1), folds=3)


def test_planted_factors_come_back(learnt: Calibration) -> None:
    """Eight of nine multipliers lie within their interval, each within a fifth; the fixed time too."""
    found = np.array([one.multiplier for one in learnt.multipliers]).reshape(3, 3)
    low = np.array([one.low for one in learnt.multipliers]).reshape(3, 3)
    high = np.array([one.high for one in learnt.multipliers]).reshape(3, 3)
    assert ((low <= PLANTED) & (high >= PLANTED)).sum() >= 8
    np.testing.assert_allclose(found, PLANTED, rtol=0.2)
    assert learnt.fixed_low_s <= 40 <= learnt.fixed_high_s
    assert learnt.fixed_s == pytest.approx(40, abs=15)


def test_errors_fall_out_of_sample(learnt: Calibration) -> None:
    """Held-out trips are missed by the noise alone: 20 % is 13 % in the median; the bias falls."""
    before, after = learnt.before["all"], learnt.after["all"]
    assert after.median_abs_s < 0.6 * before.median_abs_s
    assert after.median_share == pytest.approx(0.67 * 0.2, rel=0.2)
    assert before.bias_s < 3 * after.bias_s < 0
    assert after.median_abs_s >= 0.95 * learnt.fitted["all"].median_abs_s
    assert set(after_hours := learnt.after) == {"all", "night", "day", "peak"}
    assert sum(after_hours[hour].trips for hour in ("night", "day", "peak")) == after_hours["all"].trips


def test_the_calibrated_graph_has_the_factors(learnt: Calibration) -> None:
    """Applied, a through road at the peak takes about as long as planted; the report is JSON."""
    graph = town()
    applied = learnt.applied(graph)
    ratio = applied.factors[HourClass.PEAK] / graph.factors[HourClass.PEAK]
    assert ratio[CLASS_INDEX["primary"]] == pytest.approx(2.2, rel=0.15)
    assert ratio[CLASS_INDEX["trunk"]] == ratio[CLASS_INDEX["primary"]]
    assert json.loads(json.dumps(asdict(learnt)))["rounds"] == learnt.rounds


def test_the_wait_at_lights_is_learnt_where_there_are_lights() -> None:
    """Nine seconds a light on every through link are told from the speed by the trips that turn off early."""
    graph = town(signals=1)
    found = calibrate(graph, recorded(graph, 1500, 3, noise=0.05, wait=9.0), folds=2, rounds=2)
    assert found.waits[0] == pytest.approx(9.0, abs=2.5)


def test_few_trips_change_little() -> None:
    """Twelve trips leave the factors nearer to the defaults than a thousand do; what none drove stays."""
    graph = town()
    night = recorded(graph, 60, 4)
    few = np.flatnonzero(night.hour_class == HourClass.PEAK)[:12]
    trips = Trips(*(getattr(night, name)[few] for name in Trips.__dataclass_fields__))
    found = calibrate(graph, trips, belief=Belief(factor=0.1), folds=2)
    by_hour = {(one.hour, one.group): one for one in found.multipliers}
    assert by_hour["night", "through"].multiplier == pytest.approx(1.0)
    assert by_hour["day", "local"].trips == 0
    assert 1.0 <= by_hour["peak", "through"].multiplier < 1.3
    assert by_hour["peak", "through"].low < 1.2


def test_the_same_seed_gives_the_same_answer() -> None:
    """Sampling and folds are repeatable; beyond the most trips the rest is left out and said so."""
    graph = town()
    trips = recorded(graph, 400, 5)
    first, second = (calibrate(graph, trips, folds=2, rounds=2, most_trips=150, seed=9) for _ in range(2))
    assert first == second
    assert first.left_out["sampled"] >= 240
    assert first.after["all"].trips == 150 - first.left_out.get("no_way", 0)


def test_trips_that_teach_nothing_are_named() -> None:
    """Each row left out has its reason."""
    graph = town()
    trips = recorded(graph, 40, 6)
    columns = {name: getattr(trips, name).copy() for name in Trips.__dataclass_fields__}
    columns["from_lon"][0] = np.nan
    columns["seconds"][1] = -5
    columns["seconds"][2] = 9000
    columns["seconds"][3] = 0.5
    columns["to_lon"][4], columns["to_lat"][4] = columns["from_lon"][4], columns["from_lat"][4]
    columns["to_lat"][5] = 1.0
    found = calibrate(graph, Trips(**columns), folds=2)
    expected = ("no_place", "no_time", "too_long", "too_fast", "same_place")
    assert found.why[:5] == expected
    assert found.why[5] in {"off_road", "too_fast"}
    assert sum(found.left_out.values()) == sum(bool(reason) for reason in found.why)


def test_a_trip_without_a_way_is_left_out() -> None:
    """A closed place has no way; the others teach all the same."""
    graph = town()
    from anlan.engine.geo.roads import Closure

    shut = graph.with_closures([Closure(np.flatnonzero(graph.head == 0))])
    trips = recorded(graph, 60, 7)
    columns = {name: getattr(trips, name).copy() for name in Trips.__dataclass_fields__}
    columns["to_lon"][3], columns["to_lat"][3] = graph.node_lon[0], graph.node_lat[0]
    columns["seconds"][3] = 600.0
    assert calibrate(shut, Trips(**columns), folds=2).why[3] == "no_way"


class Stop:
    """A watch that stops after so many tellings."""

    def __init__(self, after: int) -> None:
        self.after, self.steps = after, 0

    def told(self, step: str, done: float, gap: float | None = None) -> None:
        """Count."""
        assert (step, gap) == ("calibrate", None)
        assert 0 < done <= 1
        self.steps += 1

    def stopped(self) -> bool:
        """Whether enough was told."""
        return self.steps >= self.after


def test_stopped_early_it_judges_fewer_trips() -> None:
    """After one of four folds a quarter of the trips is judged, and the factors are there."""
    graph = town()
    found = calibrate(graph, recorded(graph, 200, 8), folds=4, rounds=2, watch=Stop(2))
    assert found.after["all"].trips < found.fitted["all"].trips / 3
    assert calibrate(graph, recorded(graph, 200, 8), folds=4, rounds=1, watch=Stop(1)).after == {}


@pytest.mark.parametrize(
    ("change", "message"),
    [({"rounds": 0}, "rounds"), ({"folds": 1}, "folds"), ({"groups": {"a": ("primary",)}}, "is in none"),
     ({"groups": {"a": ("alley",)}}, "alley")],
)  # fmt: skip
def test_rules_out_of_range_are_refused(change: dict[str, object], message: str) -> None:
    """Each error names its argument."""
    graph = town()
    with pytest.raises(ValueError, match=message):
        calibrate(graph, recorded(graph, 30, 9), **change)  # type: ignore[arg-type]


def test_too_few_trips_are_refused_with_the_reasons() -> None:
    """Nine good trips of ten are not enough."""
    graph = town()
    trips = recorded(graph, 10, 10)
    trips.seconds[0] = -1
    with pytest.raises(ValueError, match=r"trips: 9 can be learnt from, .*1 no_time"):
        calibrate(graph, trips)
    with pytest.raises(ValueError, match="hour_class"):
        Trips.of([106.0], [0.0], [106.1], [0.0], 7, [60.0])
    with pytest.raises(ValueError, match="different lengths"):
        Trips.of([106.0], [0.0], [106.1], [0.0, 1.0], 0, [60.0])
    with pytest.raises(ValueError, match="wait_s"):
        Belief(wait_s=0)


def test_hour_classes_of_local_times() -> None:
    """Monday 8 is the peak, Sunday 8 the day, 3 at night."""
    assert hour_classes([8, 8, 3], [0, 6, 2]).tolist() == [HourClass.PEAK, HourClass.DAY, HourClass.NIGHT]


def test_without_prior_and_outliers_the_fit_is_non_negative_least_squares() -> None:
    """With a prior of no weight and exact times, SciPy's NNLS gives the same coefficients."""
    random = np.random.default_rng(2)
    table = random.uniform(50, 500, (60, 3))
    seconds = table @ [1.5, 0.7, 0.0]
    free = np.full(3, 1e6)
    found = fit(table, seconds, np.ones(3), free, np.zeros(3))
    np.testing.assert_allclose(found.value, nnls(table, seconds)[0], atol=1e-6)


@pytest.mark.realdata
def test_real_traces_of_a_congested_centre(shared_data: Path) -> None:
    """Athens at the morning peak: defaults are far too fast; held out, bias and error fall."""
    from bench.speeds import athens, legs

    graph = athens(shared_data / "gps")
    found = calibrate(graph, legs(graph, shared_data / "gps"), folds=5)
    before, after = found.before["peak"], found.after["peak"]
    assert before.trips > 40
    assert before.bias_s < -80
    assert abs(after.bias_s) < 0.6 * abs(before.bias_s)
    assert after.median_abs_s < 0.7 * before.median_abs_s
