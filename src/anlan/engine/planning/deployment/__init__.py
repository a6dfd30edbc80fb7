"""A day's deployment: who goes out, who stands where, which way they go, and what it buys."""

from anlan.engine.planning.deployment.assemble import QUICK, Bench, How, NobodyOut, assemble
from anlan.engine.planning.deployment.inputs import Ask, Beats, Crew, Day, Duty, Place, Sites, Stretch
from anlan.engine.planning.deployment.model import (
    METHOD,
    DayPlan,
    Missing,
    Out,
    Problem,
    ShiftPosts,
    Stand,
    Ways,
)
from anlan.engine.planning.deployment.posted import Contradicted
from anlan.engine.planning.deployment.times import spread_over

__all__ = [
    "METHOD",
    "QUICK",
    "Ask",
    "Beats",
    "Bench",
    "Contradicted",
    "Crew",
    "Day",
    "DayPlan",
    "Duty",
    "How",
    "Missing",
    "NobodyOut",
    "Out",
    "Place",
    "Problem",
    "ShiftPosts",
    "Sites",
    "Stand",
    "Stretch",
    "Ways",
    "assemble",
    "spread_over",
]  # fmt: skip
