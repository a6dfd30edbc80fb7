"""Traces made for tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from anlan.engine.planning.adherence import (
    CheckIns,
    Duty,
    Kind,
    Places,
    Planned,
    Positions,
    Records,
    Rules,
    adherence,
)
from anlan.engine.planning.adherence.model import Done

SHIFT = Duty("U1", 0.0, 28_800.0, beat="B", shift="day")
HERE = (0.0, 0.0)
STREET = np.array([[0.0, 0.0], [1000.0, 0.0]])
PLACES = Places({"P": HERE}, {"L": STREET}, np.array([[0.0, 5000.0]]))


def fixes(*rows: tuple[float, float, float], unit: str = "U1") -> Positions:
    """Fixes as (time, x, y)."""
    table = np.array(rows, float).reshape(-1, 3)
    return Positions(np.full(len(table), unit), *table.T)


def driven(
    begin: tuple[float, float, float], end: tuple[float, float, float], every_s: float
) -> list[tuple[float, float, float]]:
    """Fixes along a straight way at an even speed, both ends included."""
    count = max(2, round((end[0] - begin[0]) / every_s) + 1)
    return [tuple(row) for row in np.linspace(begin, end, count).tolist()]


def said(*rows: tuple[str, str, float, float, float]) -> CheckIns:
    """Check-ins as (unit, place, time, x, y)."""
    unit, place, *numbers = zip(*rows, strict=True)
    return CheckIns(np.array(unit), np.array(place), *(np.array(one, float) for one in numbers))


def want(kind: Kind, begin_s: float = 1000.0, end_s: float = 2000.0, dose_s: float = 600.0) -> Planned:
    """One thing to do between two moments."""
    place = "L" if kind is Kind.LINE else "P"
    return Planned("1", kind, place, "U1", begin_s, end_s, dose_s if kind is Kind.STOP else 0.0, "B", "day")


def one(
    kind: Kind,
    records: Records,
    rules: Rules | None = None,
    duties: Sequence[Duty] = (SHIFT,),
    **window: float,
) -> Done:
    """What becomes of one planned thing."""
    return adherence([want(kind, **window)], duties, PLACES, records, rules or Rules()).done[0]
