"""Briefings, alert colours, deployment plans, positions and check-ins."""

from anlan.service.patrol.models.briefing import BeatAlert, Briefing, BriefingText, Colour, Period
from anlan.service.patrol.models.duty import CheckIn, DeploymentPlan, Position
from anlan.service.patrol.models.job import BriefingJob

__all__ = [
    "BeatAlert", "Briefing", "BriefingJob", "BriefingText", "CheckIn", "Colour", "DeploymentPlan", "Period",
    "Position",
]  # fmt: skip
