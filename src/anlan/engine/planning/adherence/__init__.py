"""Adherence: a plan held against check-ins and positions of units on duty; the unknown is said to be so."""

from anlan.engine.planning.adherence.assemble import Adherence, Group, Rate, adherence
from anlan.engine.planning.adherence.dose import Presence, presence
from anlan.engine.planning.adherence.model import (
    CheckIns,
    Done,
    Duty,
    Kind,
    Matched,
    Patrol,
    Places,
    Planned,
    Positions,
    Records,
    Rules,
    Status,
    Stays,
    Why,
)

__all__ = [
    "Adherence",
    "CheckIns",
    "Done",
    "Duty",
    "Group",
    "Kind",
    "Matched",
    "Patrol",
    "Places",
    "Planned",
    "Positions",
    "Presence",
    "Rate",
    "Records",
    "Rules",
    "Status",
    "Stays",
    "Why",
    "adherence",
    "presence",
]
