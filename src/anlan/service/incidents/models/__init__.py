"""Incidents, their taxonomy, and the assignment of units to them."""

from anlan.service.incidents.models.assignment import Assignment
from anlan.service.incidents.models.backup import Backup
from anlan.service.incidents.models.emergency import Emergency, EmergencyPress
from anlan.service.incidents.models.incident import Incident, NumberSeries
from anlan.service.incidents.models.move import Move
from anlan.service.incidents.models.run_card import RunCard
from anlan.service.incidents.models.stacked import Stacked
from anlan.service.incidents.models.taxonomy import Category, IncidentType, Priority, Source

__all__ = [
    "Assignment",
    "Backup",
    "Category",
    "Emergency",
    "EmergencyPress",
    "Incident",
    "IncidentType",
    "Move",
    "NumberSeries",
    "Priority",
    "RunCard",
    "Source",
    "Stacked",
]
