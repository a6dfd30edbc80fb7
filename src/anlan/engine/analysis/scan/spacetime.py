"""The space-time scan: cylinders over places and days, tested against data sets without clusters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from anlan.engine.analysis.scan import _kernels, replicas
from anlan.engine.analysis.scan.model import Cluster, Search
from anlan.engine.analysis.scan.replicas import Scanned
from anlan.engine.analysis.scan.windows import circles

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

TIE = 1e-9  # ratios equal but for rounding count as ties, against the find


def space_time_scan(
    counts: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    *,
    expected: ArrayLike | None = None,
    population: ArrayLike | None = None,
    model: Literal["poisson", "permutation"] = "permutation",
    search: Search | None = None,
) -> list[Cluster]:
    """Return the clusters in space and time, the most likely first; no two share a cell.

    Args:
        counts: incidents, (cells, days), whole numbers.
        x: centres of the cells east, metres.
        y: centres of the cells north, metres.
        expected: Poisson model: what is expected, (cells, days), up to a factor.
        population: Poisson model instead of `expected`: (cells,) or (cells, days), what incidents are
            proportional to.
        model: "poisson" holds the counts against the baseline given; "permutation" against what cells and
            days have in all, and needs no baseline.
        search: which cylinders, how many replicas (default: prospective, 1 km, 28 days, 999).

    The baseline is scaled to the total of the counts, so the scan tells where there is more than
    elsewhere, never that there is more everywhere. Each centre offers its most likely cylinder; those that
    share a cell with a more likely one are left out.

    Raises:
        ValueError: shapes differ, a value is negative or not finite, or the model lacks its baseline.

    Source: Kulldorff 1997, Commun. Stat. Theory Methods 26, 1481; 2001, J. R. Stat. Soc. A 164, 61;
    Kulldorff et al. 2005, PLoS Med. 2, e59 (permutation).

    """
    search = search or Search()
    seen = _whole(counts)
    east, north = _places(x, y, len(seen))
    baseline = _baseline(seen, expected, population, model)
    if not seen.sum():
        return []
    days = seen.shape[1]
    longest = min(search.max_days, days)
    first = days - longest if search.prospective else 0
    scanned = Scanned(
        circles(east, north, baseline.sum(axis=1), search),
        np.ascontiguousarray(baseline[:, first:]),
        float(seen.sum()),
        longest,
        search.prospective,
        search.least,
    )
    found = _clusters(scanned, seen[:, first:], east, north, search.most)
    if not found:
        return []
    fill = (
        replicas.scattered(scanned, search) if model == "poisson" else replicas.shuffled(seen, first, search)
    )
    chance = replicas.highest(scanned, fill, search.replicas)
    return [_tested(cluster, first, chance, search) for cluster in found]


def _whole(counts: ArrayLike) -> NDArray[np.int64]:
    given = np.asarray(counts)
    if given.ndim != 2 or not given.size:
        raise ValueError("counts: must be (cells, days)")
    if not np.isfinite(given).all() or (given < 0).any() or (given != np.round(given)).any():
        raise ValueError("counts: must be whole numbers, not negative")
    return given.astype(np.int64)


def _places(x: ArrayLike, y: ArrayLike, cells: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    east, north = np.asarray(x, np.float64), np.asarray(y, np.float64)
    if east.shape != (cells,) or north.shape != (cells,):
        raise ValueError("x, y: must be one for each cell")
    if not (np.isfinite(east).all() and np.isfinite(north).all()):
        raise ValueError("x, y: must be finite")
    return east, north


def _baseline(
    seen: NDArray[np.int64], expected: ArrayLike | None, population: ArrayLike | None, model: str
) -> NDArray[np.float64]:
    """Return what is expected of each cell and day, summing to the incidents."""
    if model == "permutation":
        if expected is not None or population is not None:
            raise ValueError("expected, population: the permutation model takes none")
        margins = np.outer(seen.sum(axis=1), seen.sum(axis=0)).astype(np.float64)
        margins /= max(float(seen.sum()), 1.0)
        return margins
    if model != "poisson":
        raise ValueError('model: must be "poisson" or "permutation"')
    if (expected is None) == (population is None):
        raise ValueError("expected, population: the Poisson model takes one of them")
    given = np.asarray(expected if expected is not None else population, np.float64)
    if population is not None and given.ndim == 1:
        given = given[:, None]
    name = "expected" if expected is not None else "population"
    if given.ndim != 2 or given.shape not in (seen.shape, (len(seen), 1)):
        raise ValueError(f"{name}: must have the shape of the counts")
    if not np.isfinite(given).all() or (given < 0).any() or not given.sum() > 0:
        raise ValueError(f"{name}: must be finite, not negative, and not all 0")
    wide = np.broadcast_to(given, seen.shape)
    if (seen[wide == 0] > 0).any():
        raise ValueError(f"{name}: is 0 where incidents were counted")
    scaled: NDArray[np.float64] = wide * (float(seen.sum()) / float(wide.sum()))
    return scaled


def _clusters(
    scanned: Scanned, seen: NDArray[np.int64], x: NDArray[np.float64], y: NDArray[np.float64], most: int
) -> list[Cluster]:
    """Return the most likely cylinders that share no cell, untested, days counted from the first scanned."""
    circles = scanned.circles
    before = replicas.summed(seen.astype(np.float64)).astype(np.float32)
    ratio, cylinder = _kernels.strongest(circles.rows, before, scanned.before, scanned.limits)
    taken = np.zeros(len(seen), bool)
    found: list[Cluster] = []
    # Among equals the one with fewer cells: the others only add empty ones.
    for centre in np.lexsort((cylinder[:, 0], -np.round(ratio, 9))).tolist():
        if ratio[centre] <= 0 or len(found) == most:
            break
        size, begin, end = cylinder[centre].tolist()
        cells = circles.members(centre, size)
        if taken[cells].any():
            continue
        taken[cells] = True
        observed = int(seen[cells, begin:end].sum())
        expected = float(scanned.expected[cells, begin:end].sum())
        radius = float(circles.metres[circles.start[centre] + size - 1])
        found.append(
            Cluster(
                cells, float(x[centre]), float(y[centre]), radius, begin, end - 1, observed, expected,
                observed / expected, float(ratio[centre]), float("nan"), float("nan"),
            )
        )  # fmt: skip
    return found


def _tested(cluster: Cluster, first: int, chance: NDArray[np.float64], search: Search) -> Cluster:
    """Return a cluster with its days in the counts, p and recurrence."""
    higher = int((chance >= cluster.llr - TIE).sum())
    p = (1 + higher) / (1 + len(chance)) if len(chance) else float("nan")
    return replace(
        cluster,
        start=first + cluster.start,
        end=first + cluster.end,
        p=p,
        recurrence_days=search.every_days / p if search.prospective else float("nan"),
    )
