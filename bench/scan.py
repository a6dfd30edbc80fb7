"""The prospective space-time scan against the same scan in vectorised NumPy, on the same replicas.

51 x 51 cells of 150 m with uneven risk, 44,251 incidents in 730 days; circles up to 1 km, the last 1-28 days.
Both sides scan the same cylinders. Numba's kernels are loaded before the clock starts; ours then runs all 999
replicas on every core, NumPy a few of them on one, stated as seconds for each replica.
"""

from __future__ import annotations

import time

import numpy as np
from scipy.sparse import csr_matrix

from anlan.engine.analysis.scan import Search, space_time_scan
from anlan.engine.analysis.scan.replicas import Scanned, highest, scattered, shuffled
from anlan.engine.analysis.scan.windows import Circles, circles
from bench.claims import at_most, machine, measure

SIDE, EVENTS, DAYS, LONGEST, COMPARED = 51, 44_251, 730, 28, 20
SEARCH = Search(max_radius_m=1000.0, max_days=LONGEST, replicas=999)


def grid() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Counts (cells, days), centres, and the risk of each cell."""
    random = np.random.default_rng(1)
    x, y = (part.ravel() * 150.0 for part in np.meshgrid(np.arange(SIDE), np.arange(SIDE)))
    risk = random.gamma(0.3, 1, len(x))
    counts = np.zeros((len(x), DAYS), np.int64)
    cell = random.choice(len(x), EVENTS, p=risk / risk.sum())
    np.add.at(counts, (cell, random.integers(0, DAYS, EVENTS)), 1)
    return counts, x, y, risk


def whole(model: str) -> tuple[tuple[float, list[int], int], float]:
    """The data's highest ratio, its cells and first day, and seconds, compiled kernels loaded before."""
    counts, x, y, risk = grid()
    given = {"population": risk} if model == "poisson" else {}
    space_time_scan(counts[:9], x[:9], y[:9], model=model, search=Search(replicas=1),
                    **{name: part[:9] for name, part in given.items()})  # fmt: skip
    begin = time.perf_counter()
    found = space_time_scan(counts, x, y, model=model, search=SEARCH, **given)
    seconds = time.perf_counter() - begin
    return (found[0].llr, sorted(found[0].cells.tolist()), found[0].start), seconds


def prepared(model: str) -> tuple[Scanned, np.ndarray]:
    """What is scanned, and replicas (cells, days + 1, COMPARED) of the library's own drawing."""
    counts, x, y, risk = grid()
    total = counts.sum()
    cells, days = (risk, np.ones(DAYS)) if model == "poisson" else (counts.sum(axis=1), counts.sum(axis=0))
    expected = np.outer(cells, days) * (total / (cells.sum() * days.sum()))
    scanned = Scanned(
        circles(x, y, expected.sum(axis=1), SEARCH), np.ascontiguousarray(expected[:, -LONGEST:]),
        float(total), longest=LONGEST, last_only=True, least=2,
    )  # fmt: skip
    fill = scattered(scanned, SEARCH) if model == "poisson" else shuffled(counts, DAYS - LONGEST, SEARCH)
    replicas = np.zeros((len(x), LONGEST + 1, COMPARED), np.float32)
    fill(np.arange(COMPARED), replicas)
    return scanned, replicas


def ours(model: str) -> np.ndarray:
    """Each replica's highest ratio."""
    scanned, replicas = prepared(model)

    def fill(rows: np.ndarray, out: np.ndarray) -> None:
        out[:] = replicas[:, :, rows]

    return highest(scanned, fill, COMPARED)


def membership(hoop: Circles, cells: int) -> csr_matrix:
    """Return which cells each circle holds, (circles, cells)."""
    rows = [
        hoop.cell[hoop.start[centre] : at + 1]
        for centre in range(cells)
        for at in hoop.start[centre]
        + np.flatnonzero(hoop.closes[hoop.start[centre] : hoop.start[centre + 1]])
    ]
    ends = np.concatenate(([0], np.cumsum([len(row) for row in rows])))
    inside = np.concatenate(rows)
    return csr_matrix((np.ones(len(inside)), inside, ends), (len(rows), cells))


def ratios(seen: np.ndarray, due: np.ndarray, total: float) -> np.ndarray:
    """Log likelihood ratios of cylinders, 0 where no more than due or fewer than two were seen."""
    out = np.zeros(seen.shape)
    more = (seen > due) & (seen >= 2)
    c, e = seen[more], due[more]
    out[more] = c * np.log(c / e) + (total - c) * np.log((total - c) / (total - e))
    return out


def peer(model: str) -> tuple[np.ndarray, tuple[float, list[int], int], float]:
    """The same by a sparse product and whole arrays, one replica after another; seconds for each replica."""
    scanned, replicas = prepared(model)
    circle = membership(scanned.circles, len(scanned.expected))
    due = circle @ scanned.expected[:, ::-1].cumsum(axis=1)
    best = np.zeros(COMPARED)
    begin = time.perf_counter()
    for number in range(COMPARED):
        seen = circle @ replicas[:, :0:-1, number].astype(float).cumsum(axis=1)
        best[number] = ratios(seen, due, scanned.total).max()
    seconds = (time.perf_counter() - begin) / COMPARED
    data = ratios(circle @ grid()[0][:, : -LONGEST - 1 : -1].cumsum(axis=1), due, scanned.total)
    rows, spans = np.nonzero(data >= data.max() - 1e-9)
    fewest = int(np.argmin(circle.getnnz(axis=1)[rows]))  # the others only add empty cells
    cells = sorted(circle[rows[fewest]].indices.tolist())
    return best, (float(data.max()), cells, DAYS - 1 - int(spans[fewest])), seconds


def compare(model: str) -> bool:
    """Print figures and claims for one model; whether they hold."""
    run = measure(whole, model)
    (ratio, *place), seconds = run.value
    equal = measure(ours, model).value
    best, (their_ratio, *their_place), each = measure(peer, model).value
    apart = max(float(np.abs(equal - best).max()), abs(ratio - their_ratio))
    print(
        f"{model}: {SEARCH.replicas} replicas {seconds:.2f} s, {run.peak_mb:.0f} MB;"
        f" NumPy {each * 1000:.0f} ms a replica over {COMPARED}, {each * SEARCH.replicas / seconds:.3g} times"
        f" as long; highest ratio {ratio:.4f}"
    )
    print(f"scan_{model}: the same best cluster {'ok' if place == their_place else 'short'}")
    return all([
        place == their_place,
        at_most(f"scan_{model}_apart", apart, 1e-9, "in log likelihood ratios"),
        at_most(f"scan_{model}_seconds", seconds, 10, "s"),
        at_most(f"scan_{model}_memory", run.peak_mb, 400, "MB"),
    ])  # fmt: skip


def main() -> bool:
    """Run both models; whether every claim holds."""
    print(f"scan, {machine()}")
    return all([compare("permutation"), compare("poisson")])


if __name__ == "__main__":
    main()
