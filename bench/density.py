"""Kernel density: 100,000 events on 100,000 cells against KDEpy's FFTKDE; truth by scikit-learn's exact sum.

Every run is a process of its own; each calls once to warm up (Numba's cache; its time is printed too) and
then nine times, of which the median counts. All evaluate the same Gaussian on the same grid of nodes; KDEpy
is given kilometres, because it cuts the kernel where it falls below a fixed number, in metres too early. The
error is measured on 1,000 nodes, half of them the densest by the peer's own figures, half drawn among all
those above 1 % of the peak: the greatest relative error there, and the greatest as a share of the peak.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from anlan.engine.analysis.density import adaptive_surface, bandwidth_by_likelihood, surface
from bench.claims import at_most, faster, machine, measure, quantiles

SIDE_M = 20_000.0
NODES = 316  # 316 × 317 = 100,172 nodes
STEP_M = SIDE_M / NODES
EVENTS = 100_000
TIMES = 9


def events() -> np.ndarray:
    """Places in 400 clusters of different width and weight over a thin background, metres, (N, 2)."""
    rng = np.random.default_rng(1)
    heart = rng.uniform(2000, SIDE_M - 2000, (400, 2))
    width = rng.gamma(2, 150, 400)
    cluster = rng.choice(400, EVENTS, p=rng.dirichlet(np.full(400, 0.3)))
    places = heart[cluster] + rng.normal(size=(EVENTS, 2)) * width[cluster][:, None]
    thin = rng.random(EVENTS) < 0.2
    places[thin] = rng.uniform(1000, SIDE_M - 1000, (int(thin.sum()), 2))
    return np.clip(places, 1.0, SIDE_M - 1)


def axes() -> tuple[np.ndarray, np.ndarray]:
    """Return eastings and northings of the nodes."""
    return STEP_M * np.arange(NODES + 1), STEP_M * np.arange(NODES)


def timed(function: Any) -> tuple[np.ndarray, float, float]:
    """Return the value, seconds of the first call, and the median of the others."""
    begin = time.perf_counter()
    value = function()
    first = time.perf_counter() - begin
    runs = []
    for _ in range(TIMES):
        begin = time.perf_counter()
        function()
        runs.append(time.perf_counter() - begin)
    return value, first, quantiles(runs)[0]


def ours(bandwidth_m: float) -> tuple[np.ndarray, float, float]:
    """Our surface, incidents per m², on the nodes."""
    places, (xs, ys) = events(), axes()
    bounds = (float(xs[0]), float(ys[0]), float(xs[-1]), float(ys[-1]))

    def run() -> np.ndarray:
        found = surface(*places.T, bandwidth_m=bandwidth_m, node_m=STEP_M, bounds=bounds)
        return found.density[: len(ys), : len(xs)] / 1e6

    return timed(run)


def kdepy(bandwidth_m: float) -> tuple[np.ndarray, float, float]:
    """KDEpy's surface on the same nodes."""
    from KDEpy import FFTKDE  # noqa: PLC0415  the peer's import is not ours to pay

    places, (xs, ys) = events(), axes()
    grid = np.column_stack([part.ravel() for part in np.meshgrid(xs, ys, indexing="ij")]) / 1000
    places /= 1000

    def run() -> np.ndarray:
        found = FFTKDE(kernel="gaussian", bw=bandwidth_m / 1000).fit(places).evaluate(grid)
        return found.reshape(len(xs), len(ys)).T * EVENTS / 1e6

    return timed(run)


def sklearn_exact(bandwidth_m: float, at: np.ndarray) -> tuple[np.ndarray, float]:
    """The exact sum at some places (M, 2) and its seconds."""
    from sklearn.neighbors import KernelDensity  # noqa: PLC0415  the peer's import is not ours to pay

    begin = time.perf_counter()
    model = KernelDensity(bandwidth=bandwidth_m, atol=0, rtol=0).fit(events())
    return np.exp(model.score_samples(at)) * EVENTS, time.perf_counter() - begin


def checked_nodes(by: np.ndarray) -> np.ndarray:
    """Return the indices of 1,000 nodes: the 500 densest and 500 of those above 1 % of the peak."""
    flat = by.ravel()
    densest = np.argsort(-flat)[:500]
    others = np.random.default_rng(2).choice(np.flatnonzero(flat > 0.01 * flat.max()), 500, replace=False)
    return np.concatenate((densest, others))


def errors(found: np.ndarray, truth: np.ndarray, nodes: np.ndarray) -> tuple[float, float]:
    """Greatest relative error, and greatest error as a share of the peak, in percent."""
    off = np.abs(found.ravel()[nodes] - truth)
    return 100 * float((off / truth).max()), 100 * float(off.max() / truth.max())


def compare(bandwidth_m: float) -> None:
    """Print the claims for one bandwidth."""
    print(f"  bandwidth {bandwidth_m:g} m, nodes {STEP_M:.1f} m apart, {EVENTS:,} events")
    (mine, first, seconds), (peers, peer_first, peer_seconds) = (
        measure(run, bandwidth_m).value for run in (ours, kdepy)
    )
    nodes = checked_nodes(peers)
    xs, ys = axes()
    at = np.column_stack((xs[nodes % len(xs)], ys[nodes // len(xs)]))
    truth, exact_seconds = measure(sklearn_exact, bandwidth_m, at).value
    print(f"    ours {1000 * seconds:.1f} ms (first call {1000 * first:.0f} ms)")
    print(f"    KDEpy {1000 * peer_seconds:.1f} ms (first call {1000 * peer_first:.0f} ms)")
    print(f"    scikit-learn, exact, {len(at)} nodes {exact_seconds:.1f} s: "
          f"all nodes about {exact_seconds * mine.size / len(at):.0f} s")  # fmt: skip
    relative, of_peak = errors(peers, truth, nodes)
    print(f"    KDEpy: greatest relative error {relative:.2f} %, {of_peak:.2f} % of the peak")
    relative, of_peak = errors(mine, truth, nodes)
    name = f"density_{bandwidth_m:g}m"
    faster(name, "KDEpy", seconds, peer_seconds, 1)
    at_most(f"{name}_relative_error", relative, 1, "%")
    at_most(f"{name}_error_of_peak", of_peak, 1, "%")


def others() -> tuple[float, float, float]:
    """Seconds of the adaptive surface and of the choice of a bandwidth, and the one chosen."""
    places, (xs, ys) = events(), axes()
    bounds = (float(xs[0]), float(ys[0]), float(xs[-1]), float(ys[-1]))
    begin = time.perf_counter()
    adaptive_surface(*places.T, bandwidth_m=200, bounds=bounds)
    adapted = time.perf_counter() - begin
    begin = time.perf_counter()
    chosen = bandwidth_by_likelihood(*places.T)
    return adapted, time.perf_counter() - begin, chosen.bandwidth_m


if __name__ == "__main__":
    print(f"density, {machine()}")
    for bandwidth in (100.0, 200.0, 400.0):
        compare(bandwidth)
    run = measure(others)
    adapted, choosing, best = run.value
    print(f"  adaptive, 200 m, {adapted:.2f} s; bandwidth by likelihood {choosing:.2f} s: {best:.0f} m; "
          f"peak {run.peak_mb:.0f} MB")  # fmt: skip
