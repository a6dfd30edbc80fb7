"""Trials: patrol decided by coins, so that what it does can be told from what would have happened anyway."""

from anlan.engine.planning.trials.coins import Commitment, coins, commit, kept
from anlan.engine.planning.trials.counts import counted
from anlan.engine.planning.trials.defaults import DEFAULTS, Default, Limit, default
from anlan.engine.planning.trials.design import design
from anlan.engine.planning.trials.dose import (
    Contamination,
    Doses,
    PerDose,
    PerProtocol,
    contamination,
    per_dose,
    per_protocol,
)
from anlan.engine.planning.trials.effect import Difference, Effect, effect
from anlan.engine.planning.trials.eligible import Eligibility, Hotspots, eligible
from anlan.engine.planning.trials.looks import Look, Verdict, look
from anlan.engine.planning.trials.model import Design, Excluded, Kind, Outcome, Pair, Protocol, Statistic, Why
from anlan.engine.planning.trials.play import Plays, plant
from anlan.engine.planning.trials.power import Power, PowerPoint, clopper_pearson, power, rehearse
from anlan.engine.planning.trials.randomisation import Ratio
from anlan.engine.planning.trials.schedule import Schedule, schedule
from anlan.engine.planning.trials.spill import Spill, Wdd, wdd, wdq

__all__ = [
    "DEFAULTS",
    "Commitment",
    "Contamination",
    "Default",
    "Design",
    "Difference",
    "Doses",
    "Effect",
    "Eligibility",
    "Excluded",
    "Hotspots",
    "Kind",
    "Limit",
    "Look",
    "Outcome",
    "Pair",
    "PerDose",
    "PerProtocol",
    "Plays",
    "Power",
    "PowerPoint",
    "Protocol",
    "Ratio",
    "Schedule",
    "Spill",
    "Statistic",
    "Verdict",
    "Wdd",
    "Why",
    "clopper_pearson",
    "coins",
    "commit",
    "contamination",
    "counted",
    "default",
    "design",
    "effect",
    "eligible",
    "kept",
    "look",
    "per_dose",
    "per_protocol",
    "plant",
    "power",
    "rehearse",
    "schedule",
    "wdd",
    "wdq",
]
