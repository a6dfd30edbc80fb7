"""Near repeats: incidents of one type close in place and time, which often draw another one there soon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.spatial import cKDTree

from anlan.engine.analysis.knox import knox

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.analysis.knox import Knox

METRES, DAYS = (100.0, 200.0, 300.0, 400.0), (3, 7, 14, 28)


@dataclass(frozen=True)
class Chain:
    """A cluster of near repeats: type, how many, last day, and the middle of the place (metres)."""

    type: str
    count: int
    last: str
    x: float
    y: float
    members: tuple[int, ...]


@dataclass(frozen=True)
class Risk:
    """How far and how long a type's incidents draw others: metres, days, observed / expected pairs, p."""

    metres: float
    days: int
    ratio: float
    p: float


@dataclass(frozen=True)
class Warned:
    """A place with raised risk of one type until a day: the risk's figures, the incidents that raise it."""

    type: str
    x: float
    y: float
    radius_m: float
    until: int
    ratio: float
    members: tuple[int, ...]


def shared_places(
    x: NDArray[np.float64], y: NDArray[np.float64], *, share: float = 0.01
) -> NDArray[np.bool_]:
    """Tell which points sit on a spot (1 m) with more than `share` of all: a default address."""
    if len(x) < 100:
        return np.zeros(len(x), bool)
    spots = np.stack((np.round(x), np.round(y)), axis=1)
    _, inverse, counts = np.unique(spots, axis=0, return_inverse=True, return_counts=True)
    return np.asarray(counts[inverse.ravel()] > max(share * len(x), 10))


def chains(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    day: NDArray[np.int64],
    types: NDArray[Any],
    *,
    metres: float = 200.0,
    days: int = 7,
    least: int = 3,
) -> list[Chain]:
    """Return clusters of at least `least` incidents of one type, all within `metres` and `days`.

    Only the last `days` days count. The incident with most others within half of `metres` makes a cluster
    with them; what is left goes on likewise. So no cluster is wider than `metres`, however many are nearby.
    Largest first.

    Raises:
        ValueError: a distance is not positive.

    """
    if metres <= 0 or days <= 0:
        raise ValueError("metres, days: must be positive")
    if not len(x):
        return []
    found: list[Chain] = []
    late = day > int(day.max()) - days
    for kind in np.unique(types[late]):
        mine = np.flatnonzero(late & (types == kind))
        tree = cKDTree(np.stack((x[mine], y[mine]), axis=1))
        near = [set(tree.query_ball_point(place, metres / 2)) for place in tree.data]
        while (best := max(near, key=len)) and len(best) >= least:
            found.append(_chain(str(kind), mine[sorted(best)], x, y, day))
            near = [row - best for row in near]
    return sorted(found, key=lambda chain: (-chain.count, chain.type))


def _chain(
    kind: str, members: NDArray[Any], x: NDArray[np.float64], y: NDArray[np.float64], day: NDArray[np.int64]
) -> Chain:
    last = str(np.datetime64(int(day[members].max()), "D"))
    place = float(np.median(x[members])), float(np.median(y[members]))
    return Chain(kind, len(members), last, *place, tuple(int(member) for member in members))


def raised(table: Knox, *, level: float = 0.05, least_ratio: float = 1.2, least: int = 5) -> Risk | None:
    """Return how far and how long risk is raised by a Knox table, None where the nearest band is not.

    Bands count from the nearest on without a gap: outward within the shortest time, onward within the
    shortest distance. A band counts with p at most `level`, a ratio of `least_ratio` and `least` pairs.
    """
    strong = (table.p <= level) & (table.ratio >= least_ratio) & (table.observed >= least)
    if not strong[0, 0]:
        return None
    far, long = (int(np.argmin(np.append(run, False))) for run in (strong[:, 0], strong[0]))
    block = np.s_[:far, :long]
    ratio = table.observed[block].sum() / table.expected[block].sum()
    metres, days = float(table.distance_bands[far - 1]), int(table.day_bands[long - 1])
    return Risk(metres, days, float(ratio), float(table.p[0, 0]))


def warnings(  # noqa: PLR0913  incidents are four columns
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    day: NDArray[np.int64],
    types: NDArray[Any],
    *,
    today: int,
    metres: tuple[float, ...] = METRES,
    days: tuple[int, ...] = DAYS,
    permutations: int = 199,
    seed: int = 0,
) -> list[Warned]:
    """Return places where an incident lately raised the risk of another of its type, by the Knox table.

    Each type's own history tells how far and how long (`raised`); a type without raised risk warns of
    nothing. Incidents on shared places (default addresses) are left out, those after `today` too. Incidents
    within half the reach of one another make one place; its window ends with the latest of them.
    Highest ratio first.

    Args:
        x: east, (n,), metres.
        y: north, (n,), metres.
        day: day of each incident, (n,).
        types: type of each incident, (n,).
        today: a window must reach beyond this day.
        metres: upper edges of the distance bands.
        days: upper edges of the day bands.
        permutations: orders of days each type's table is tested against.
        seed: the same seed gives the same warnings.

    Raises:
        ValueError: bands do not ascend, or x, y, day differ in length.

    Source: Johnson et al. 2007, J. Quant. Criminol. 23, 201; thresholds of Ratcliffe's Near Repeat
    Calculator (ratio 1.2, p 0.05).

    """
    kept = np.flatnonzero(~shared_places(x, y) & (day <= today))
    found: list[Warned] = []
    for kind in np.unique(types[kept]):
        mine = kept[types[kept] == kind]
        table = knox(x[mine], y[mine], day[mine], metres, days, permutations=permutations, seed=seed)
        risk = raised(table)
        if risk:
            fresh = mine[day[mine] + risk.days > today]
            found += [_warned(str(kind), risk, group, x, y, day) for group in _groups(fresh, x, y, risk)]
    return sorted(found, key=lambda one: (-one.ratio, -one.until, one.type, one.x, one.y))


def _groups(
    fresh: NDArray[np.int64], x: NDArray[np.float64], y: NDArray[np.float64], risk: Risk
) -> list[NDArray[np.int64]]:
    """Return the incidents by place: the one with most others within half the reach takes them, and so on."""
    tree = cKDTree(np.stack((x[fresh], y[fresh]), axis=1)) if len(fresh) else None
    near = [set(tree.query_ball_point(place, risk.metres / 2)) for place in tree.data] if tree else []
    groups = []
    while near and (best := max(near, key=len)):
        groups.append(fresh[sorted(best)])
        near = [row - best for row in near]
    return groups


def _warned(
    kind: str,
    risk: Risk,
    members: NDArray[np.int64],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    day: NDArray[np.int64],
) -> Warned:
    place = float(np.median(x[members])), float(np.median(y[members]))
    until = int(day[members].max()) + risk.days
    return Warned(kind, *place, risk.metres, until, risk.ratio, tuple(members.tolist()))
