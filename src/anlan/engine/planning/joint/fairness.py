"""Among plans short of the same, the fairest: office days spread, weekends shared, no force overused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from anlan.engine.planning.joint.program import INF, Columns, Terms, total

if TYPE_CHECKING:
    from anlan.engine.planning.joint.master import Master

WEEKEND = (5, 6)


@dataclass(frozen=True)
class Fairness:
    """What a step of unevenness counts; 0 leaves one out. Assumptions, editable.

    `spread`: a person of difference between the days of a week with the most and the fewest office staff out.
    `weekends`: a weekend turn of difference between office groups, earlier ones included. `peak`: a person on
    a force's busiest day. `load`: a hundredth of the most used force's allowed hours. `sent`: a person sent.

    Raises:
        ValueError: a weight is negative.

    """

    spread: float = 2.0
    weekends: float = 10.0
    peak: float = 1.0
    load: float = 1.0
    sent: float = 0.1

    def __post_init__(self) -> None:
        for name in ("spread", "weekends", "peak", "load", "sent"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name}: 0 or more, not {getattr(self, name)}")


def add_fairness(master: Master, weights: Fairness) -> dict[int, float]:
    """Add what measures unevenness; returns its cost by column."""
    cost: dict[int, float] = {}
    _offices(master, weights, cost)
    _use(master, weights, cost)
    for terms in master.sent.values():
        for column, people in terms.items():
            cost[column] = cost.get(column, 0.0) + weights.sent * people
    return cost


def _range(columns: Columns, parts: list[tuple[Terms, float]]) -> tuple[int, int]:
    """Columns for the greatest and the least of some sums plus constants."""
    most, least = columns.add(INF, whole=False), columns.add(INF, whole=False)
    for terms, constant in parts:
        columns.row({**terms, most: -1.0}, high=-constant)
        columns.row({**terms, least: -1.0}, low=-constant)
    return most, least


def _offices(master: Master, weights: Fairness, cost: dict[int, float]) -> None:
    problem = master.problem
    offices = [office for force in problem.forces for office in force.offices]
    if not offices:
        return
    days: list[tuple[Terms, float]] = [
        ({master.out[one.code][day]: float(one.people) for one in offices}, 0.0)
        for day in range(problem.days)
    ]
    weekend = [day for day in range(problem.days) if (day + problem.first_weekday) % 7 in WEEKEND]
    turns = [(total(master.out[one.code][day] for day in weekend), float(one.weekends)) for one in offices]
    for parts, weight in ((days, weights.spread), (turns, weights.weekends)):
        most, least = _range(master.columns, parts)
        cost[most] = weight
        cost[least] = -weight


def _use(master: Master, weights: Fairness, cost: dict[int, float]) -> None:
    """The busiest day of each force, and the share of its hours that the most used force gives."""
    problem, columns = master.problem, master.columns
    busiest = columns.add(INF, whole=False)
    cost[busiest] = weights.load
    weeks = -(-problem.days // 7)
    for number, force in enumerate(problem.forces):
        peak = columns.add(INF, whole=False)
        cost[peak] = weights.peak
        hours: Terms = {}
        for day in range(problem.days):
            sent: Terms = {}
            for shift, length in problem.hours.items():
                part = master.sent.get((number, day, shift), {})
                sent |= part
                hours |= {column: length * people for column, people in part.items()}
            columns.row({**sent, peak: -1.0}, high=0.0)
        allowed = force.heads * force.max_hours * weeks
        if allowed > 0:
            columns.row({**hours, busiest: -allowed / 100}, high=0.0)
