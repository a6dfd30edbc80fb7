"""Rehearsal: a week of 300 calls a day with 60 cars on Columbus' roads, by our loop and by SimPy."""

from __future__ import annotations

import time

import numpy as np

from anlan.engine.geo.roads import Hours
from anlan.engine.planning.rehearsal.bound import hindsight
from anlan.engine.planning.rehearsal.model import Setup, Travel, Zones, standing
from anlan.engine.planning.rehearsal.report import report
from anlan.engine.planning.rehearsal.sample import Expected, Kind
from anlan.engine.planning.rehearsal.simulate import Run, simulate
from anlan.engine.planning.rehearsal.tally import rehearse
from bench.claims import at_most, faster, machine, quantiles
from bench.networks import network, somewhere
from bench.simpy_model import simpy_run

CARS, PLACES, PER_DAY, DAYS = 60, 1000, 300.0, 7
REPLICATIONS = 1000


def county() -> tuple[Setup, Expected, Travel, Zones]:
    """Cars at random nodes, calls uneven by place and hour, three priorities, two cars to the most urgent."""
    random = np.random.default_rng(7)
    graph = network("columbus")
    nodes = np.concatenate((somewhere(graph, CARS, 1), somewhere(graph, PLACES, 2)))
    travel = Travel.from_graph(graph, nodes, Hours())
    until_s = DAYS * 86_400.0
    weight = random.gamma(0.5, 1, PLACES)
    hourly = 1 + 0.6 * np.sin(2 * np.pi * (np.arange(DAYS * 24) - 9) / 24)
    shares = np.array([0.2, 0.5, 0.3])
    expected = hourly[:, None, None] * weight[:, None] * shares
    expected *= PER_DAY * DAYS / expected.sum()
    kinds = tuple(_kind(random, priority) for priority in (1, 2, 3))
    place = CARS + np.arange(PLACES)
    source = Expected(expected, place, np.arange(PLACES) // 50, kinds)
    force = standing(np.arange(CARS), 2 * until_s)
    return Setup(force), source, travel, Zones(place, weight)


def _kind(random: np.random.Generator, priority: int) -> Kind:
    service = random.lognormal(np.log(1500), 0.7, 200)
    return Kind(priority, ((0, 2 if priority == 1 else 1),), service, random.lognormal(np.log(60), 0.4, 200))


def means(run: Run) -> tuple[float, ...]:
    """Mean response, way and wait."""
    return tuple(float(np.mean(values)) for values in (run.response_s(), run.reach_s(), run.wait_s()))


def one_week(setup: Setup, source: Expected, travel: Travel, zones: Zones) -> None:
    """Ours and SimPy on the same calls: the same units, times and averages, to the digit."""
    calls = source.draw(0)
    begin = time.perf_counter()
    peer = simpy_run(setup, calls, travel, zones)
    theirs = time.perf_counter() - begin
    run = simulate(setup, calls, travel)
    other = Run(calls, peer["unit"], peer["sent"], peer["arrived"], peer["freed"], run.cover, 0)
    assert means(run) == means(other)
    assert np.array_equal(run.unit, peer["unit"])
    plain, covered = ([_timed(setup, calls, travel, of) for _ in range(20)] for of in (None, zones))
    print(f"  {len(calls):,} calls, {calls.slots:,} cars sent; mean response, way, wait: "
          f"{', '.join(f'{value:.9f}' for value in means(run))} s, the same in SimPy")  # fmt: skip
    at_most("rehearse_a_week", 1000 * quantiles(plain)[0], 50, "ms")
    at_most("rehearse_a_week_with_cover", 1000 * quantiles(covered)[0], 100, "ms")
    faster("rehearse_a_week", "simpy", quantiles(plain)[0], theirs, 1)


def _timed(setup: Setup, calls, travel: Travel, zones: Zones | None) -> float:
    begin = time.perf_counter()
    simulate(setup, calls, travel) if zones is None else simulate(setup, calls, travel, zones)
    return time.perf_counter() - begin


def many_weeks(setup: Setup, source: Expected, travel: Travel) -> None:
    """A thousand weeks drawn, run and told."""
    begin = time.perf_counter()
    told = report(rehearse(setup, source, travel, replications=REPLICATIONS))
    seconds = time.perf_counter() - begin
    mean = told.row().response.mean
    print(f"  mean response {mean.value:.2f} s [{mean.low:.2f}, {mean.high:.2f}], {len(told.rows)} rows")
    at_most(f"rehearse_{REPLICATIONS}_weeks", seconds, 60, "s")


def best(setup: Setup, source: Expected, travel: Travel) -> None:
    """The room that hindsight has, shown beside the rehearsal."""
    begin = time.perf_counter()
    found = hindsight(setup, source.draw(0), travel, time_limit_s=300)
    print(f"  hindsight: {found.rehearsed:.2f} s rehearsed, no choice of cars below {found.bound:.2f} s "
          f"(gap {found.gap:.1%}), all cars always free {found.posts:.2f} s; "
          f"{time.perf_counter() - begin:.1f} s")  # fmt: skip


if __name__ == "__main__":
    print(f"rehearsal, {machine()}")
    everything = county()
    one_week(*everything)
    many_weeks(*everything[:3])
    best(*everything[:3])
