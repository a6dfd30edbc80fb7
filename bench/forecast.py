"""Forecasts: the self-exciting fit against one on all pairs, and a weekly city forecast against predspot.

Inputs are made: a city of 10 × 10 km with forty busy places and near repeats, two years of incidents.
"""

# ruff: noqa: PLC0415  each side imports its own library, so that the other's memory does not count for it

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import Any

import numpy as np

from bench.claims import at_least, at_most, faster, machine, measure, peak_bytes

SIDE_M, DAYS, HELD_OUT = 10_000.0, 728, 28
LARGE, SMALL = 118_000, 8_300  # so that 50,000 and 8,000 incidents are learned on
ITERATIONS, PEER_ITERATIONS = 40, 5
FIRST = np.datetime64("2022-01-03")
CENTRE = -35.2, -5.8
MEASURED_BEFORE_S = 57.0


def city(size: int, seed: int = 5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return x, y in metres and day number of incidents; every fifth repeats another one nearby in days."""
    rng = np.random.default_rng(seed)
    places = rng.uniform(0, SIDE_M, (40, 2))
    of = rng.choice(40, size, p=rng.dirichlet(np.full(40, 0.7)))
    at = places[of] + rng.normal(0, 250, (size, 2))
    even = rng.random(size) < 0.3
    at[even] = rng.uniform(0, SIDE_M, (int(even.sum()), 2))
    day = rng.integers(0, DAYS, size)
    again = rng.random(size) < 0.2
    parent = rng.integers(0, size, int(again.sum()))
    at[again] = at[parent] + rng.normal(0, 60, (int(again.sum()), 2))
    day[again] = day[parent] + rng.geometric(1 / 7, int(again.sum()))
    kept = (day < DAYS) & (at > 0).all(axis=1) & (at < SIDE_M).all(axis=1)
    order = np.argsort(day[kept], kind="stable")
    return at[kept][order, 0], at[kept][order, 1], day[kept][order]


def history(size: int) -> Any:
    """Return the same as daily counts on cells of 200 m, up to the held-out weeks."""
    from anlan.engine.analysis.forecast.history import CellHistory

    x, y, day = city(size)
    end = FIRST + np.timedelta64(DAYS, "D")
    return CellHistory.from_points(x, y, FIRST + day.astype("timedelta64[D]"), first=FIRST, end=end)


def ours_fit(size: int, blocks: int) -> dict[str, Any]:
    """Fit the bank, kernels included, the second call (compiled code is cached on disk); score what came."""
    from anlan.engine.analysis.forecast.bank import Bank, KernelBank, learning_starts

    whole = history(size)
    past, later = whole.until(DAYS - HELD_OUT), whole.came(DAYS - HELD_OUT, HELD_OUT)
    bank, seconds = KernelBank(blocks=blocks, iterations=ITERATIONS), []
    for _ in range(3):
        fresh = whole.until(DAYS - HELD_OUT)
        begin = time.perf_counter()
        fitted = bank.fit(fresh)
        seconds.append(time.perf_counter() - begin)
    starts = learning_starts(past.exposed, bank.horizon, blocks)
    told = Bank(past, (7.0,), (0.0,)).history.entries
    learned = sum(told[2][(told[0] >= s) & (told[0] < s + bank.horizon)].sum() for s in starts)
    share = fitted.rate / fitted.rate.sum()
    return {"seconds": min(seconds[1:]), "learned": float(learned), "bits": bits(share, later)}


def theirs_fit(size: int) -> dict[str, Any]:
    """Fit a self-exciting process on all pairs (Mohler et al. 2011): exponential × Gaussian trigger, EM.

    Plain NumPy, the background a kernel density of the points weighed by their chance of being background.
    """
    x, y, day = city(size)
    early = day < DAYS - HELD_OUT
    x, y, day = (part[early].astype(np.float32) for part in (x, y, day))
    gap = day[:, None] - day[None, :]
    square = (x[:, None] - x) ** 2 + (y[:, None] - y) ** 2
    density = np.exp(-square / (2 * 200.0**2)) / (2 * np.pi * 200.0**2) / DAYS
    before = gap > 0
    share, decay, width, own = 0.2, 0.1, 100.0, np.full(len(x), 0.8, np.float32)
    begin = time.perf_counter()
    for _ in range(PEER_ITERATIONS):
        trigger = np.where(
            before, share * decay * np.exp(-decay * gap - square / (2 * width**2)) / (2 * np.pi * width**2), 0
        )
        background = density @ own
        total = background + trigger.sum(axis=1)
        own = (background / total).astype(np.float32)
        trigger /= total[:, None]
        mass = float(trigger.sum())
        share, decay = mass / len(x), mass / float((trigger * gap).sum())
        width = float(np.sqrt((trigger * square).sum() / (2 * mass)))
    seconds = time.perf_counter() - begin
    return {"seconds": seconds, "fitted": (share, decay, width), "own": own, "points": (x, y, day)}


def peer_bits(size: int, fit: dict[str, Any]) -> float:
    """Score the pairs' forecast on our cells, by the same measure."""
    whole = history(size)
    share, decay, width = fit["fitted"]
    x, y, day = fit["points"]
    square = (whole.x[:, None] - x) ** 2 + (whole.y[:, None] - y) ** 2
    still = share * decay * np.exp(-decay * (DAYS - HELD_OUT + HELD_OUT / 2 - day)) / (2 * np.pi * width**2)
    rate = np.exp(-square / (2 * 200.0**2)) @ (fit["own"] / (2 * np.pi * 200.0**2) / DAYS)
    rate = rate + np.exp(-square / (2 * width**2)) @ still + 1e-12
    return bits(rate / rate.sum(), whole.came(DAYS - HELD_OUT, HELD_OUT))


def bits(share: np.ndarray, came: np.ndarray) -> float:
    """Return bits per incident over an even map."""
    return float((came * np.log2(share * len(share))).sum() / came.sum())


def ours_city(size: int) -> dict[str, Any]:
    """Forecast the next week of a city: points to cells, every candidate tried, the chosen one fitted."""
    from anlan.engine.analysis.forecast.bank import KernelBank
    from anlan.engine.analysis.forecast.choose import Chosen, choose

    seconds, bank_only = [], []
    for _ in range(2):
        begin = time.perf_counter()
        past = history(size)
        found = choose(past, Chosen())
        found.fitted.expected(7)
        seconds.append(time.perf_counter() - begin)
        begin = time.perf_counter()
        KernelBank().fit(history(size)).expected(7)
        bank_only.append(time.perf_counter() - begin)
    return {"seconds": min(seconds), "bank": min(bank_only), "cells": len(past.x), "name": found.name}


def theirs_city(size: int) -> dict[str, Any]:
    """Do the same by predspot's own pipeline on its point grid of 500 m (200 m takes many times as long)."""
    import geopandas
    import pandas as pd
    from predspot.pipeline import run_prediction_pipeline
    from shapely.geometry import box

    x, y, day = city(size)
    lon = CENTRE[0] + x / 111_320.0 / np.cos(np.radians(CENTRE[1]))
    lat = CENTRE[1] + y / 111_320.0
    table = pd.DataFrame(
        {"tag": "a", "t": pd.to_datetime(FIRST + day.astype("timedelta64[D]")), "lon": lon, "lat": lat}
    )
    area = geopandas.GeoDataFrame(geometry=[box(lon.min(), lat.min(), lon.max(), lat.max())], crs="EPSG:4326")
    begin = time.perf_counter()
    predicted, _ = run_prediction_pipeline(table, area, tfreq="W", grid_resolution=0.5)
    return {"seconds": time.perf_counter() - begin, "cells": len(predicted), "peak_mb": peak_bytes() / 1e6}


def predspot() -> dict[str, Any] | None:
    """Run the peer by the interpreter that PREDSPOT_PYTHON names (default this one); None without it."""
    python = os.environ.get("PREDSPOT_PYTHON", sys.executable)
    code = f"import json; from bench.forecast import theirs_city; print(json.dumps(theirs_city({SMALL})))"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr.strip().splitlines()[-1])
        return None
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def fit_claims() -> None:
    """Print the claims on the self-exciting fit."""
    large = measure(ours_fit, LARGE, 104)
    learned = large.value["learned"]
    print(f"learned on {learned:,.0f} incidents, {ITERATIONS} iterations")
    at_least("incidents learned on", learned, 50_000, "incidents")
    at_most("self-exciting fit, kernels included", large.value["seconds"], 2.0, "s")
    at_most("self-exciting fit, memory", large.peak_mb, 500, "MB")
    small, pairs = measure(ours_fit, SMALL, 104), measure(theirs_fit, SMALL)
    theirs = pairs.value["seconds"] * ITERATIONS / PEER_ITERATIONS
    print(f"all pairs: {PEER_ITERATIONS} iterations measured, scaled to {ITERATIONS}; {pairs.peak_mb:.0f} MB")
    print(f"open_cp's SEPPTrainer, measured beforehand on 8,000 incidents: {MEASURED_BEFORE_S:.0f} s, 4 GB")
    faster("self-exciting fit, a history of 8,000", "NumPy on all pairs", small.value["seconds"], theirs, 20)
    better = small.value["bits"] - peer_bits(SMALL, pairs.value)
    at_least("bits per incident over all pairs, held-out weeks", better, -0.05, "bits")


def city_claims() -> None:
    """Print the claims on a weekly city forecast."""
    ours = measure(ours_city, SMALL)
    print(f"choice among all: {ours.value['seconds']:.2f} s, {ours.value['cells']} cells of 200 m")
    print(f"kernel bank alone: {ours.value['bank']:.2f} s; {ours.peak_mb:.0f} MB")
    peer = predspot()
    if peer is None:
        print("predspot could not run here; measured beforehand on a city: 269 s, 1.3 GB")
        return
    print(f"predspot: {peer['seconds']:.1f} s, {peer['peak_mb']:.0f} MB, {peer['cells']} rows")
    faster("one weekly city forecast", "predspot", ours.value["bank"], peer["seconds"], 200)
    faster("one weekly city forecast, chosen among all", "predspot", ours.value["seconds"],
           peer["seconds"], 200)  # fmt: skip


if __name__ == "__main__":
    print(machine())
    fit_claims()
    city_claims()
