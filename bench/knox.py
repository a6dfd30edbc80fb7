"""Knox's table against pointpats, on incidents that crowd round a few hundred places over two years."""

from __future__ import annotations

import time
import warnings

import numpy as np

from anlan.engine.analysis.knox import knox
from bench.claims import at_most, faster, machine, measure

PERMUTATIONS = 99
METRES, DAYS = 200.0, 14
BANDS = np.arange(1, 11) * 100.0, np.arange(1, 9) * 7


def incidents(number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Incidents in 20 x 20 km: half round centres of uneven weight, on addresses of 10 m, half anywhere."""
    random = np.random.default_rng(number)
    centres = random.uniform(0, 20_000, (number // 100, 2))
    weight = random.gamma(0.7, 1, len(centres))
    near = centres[random.choice(len(centres), number, p=weight / weight.sum())]
    spread = np.where(random.random((number, 1)) < 0.5, 150.0, 6000.0)
    x, y = (near + random.normal(0, 1, (number, 2)) * spread).round(-1).T
    return x, y, random.integers(0, 730, number)


def small() -> int:
    """Compile the kernel, so that the figures are those of a second run."""
    return int(knox(*incidents(200), [METRES], [DAYS], permutations=1).observed[0, 0])


def ours(number: int) -> tuple[int, float, float]:
    """The pairs and p of one band each, and seconds; the compiled kernel is loaded before, as imports are."""
    small()
    data = incidents(number)
    begin = time.perf_counter()
    table = knox(*data, [METRES], [DAYS], permutations=PERMUTATIONS)
    return int(table.observed[0, 0]), float(table.p[0, 0]), time.perf_counter() - begin


def peer(number: int) -> tuple[int, float, float]:
    """The same of pointpats."""
    warnings.simplefilter("ignore")
    from pointpats import Knox  # noqa: PLC0415  its imports would count as our memory

    x, y, day = incidents(number)
    np.random.seed(0)  # noqa: NPY002  pointpats draws from the global generator
    events, times = np.column_stack((x, y)), day[:, None].astype(float)
    Knox(events[:200], times[:200], delta=METRES, tau=DAYS, permutations=1)
    begin = time.perf_counter()
    found = Knox(events, times, delta=METRES, tau=DAYS, permutations=PERMUTATIONS)
    return int(found.statistic_), float(found.p_sim), time.perf_counter() - begin


def whole(number: int, permutations: int) -> tuple[int, int]:
    """Pairs within 1 km, and within 1 km and 56 days, of the table of 10 x 8 bands."""
    x, y, day = incidents(number)
    near = knox(x, y, day, BANDS[0], [730], permutations=0).observed.sum()
    return int(near), int(knox(x, y, day, *BANDS, permutations=permutations).observed.sum())


def compare(number: int, target: float) -> bool:
    """Print both figures and the claim for one size."""
    mine, theirs = measure(ours, number), measure(peer, number)
    print(
        f"{number} incidents: {mine.value[0]} near pairs, p {mine.value[1]:.2f}, {mine.value[2]:.3f} s,"
        f" {mine.peak_mb:.0f} MB; pointpats {theirs.value[0]}, p {theirs.value[1]:.2f},"
        f" {theirs.value[2]:.1f} s, {theirs.peak_mb:.0f} MB"
    )
    same = mine.value[0] == theirs.value[0]
    print(f"knox_{number}: the same pairs {'ok' if same else 'short'}")
    held = faster(f"knox_{number}", "pointpats", mine.value[2], theirs.value[2], target)
    return same and at_most(f"knox_{number}_memory", mine.peak_mb, 400, "MB") and held


def main() -> bool:
    """Run all sizes; whether every claim holds."""
    print(machine())
    measure(small)
    held = [compare(5000, 1), compare(20_000, 100)]
    many = measure(whole, 100_000, 999)
    print(f"100000 incidents, 10 x 8 bands, 999 permutations: {many.value[0]} pairs within 1 km")
    held.append(at_most("knox_100000", many.seconds, 180, "s"))
    held.append(at_most("knox_100000_memory", many.peak_mb, 400, "MB"))
    return all(held)


if __name__ == "__main__":
    main()
