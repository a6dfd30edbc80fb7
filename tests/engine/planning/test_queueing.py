"""Waiting for a free unit: published tables, an absorbing chain, and a SimPy model with priorities."""

from __future__ import annotations

import math

import numpy as np
import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.engine.planning.queueing import PriorityQueue, Queue, Unstable, erlang_b, erlang_c, euler

rates = st.lists(st.floats(0.05, 3.0), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("servers", "load", "blocked"),
    [(5, 1.361, 0.01), (10, 4.461, 0.01), (20, 12.03, 0.01), (50, 37.90, 0.01), (100, 84.06, 0.01),
     (10, 5.084, 0.02), (20, 13.18, 0.02)],
)  # fmt: skip
def test_erlang_b_agrees_with_the_published_table(servers: int, load: float, blocked: float) -> None:
    """The load at which 1 or 2 % are lost, from the traffic tables."""
    assert erlang_b(servers, load) == pytest.approx(blocked, rel=1e-3)


@pytest.mark.parametrize(
    ("load", "servers", "waiting", "empty"),
    [(0.5, 1, 0.500, 0.500), (1.5, 2, 1.929, 0.143), (1.5, 3, 0.237, 0.211), (2.6, 3, 4.933, 0.035),
     (3.0, 4, 1.528, 0.038), (2.5, 7, 0.009, 0.082)],
)  # fmt: skip
def test_queue_length_agrees_with_the_published_table(
    load: float, servers: int, waiting: float, empty: float
) -> None:
    """Mean number that waits and P(all free), as tabulated in textbooks of operations management."""
    queue = Queue(servers, load, 1.0)
    assert queue.mean_wait * load == pytest.approx(waiting, abs=6e-4)
    assert queue.busy[0] == pytest.approx(empty, abs=6e-4)


@given(st.integers(0, 40), st.floats(0.01, 60))
def test_erlang_b_is_the_share_of_the_truncated_poisson(servers: int, load: float) -> None:
    """The recursion equals the definition, summed in logarithms."""
    logs = [n * math.log(load) - math.lgamma(n + 1) for n in range(servers + 1)]
    top = max(logs)
    share = math.exp(logs[-1] - top) / math.fsum(math.exp(one - top) for one in logs)
    assert erlang_b(servers, load) == pytest.approx(share, rel=1e-9)


def test_a_thousand_units_lose_no_digits() -> None:
    """At a size where factorials overflow, the chance is still a chance, and falls with one unit more."""
    assert 0 < erlang_c(1001, 980.0) < erlang_c(1000, 980.0) < 1
    assert erlang_b(2000, 1e-3) == 0.0


@given(st.integers(1, 20), st.floats(0.05, 0.97), st.floats(0.1, 90))
def test_chances_of_busy_units_belong_together(servers: int, use: float, service: float) -> None:
    """They sum to one, their mean is the load, and detailed balance holds between neighbours."""
    queue = Queue(servers, servers * use / service, service)
    busy = queue.busy
    assert busy.sum() == pytest.approx(1)
    # Of the last state's mass a share 1 - use has nobody waiting.
    exactly = np.append(busy[:-1], busy[-1] * (1 - use))
    assert exactly[:-1] * queue.arrivals == pytest.approx(exactly[1:] * np.arange(1, servers + 1) / service)
    assert busy @ np.arange(servers + 1) == pytest.approx(queue.load)


def test_wait_quantile_inverts_the_tail() -> None:
    """P(wait > the 90 % quantile) is 10 %; where fewer wait at all it is 0."""
    queue = Queue(3, 2.4, 1.0)
    assert queue.beyond(queue.quantile(0.9)) == pytest.approx(0.1)
    assert Queue(8, 0.1, 1.0).quantile(0.9) == 0
    assert queue.quantile(1.0) == math.inf
    assert queue.beyond(-1) == 1


@pytest.mark.parametrize(("servers", "waits"), [(1, (0.238, 0.325)), (2, (0.029, 0.033, 0.048))])
def test_mean_waits_agree_with_the_county_hospital(servers: int, waits: tuple[float, ...]) -> None:
    """Hillier & Lieberman's example: critical, serious, stable patients; one or two doctors; hours."""
    queue = PriorityQueue(servers, (0.2, 0.6, 1.2), 1 / 3)
    assert queue.mean_waits[: len(waits)] == pytest.approx(waits, abs=6e-4)


@given(rates, st.integers(1, 9), st.floats(0.1, 0.95))
def test_the_order_of_service_moves_waits_but_makes_none(
    arrivals: list[float], servers: int, use: float
) -> None:
    """Weighted by calls, the mean wait is that without priorities, and the urgent wait least."""
    service = use * servers / sum(arrivals)
    queue = PriorityQueue(servers, arrivals, service)
    same = Queue(servers, sum(arrivals), service).mean_wait
    assert np.average(queue.mean_waits, weights=arrivals) == pytest.approx(same)
    assert (np.diff(queue.mean_waits) >= 0).all()


def chain_tail(queue: PriorityQueue, row: int, wait: float, most: int = 400) -> float:
    """P(wait > t) of a class by uniformisation of the number ahead, independent of any transform."""
    full, urgent = queue.servers / queue.service, sum(queue.arrivals[:row])
    ratio = sum(queue.arrivals[: row + 1]) / full
    ahead = np.concatenate(([0.0], (1 - ratio) * ratio ** np.arange(most)))
    rate = full + urgent
    step = np.zeros(most + 1)
    late = 0.0
    for jump in range(int(rate * wait + 10 * math.sqrt(rate * wait) + 30)):
        weight = math.exp(jump * math.log(rate * wait) - rate * wait - math.lgamma(jump + 1))
        late += weight * ahead[1:].sum()
        step[:-1] = ahead[1:] * full / rate
        step[-1] = 0
        step[2:] += ahead[1:-1] * urgent / rate
        step[0] = 0
        ahead, step = step, np.zeros(most + 1)
    return queue.wait_chance * late


@given(rates, st.integers(1, 6), st.floats(0.1, 0.9), st.floats(0.05, 4))
@settings(max_examples=30, deadline=None)
def test_the_tail_of_each_class_equals_the_absorbing_chain(
    arrivals: list[float], servers: int, use: float, at: float
) -> None:
    """The inversion agrees with a chain that counts the calls ahead to 1e-6."""
    queue = PriorityQueue(servers, arrivals, use * servers / sum(arrivals))
    wait = at * queue.service
    for row in range(len(arrivals)):
        assert float(queue.beyond(wait, row)) == pytest.approx(chain_tail(queue, row, wait), abs=1e-6)


@given(rates, st.integers(1, 6), st.floats(0.1, 0.9))
@settings(max_examples=30, deadline=None)
def test_the_tail_integrates_to_the_mean_wait(arrivals: list[float], servers: int, use: float) -> None:
    """Two formulas from different papers meet."""
    queue = PriorityQueue(servers, arrivals, use * servers / sum(arrivals))
    for row, mean in enumerate(queue.mean_waits):
        wait = np.linspace(0, 60 * mean / queue.wait_chance, 6001)
        assert np.trapezoid(queue.beyond(wait, row), wait) == pytest.approx(mean, rel=2e-3)
        at = queue.quantile(0.95, row)
        assert at == 0 or float(queue.beyond(at, row)) == pytest.approx(0.05, abs=1e-6)


def test_euler_inverts_what_is_known() -> None:
    """exp(-t), and the tail of a gamma of shape 2."""
    at = np.array([0.01, 0.5, 3.0, 12.0])
    assert euler(lambda s: 1 / (s + 1), at) == pytest.approx(np.exp(-at), abs=1e-7)
    assert euler(lambda s: (1 - 1 / (1 + s) ** 2) / s, at) == pytest.approx((1 + at) * np.exp(-at), abs=1e-7)


def simulate(
    servers: int, arrivals: tuple[float, ...], services: tuple[float, ...], calls: int
) -> list[np.ndarray]:
    """Waits of each class in a SimPy model with a priority resource."""
    random = np.random.default_rng(7)
    env = simpy.Environment()
    units = simpy.PriorityResource(env, servers)
    waits: list[list[float]] = [[] for _ in arrivals]

    def one(row: int) -> object:
        begin = env.now
        with units.request(priority=row) as turn:
            yield turn
            waits[row].append(env.now - begin)
            yield env.timeout(random.exponential(services[row]))

    def source() -> object:
        total = sum(arrivals)
        for _ in range(calls):
            yield env.timeout(random.exponential(1 / total))
            env.process(one(int(random.choice(len(arrivals), p=np.array(arrivals) / total))))

    env.process(source())
    env.run()
    return [np.array(row[len(row) // 20 :]) for row in waits]


def test_simulation_agrees_class_by_class() -> None:
    """P(wait), mean wait and P(wait > t) of three classes within the sampling error of 25,000 calls."""
    queue = PriorityQueue(3, (0.5, 0.8, 0.8), 1.0)
    for row, waits in enumerate(simulate(3, (0.5, 0.8, 0.8), (1.0, 1.0, 1.0), 25_000)):
        assert np.mean(waits > 0) == pytest.approx(queue.wait_chance, abs=0.03)
        assert waits.mean() == pytest.approx(queue.mean_waits[row], rel=0.1)
        for at in (0.3, 1.5):
            assert np.mean(waits > at) == pytest.approx(float(queue.beyond(at, row)), abs=0.025)


def test_unequal_service_times_cost_what_the_docs_say() -> None:
    """Urgent calls of half the length: the pooled mean errs below 15 % of the mean wait at 60 % use."""
    arrivals, services = (1.0, 1.0), (0.6, 1.2)
    queue = PriorityQueue(3, arrivals, 0.9)
    for row, waits in enumerate(simulate(3, arrivals, services, 25_000)):
        assert waits.mean() == pytest.approx(queue.mean_waits[row], rel=0.15)


def test_too_much_work_is_refused_by_name() -> None:
    """The refusal says how much the units would have to do."""
    with pytest.raises(Unstable, match="3 cannot do a load of 3"):
        Queue(3, 1.5, 2.0)
    with pytest.raises(Unstable):
        PriorityQueue(1, (0.5, 0.5), 1.0)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: Queue(1, -1, 1), "arrivals"),
        (lambda: Queue(1, 1, 0), "service"),
        (lambda: erlang_b(-1, 1), "servers"),
        (lambda: erlang_b(1, math.inf), "load"),
        (lambda: PriorityQueue(1, (0.1, -0.1), 1), "arrivals: class 1"),
    ],
)
def test_a_wrong_argument_is_named(call: object, told: str) -> None:
    """Every refusal names the parameter."""
    with pytest.raises(ValueError, match=told):
        call()  # type: ignore[operator]


@given(st.integers(1, 12), st.floats(0.05, 0.9), st.floats(0.0, 0.5))
def test_units_are_away_for_the_share_that_was_asked(servers: int, use: float, away: float) -> None:
    """Busy and away together are the load and the share; without own work the chain is Erlang's."""
    load = servers * (1 - away) * use
    queue = Queue(servers, load, 1.0, away)
    out = queue.busy @ np.arange(servers + 1)
    assert out == pytest.approx(load + away * servers)
    assert queue.wait_chance >= erlang_c(servers, load) * (1 - 1e-9)
    assert Queue(servers, load, 1.0).wait_chance == pytest.approx(erlang_c(servers, load), rel=1e-9)


def test_activities_of_free_units_make_calls_wait_as_in_a_simulation() -> None:
    """Two units, a fifth of their time away: P(wait) and mean wait within the sampling error."""
    queue = Queue(2, 0.8, 1.0, 0.2)
    own = 0.2 * 2 / (2 * 0.8 - 0.8)
    random = np.random.default_rng(5)
    clock, out, line, waits = 0.0, 0, [], []
    while len(waits) < 20_000:
        free = 2 - out
        rates = np.array([0.8, own * free, out * 1.0])
        clock += random.exponential(1 / rates.sum())
        event = int(np.searchsorted(np.cumsum(rates), random.random() * rates.sum()))
        if event == 0 and free:
            waits.append(0.0)
        if event == 0 and not free:
            line.append(clock)
        elif event == 2 and line:
            waits.append(clock - line.pop(0))
        else:
            out += 1 if event < 2 else -1
    assert np.mean(np.array(waits) > 0) == pytest.approx(queue.wait_chance, abs=0.02)
    assert np.mean(waits) == pytest.approx(queue.mean_wait, rel=0.1)
