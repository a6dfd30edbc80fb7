"""Briefings, alert colours, duty orders, devices, positions and check-ins."""

from anlan.service.patrol.models.briefing import BeatAlert, Briefing, BriefingText, Colour, Period
from anlan.service.patrol.models.devices import Device, DeviceCount
from anlan.service.patrol.models.duty import CheckIn
from anlan.service.patrol.models.job import BriefingJob
from anlan.service.patrol.models.orders import DutyOrder
from anlan.service.patrol.models.positions import Fix, Position, PositionClock

__all__ = [
    "BeatAlert", "Briefing", "BriefingJob", "BriefingText", "CheckIn", "Colour", "Device", "DeviceCount",
    "DutyOrder", "Fix", "Period", "Position", "PositionClock",
]  # fmt: skip
