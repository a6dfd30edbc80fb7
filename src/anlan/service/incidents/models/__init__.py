"""Incidents, their taxonomy, the assignment of units to them, and what comes with calls."""

from anlan.service.incidents.models.assignment import Assignment
from anlan.service.incidents.models.further import FurtherCall
from anlan.service.incidents.models.incident import Incident, NumberSeries
from anlan.service.incidents.models.link import IncidentLink
from anlan.service.incidents.models.linkage import STANDARD_S, AcceptanceDeadline, Linkage, LinkageMessage
from anlan.service.incidents.models.quiet import QuietCall
from anlan.service.incidents.models.scheduled import ScheduledCall
from anlan.service.incidents.models.standard import CallStandard, Moment
from anlan.service.incidents.models.taxonomy import Category, IncidentType, Priority, Source

__all__ = [
    "STANDARD_S",
    "AcceptanceDeadline",
    "Assignment",
    "CallStandard",
    "Category",
    "FurtherCall",
    "Incident",
    "IncidentLink",
    "IncidentType",
    "Linkage",
    "LinkageMessage",
    "Moment",
    "NumberSeries",
    "Priority",
    "QuietCall",
    "ScheduledCall",
    "Source",
]
