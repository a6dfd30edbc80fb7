"""Which units to send: by road time from their last position, and what their leaving does to cover.

The rule is "closest suitable unit". A unit whose way cannot be found on the roads is still listed, after
those with one, by straight-line distance and marked as such; a unit without a position comes last, marked
unknown: "could not check" is a state of its own, never a guess that looks like an answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from anlan.engine.geo.roads import MAX_SNAP_M, HourClass

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from anlan.engine.geo.roads import RoadGraph

EARTH_M = 6_371_008.8
# Between random points of a city a road is about 1.2 times as long (Newell 1980); this errs to the slow side.
DETOUR = 1.3
STRAIGHT_MPS = 40 / 3.6
# Ranking asks who is nearest, and on a country road the next junction may be a kilometre ahead: past this a
# unit is listed by straight line, behind all others. Expected demand is judged as plans do, by `MAX_SNAP_M`.
MAX_APPROACH_M = 1000.0


class Basis(StrEnum):
    """What a time rests on."""

    ROAD = "road"
    STRAIGHT = "straight"
    UNKNOWN = "unknown"


@dataclass(frozen=True, eq=False)
class UnitTable:
    """Units as columns (n,): last position in WGS-84 (NaN = none), age of the fix in s, skills, free or not.

    Raises:
        ValueError: columns of different lengths.

    """

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    age_s: NDArray[np.float64]
    capabilities: Sequence[frozenset[str]]
    available: NDArray[np.bool_]

    def __post_init__(self) -> None:
        if (
            len({len(self.lon), len(self.lat), len(self.age_s), len(self.capabilities), len(self.available)})
            > 1
        ):
            raise ValueError("lon, lat, age_s, capabilities, available: different lengths")

    @property
    def located(self) -> NDArray[np.bool_]:
        """Which units have a position."""
        return np.isfinite(self.lon) & np.isfinite(self.lat)


@dataclass(frozen=True)
class Cover:
    """Share of demand (0-1) that a free unit reaches in the response ring, a second in the support ring."""

    response: float
    support: float


@dataclass(frozen=True, eq=False)
class Demand:
    """Points that cover is counted on: WGS-84 coordinates and weights, all (m,)."""

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    weight: NDArray[np.float64]


@dataclass(frozen=True)
class Recommendation:
    """One unit in the order of choice; `seconds` is None only where the basis is unknown.

    `cover_before` and `cover_after` are None where cover could not be checked (no road graph, no demand).
    """

    unit_index: int
    seconds: float | None
    basis: Basis
    age_s: float | None
    cover_before: Cover | None = None
    cover_after: Cover | None = None

    @property
    def straight(self) -> bool:
        """Whether the time is a straight-line estimate."""
        return self.basis is Basis.STRAIGHT


def recommend(  # noqa: PLR0913  the facts of one call
    graph: RoadGraph | None,
    incident_lon: float,
    incident_lat: float,
    units: UnitTable,
    needed_capabilities: Collection[str] = (),
    count: int = 5,
    *,
    hour_class: HourClass = HourClass.DAY,
    demand: Demand | None = None,
    ring_s: float = 300.0,
    support_s: float = 600.0,
) -> list[Recommendation]:
    """The `count` best units that are free and have all needed capabilities, best first.

    Raises:
        ValueError: the incident has no finite coordinates, or count is below 1.

    """
    if not (np.isfinite(incident_lon) and np.isfinite(incident_lat)):
        raise ValueError("incident_lon, incident_lat: no finite coordinates")
    if count < 1:
        raise ValueError(f"count: at least 1, not {count}")
    choice = _eligible(units, frozenset(needed_capabilities))
    ranked = _by_road(graph, incident_lon, incident_lat, units, choice, count, hour_class)
    if len(ranked) < count:
        ranked += _others(incident_lon, incident_lat, units, choice, ranked)[: count - len(ranked)]
    if graph is None or demand is None:
        return ranked
    leaving = [(one.unit_index,) for one in ranked]
    before, after = covers(
        graph, units, demand, leaving, hour_class=hour_class, ring_s=ring_s, support_s=support_s
    )
    return [_with_cover(one, before, left) for one, left in zip(ranked, after, strict=True)]


def rested_first(
    ranked: Sequence[Recommendation], due: Collection[int], seconds: float
) -> list[Recommendation]:
    """Units of `due` counted `seconds` farther away, in the order that follows; a basis stays with its like.

    Raises:
        ValueError: seconds is below 0 or not finite.

    """
    if not (np.isfinite(seconds) and seconds >= 0):
        raise ValueError(f"seconds: 0 or more, not {seconds}")
    tired = frozenset(due)
    counted = [
        one
        if one.seconds is None or one.unit_index not in tired
        else replace(one, seconds=one.seconds + seconds)
        for one in ranked
    ]
    bases = list(Basis)
    return sorted(
        counted,
        key=lambda one: (bases.index(one.basis), one.seconds or 0.0, seconds > 0 and one.unit_index in tired),
    )


def _with_cover(one: Recommendation, before: Cover, after: Cover) -> Recommendation:
    return Recommendation(one.unit_index, one.seconds, one.basis, one.age_s, before, after)


def _eligible(units: UnitTable, needed: frozenset[str]) -> NDArray[np.int64]:
    capable = np.fromiter((needed <= has for has in units.capabilities), np.bool_, len(units.capabilities))
    return np.flatnonzero(capable & units.available)


def _age(units: UnitTable, unit: int) -> float | None:
    age = float(units.age_s[unit])
    return age if np.isfinite(age) and units.located[unit] else None


def _by_road(
    graph: RoadGraph | None,
    lon: float,
    lat: float,
    units: UnitTable,
    choice: NDArray[np.int64],
    count: int,
    hour_class: HourClass,
) -> list[Recommendation]:
    placed = choice[units.located[choice]]
    if graph is None or not graph.nodes or not len(placed):
        return []
    target, off = graph.snap([lon], [lat])
    nodes, metres = graph.snap(units.lon[placed], units.lat[placed])
    near = metres <= MAX_APPROACH_M
    if off[0] > MAX_APPROACH_M or not near.any():
        return []
    order, seconds = graph.nearest(int(target[0]), nodes[near], count, hour_class)
    chosen = placed[near][order]
    return [
        Recommendation(int(unit), float(time), Basis.ROAD, _age(units, int(unit)))
        for unit, time in zip(chosen, seconds, strict=True)
    ]


def _others(
    lon: float, lat: float, units: UnitTable, choice: NDArray[np.int64], ranked: list[Recommendation]
) -> list[Recommendation]:
    rest = np.setdiff1d(choice, [one.unit_index for one in ranked])
    placed = rest[units.located[rest]]
    seconds = straight_seconds(units.lon[placed], units.lat[placed], lon, lat)
    order = np.argsort(seconds, kind="stable")
    straight = [
        Recommendation(int(unit), float(time), Basis.STRAIGHT, _age(units, int(unit)))
        for unit, time in zip(placed[order], seconds[order], strict=True)
    ]
    lost = [Recommendation(int(unit), None, Basis.UNKNOWN, None) for unit in rest[~units.located[rest]]]
    return straight + lost


def straight_seconds(
    lon: NDArray[np.float64], lat: NDArray[np.float64], to_lon: float, to_lat: float
) -> NDArray[np.float64]:
    """Seconds by great-circle distance times `DETOUR` at `STRAIGHT_MPS`, where no road is known."""
    lon1, lat1, lon2, lat2 = (np.radians(value) for value in (lon, lat, to_lon, to_lat))
    half = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    metres: NDArray[np.float64] = 2 * EARTH_M * np.arcsin(np.sqrt(half))
    return metres * (DETOUR / STRAIGHT_MPS)


def covers(
    graph: RoadGraph,
    units: UnitTable,
    demand: Demand,
    leaving: Sequence[Collection[int]],
    *,
    hour_class: HourClass = HourClass.DAY,
    ring_s: float = 300.0,
    support_s: float = 600.0,
) -> tuple[Cover, list[Cover]]:
    """Cover by all free units now, and with each of the given sets of units gone.

    Demand farther than `MAX_SNAP_M` from a road counts as not covered; units farther than `MAX_APPROACH_M`,
    or without a position, as not covering.
    """
    free = np.flatnonzero(units.available & units.located)
    nodes, metres = graph.snap(units.lon[free], units.lat[free])
    free, nodes = free[metres <= MAX_APPROACH_M], nodes[metres <= MAX_APPROACH_M]
    ends, off = graph.snap(demand.lon, demand.lat)
    k = 2 + max((len(gone) for gone in leaving), default=0)
    limit = max(ring_s, support_s)
    who, seconds = graph.soonest(nodes, ends, k, hour_class, limit)
    seconds[off > MAX_SNAP_M] = np.inf
    unit = np.where(who >= 0, np.append(free, -1)[who], -1)
    rings = (ring_s, support_s)
    return _cover(seconds, demand, rings), [
        _cover(_without(seconds, unit, gone), demand, rings) for gone in leaving
    ]


def _without(
    seconds: NDArray[np.float32], unit: NDArray[np.int64], gone: Collection[int]
) -> NDArray[np.float32]:
    left = np.where(np.isin(unit, list(gone)), np.float32(np.inf), seconds)
    return np.sort(left, axis=1)


def _cover(seconds: NDArray[np.float32], demand: Demand, rings: tuple[float, float]) -> Cover:
    total = float(demand.weight.sum())
    if total <= 0:
        return Cover(0.0, 0.0)
    shares = (
        float(demand.weight[seconds[:, place] <= ring].sum()) / total for place, ring in enumerate(rings)
    )
    return Cover(*shares)
