"""Briefings, alert colours, duty orders, devices, positions, and what crews do and write on duty."""

from anlan.service.patrol.models.briefing import BeatAlert, Briefing, BriefingText, Colour, Period
from anlan.service.patrol.models.devices import Device, DeviceCount
from anlan.service.patrol.models.duty import CheckIn
from anlan.service.patrol.models.job import BriefingJob
from anlan.service.patrol.models.orders import DutyOrder
from anlan.service.patrol.models.picture import Picture
from anlan.service.patrol.models.positions import Fix, Position, PositionClock
from anlan.service.patrol.models.receipt import Receipt
from anlan.service.patrol.models.report import PlaceReport
from anlan.service.patrol.models.shift import Shift, ShiftEntry
from anlan.service.patrol.models.stay import Stay

__all__ = [
    "BeatAlert",
    "Briefing",
    "BriefingJob",
    "BriefingText",
    "CheckIn",
    "Colour",
    "Device",
    "DeviceCount",
    "DutyOrder",
    "Fix",
    "Period",
    "Picture",
    "PlaceReport",
    "Position",
    "PositionClock",
    "Receipt",
    "Shift",
    "ShiftEntry",
    "Stay",
]
