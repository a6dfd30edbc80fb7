"""Plans with their signatures and standards, rosters, trials, and long work in the background."""

from anlan.service.planning.models.job import PlanningJob
from anlan.service.planning.models.plan import CountyStandards, DeploymentPlan, Level, PlanSignature
from anlan.service.planning.models.roster import Absence, Member, Roster, Wish
from anlan.service.planning.models.trial import Trial, TrialLook

__all__ = [
    "Absence", "CountyStandards", "DeploymentPlan", "Level", "Member", "PlanSignature", "PlanningJob",
    "Roster", "Trial", "TrialLook", "Wish",
]  # fmt: skip
