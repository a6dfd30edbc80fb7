"""Incidents, their taxonomy, the assignment of units to them, and the command over them."""

from anlan.service.incidents.models.assignment import Assignment
from anlan.service.incidents.models.containment import ClosingOrder, ContainmentPlan
from anlan.service.incidents.models.escalation import (
    EscalationStep,
    IncidentLevel,
    Level,
    Notice,
    StandbyUnit,
)
from anlan.service.incidents.models.incident import Incident, NumberSeries
from anlan.service.incidents.models.linkage import STANDARD_S, AcceptanceDeadline, Linkage, LinkageMessage
from anlan.service.incidents.models.taxonomy import Category, IncidentType, Priority, Source
from anlan.service.incidents.models.watch import Handover, OverridePolicy, Watch

__all__ = [
    "STANDARD_S",
    "AcceptanceDeadline",
    "Assignment",
    "Category",
    "ClosingOrder",
    "ContainmentPlan",
    "EscalationStep",
    "Handover",
    "Incident",
    "IncidentLevel",
    "IncidentType",
    "Level",
    "Linkage",
    "LinkageMessage",
    "Notice",
    "NumberSeries",
    "OverridePolicy",
    "Priority",
    "Source",
    "StandbyUnit",
    "Watch",
]
