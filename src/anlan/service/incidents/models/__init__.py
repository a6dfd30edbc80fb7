"""Incidents, their taxonomy, and the assignment of units to them."""

from anlan.service.incidents.models.assignment import Assignment
from anlan.service.incidents.models.incident import Incident, NumberSeries
from anlan.service.incidents.models.layout import BoardLayout
from anlan.service.incidents.models.linkage import STANDARD_S, AcceptanceDeadline, Linkage, LinkageMessage
from anlan.service.incidents.models.taxonomy import Category, IncidentType, Priority, Source

__all__ = [
    "STANDARD_S",
    "AcceptanceDeadline",
    "Assignment",
    "BoardLayout",
    "Category",
    "Incident",
    "IncidentType",
    "Linkage",
    "LinkageMessage",
    "NumberSeries",
    "Priority",
    "Source",
]
