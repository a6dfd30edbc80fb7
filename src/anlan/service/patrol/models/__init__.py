"""Briefings, alert colours, positions and check-ins."""

from anlan.service.patrol.models.briefing import BeatAlert, Briefing, BriefingText, Colour, Period
from anlan.service.patrol.models.duty import CheckIn, Position
from anlan.service.patrol.models.job import BriefingJob

__all__ = [
    "BeatAlert", "Briefing", "BriefingJob", "BriefingText", "CheckIn", "Colour", "Period", "Position",
]  # fmt: skip
