"""Briefings, alert colours, duty orders, positions, and what crews do and write on duty."""

from anlan.service.patrol.models.briefing import BeatAlert, Briefing, BriefingText, Colour, Period
from anlan.service.patrol.models.duty import CheckIn, Position
from anlan.service.patrol.models.job import BriefingJob
from anlan.service.patrol.models.orders import DutyOrder, Fix
from anlan.service.patrol.models.picture import Picture
from anlan.service.patrol.models.receipt import Receipt
from anlan.service.patrol.models.report import PlaceReport
from anlan.service.patrol.models.shift import Shift, ShiftEntry
from anlan.service.patrol.models.stay import Stay

__all__ = [
    "BeatAlert", "Briefing", "BriefingJob", "BriefingText", "CheckIn", "Colour", "DutyOrder", "Fix", "Period",
    "Picture", "PlaceReport", "Position", "Receipt", "Shift", "ShiftEntry", "Stay",
]  # fmt: skip
