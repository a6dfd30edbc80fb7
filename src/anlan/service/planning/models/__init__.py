"""Plans with their signatures and standards, rosters, trials, and long work in the background."""

from anlan.service.planning.models.job import PlanningJob
from anlan.service.planning.models.plan import CountyStandards, DeploymentPlan, Level, PlanSignature
from anlan.service.planning.models.rehearsal import DispatchRule, Rehearsal
from anlan.service.planning.models.roster import Absence, Member, Roster, Wish
from anlan.service.planning.models.trial import Trial, TrialLook

__all__ = [
    "Absence", "CountyStandards", "DeploymentPlan", "DispatchRule", "Level", "Member", "PlanSignature",
    "PlanningJob", "Rehearsal", "Roster", "Trial", "TrialLook", "Wish",
]  # fmt: skip
