"""Briefings, alert colours, duty orders, positions and check-ins."""

from anlan.service.patrol.models.briefing import BeatAlert, Briefing, BriefingText, Colour, Period
from anlan.service.patrol.models.duty import CheckIn, Position
from anlan.service.patrol.models.job import BriefingJob
from anlan.service.patrol.models.orders import DutyOrder, Fix

__all__ = [
    "BeatAlert", "Briefing", "BriefingJob", "BriefingText", "CheckIn", "Colour", "DutyOrder", "Fix", "Period",
    "Position",
]  # fmt: skip
