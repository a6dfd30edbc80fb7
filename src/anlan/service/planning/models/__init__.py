"""Plans with their signatures and standards, rosters, joint command, trials, and long work."""

from anlan.service.planning.models.job import PlanningJob
from anlan.service.planning.models.joint import JointCommand, JointRules
from anlan.service.planning.models.plan import CountyStandards, DeploymentPlan, Level, PlanSignature
from anlan.service.planning.models.rehearsal import DispatchRule, Rehearsal
from anlan.service.planning.models.roster import Absence, Member, Roster, Wish
from anlan.service.planning.models.trial import Trial, TrialLook

__all__ = [
    "Absence", "CountyStandards", "DeploymentPlan", "DispatchRule", "JointCommand", "JointRules", "Level",
    "Member", "PlanSignature",
    "PlanningJob", "Rehearsal", "Roster", "Trial", "TrialLook", "Wish",
]  # fmt: skip
