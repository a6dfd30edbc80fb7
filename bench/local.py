"""Local statistics: Gi* with permutations against esda, and Mann-Kendall against pymannkendall."""

# ruff: noqa: PLC0415  each side imports its own library, so that the other's memory does not count for it

from __future__ import annotations

import time
from typing import Any

import numpy as np

from bench.claims import at_most, faster, machine, measure

SIDE, DRAWS = 223, 999
CELLS, SLICES = 2_600, 52
IRREGULAR_METRES = 180.0


def counts() -> np.ndarray:
    """Counts as skewed as a city's, with two hot quarters."""
    rng = np.random.default_rng(1)
    rate = rng.gamma(0.5, 1.0, (SIDE, SIDE))
    rate[30:60, 40:80] *= 3
    rate[150:170, 100:180] *= 2
    return rng.poisson(rate).ravel()


def places() -> tuple[np.ndarray, np.ndarray]:
    """As many places strewn about, so that numbers of neighbours differ."""
    return tuple(np.random.default_rng(2).uniform(0, SIDE * 100.0, (2, SIDE * SIDE)))


def ours_getis(*, irregular: bool) -> dict[str, Any]:
    """Gi* and one-sided p of the upper tail, the second call: compiled code is cached on disk."""
    from anlan.engine.analysis.local import Neighbours, getis_ord

    near = Neighbours.within(*places(), IRREGULAR_METRES) if irregular else Neighbours.queen((SIDE, SIDE))
    values, seconds = counts(), []
    for _ in range(4):
        begin = time.perf_counter()
        found = getis_ord(values, near, permutations=DRAWS, alternative="greater")
        seconds.append(time.perf_counter() - begin)
    return {"z": found.z, "p": found.p, "seconds": min(seconds[1:]), "degree": near.degree}


def theirs_getis(*, irregular: bool) -> dict[str, Any]:
    """The same by esda on one job, compiled by a small run first."""
    import warnings

    warnings.simplefilter("ignore")
    import esda
    from libpysal.weights import DistanceBand, lat2W

    small = lat2W(10, 10, rook=False)
    esda.G_Local(np.arange(100.0), small, transform="B", star=True, permutations=9, n_jobs=1)
    if irregular:
        near = DistanceBand(np.column_stack(places()), IRREGULAR_METRES, binary=True, silence_warnings=True)
    else:
        near = lat2W(SIDE, SIDE, rook=False)
    begin = time.perf_counter()
    found = esda.G_Local(
        counts().astype(float),
        near,
        transform="B",
        star=True,
        permutations=DRAWS,
        n_jobs=1,
        seed=1,
        keep_simulations=False,
        alternative="greater",
    )
    return {"z": found.Zs, "p": np.asarray(found.p_sim), "seconds": time.perf_counter() - begin}


def grid_getis() -> dict[str, Any]:
    """Ours on the grid."""
    return ours_getis(irregular=False)


def grid_esda() -> dict[str, Any]:
    """Esda on the grid."""
    return theirs_getis(irregular=False)


def strewn_getis() -> dict[str, Any]:
    """Ours on strewn places."""
    return ours_getis(irregular=True)


def strewn_esda() -> dict[str, Any]:
    """Esda on strewn places."""
    return theirs_getis(irregular=True)


def sure(values: np.ndarray, draws: int) -> np.ndarray:
    """P-values of many more draws, the yardstick for both."""
    from anlan.engine.analysis.local import Neighbours, getis_ord

    return getis_ord(
        values, Neighbours.queen((SIDE, SIDE)), permutations=draws, seed=7, alternative="greater"
    ).p


def astray(p: np.ndarray, chance: np.ndarray) -> float:
    """Share of p-values further than four Monte Carlo errors from the chance of many more draws."""
    error = np.sqrt(chance * (1 - chance) / DRAWS) + 1.5 / DRAWS
    return float((np.abs(p - chance) > 4 * error).mean())


def getis(name: str, ours: Any, theirs: Any) -> None:
    """Both on one map; z and p agree."""
    own, peer = measure(ours), measure(theirs)
    one, other = own.value, peer.value
    apart = np.nanmax(np.abs(one["z"] - other["z"]))
    print(
        f"  {name}: ours {one['seconds']:.4f} s, {own.peak_mb:.0f} MB; esda {other['seconds']:.2f} s, "
        f"{peer.peak_mb:.0f} MB; neighbours {one['degree'].min()}-{one['degree'].max()}"
    )
    at_most(f"{name}_z_apart", apart, 1e-9, "in z")
    if name == "getis_grid":
        chance = sure(counts(), 99_999)
        at_most(f"{name}_p_astray", 100 * astray(one["p"], chance), 0.1, "% of cells")
        print(
            f"  esda's p astray by the same measure: {100 * astray(other['p'], chance):.2f} % of cells "
            "(ties of sums lost in floating point)"
        )
    faster(name, "esda", one["seconds"], other["seconds"], 100)
    at_most(f"{name}_memory", own.peak_mb, 500, "MB")


def series() -> np.ndarray:
    """Weekly counts per cell, some with a trend."""
    rng = np.random.default_rng(3)
    rise = np.linspace(0, 1, SLICES) * rng.normal(0, 1, (CELLS, 1))
    return rng.poisson(np.exp(rise)).astype(float)


def ours_trend() -> dict[str, Any]:
    """All cells at once, compiled; the best of five, as it takes milliseconds."""
    from anlan.engine.analysis.local import mann_kendall, sen_slope

    table, seconds = series(), []
    mann_kendall(table)
    sen_slope(table)
    for _ in range(5):
        begin = time.perf_counter()
        found = mann_kendall(table)
        seconds.append(time.perf_counter() - begin)
    begin = time.perf_counter()
    slope = sen_slope(table)
    return {
        "z": found.z,
        "p": found.p,
        "slope": slope,
        "seconds": min(seconds),
        "slope_seconds": time.perf_counter() - begin,
    }


def theirs_trend() -> dict[str, Any]:
    """Cell by cell, as the library takes it."""
    import pymannkendall

    table = series()
    begin = time.perf_counter()
    found = [pymannkendall.original_test(row) for row in table]
    seconds = time.perf_counter() - begin
    return {name: np.array([getattr(row, name) for row in found]) for name in ("z", "p", "slope")} | {
        "seconds": seconds
    }


def trend() -> None:
    """Both on the same series; z, p and slope agree."""
    own, peer = measure(ours_trend).value, measure(theirs_trend).value
    for name in ("z", "p", "slope"):
        at_most(f"mann_kendall_{name}_apart", float(np.abs(own[name] - peer[name]).max()), 1e-9, f"in {name}")
    print(
        f"  ours {own['seconds'] * 1e3:.2f} ms, its slopes {own['slope_seconds'] * 1e3:.1f} ms; "
        f"pymannkendall (slope included) {peer['seconds']:.2f} s"
    )
    faster("mann_kendall", "pymannkendall", own["seconds"], peer["seconds"], 300)
    faster(
        "mann_kendall_with_slope", "pymannkendall", own["seconds"] + own["slope_seconds"], peer["seconds"], 30
    )


if __name__ == "__main__":
    print(f"local statistics, {machine()}")
    getis("getis_grid", grid_getis, grid_esda)
    getis("getis_irregular", strewn_getis, strewn_esda)
    trend()
