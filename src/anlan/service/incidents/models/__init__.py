"""Incidents, their taxonomy, the assignment of units to them, and the command over them."""

from anlan.service.incidents.models.assignment import Assignment
from anlan.service.incidents.models.backup import Backup
from anlan.service.incidents.models.containment import ClosingOrder, ContainmentPlan
from anlan.service.incidents.models.emergency import Emergency, EmergencyPress
from anlan.service.incidents.models.escalation import (
    EscalationStep,
    IncidentLevel,
    Level,
    Notice,
    StandbyUnit,
)
from anlan.service.incidents.models.feed import Feed, FeedDevice, FeedMessage
from anlan.service.incidents.models.incident import Incident, NumberSeries
from anlan.service.incidents.models.layout import BoardLayout
from anlan.service.incidents.models.linkage import STANDARD_S, AcceptanceDeadline, Linkage, LinkageMessage
from anlan.service.incidents.models.move import Move
from anlan.service.incidents.models.run_card import RunCard
from anlan.service.incidents.models.stacked import Stacked
from anlan.service.incidents.models.taxonomy import Category, IncidentType, Priority, Source
from anlan.service.incidents.models.watch import Handover, OverridePolicy, Watch
from anlan.service.incidents.models.webhook import Delivery, Endpoint

__all__ = [
    "STANDARD_S",
    "AcceptanceDeadline",
    "Assignment",
    "Backup",
    "BoardLayout",
    "Category",
    "ClosingOrder",
    "ContainmentPlan",
    "Delivery",
    "Emergency",
    "EmergencyPress",
    "Endpoint",
    "EscalationStep",
    "Feed",
    "FeedDevice",
    "FeedMessage",
    "Handover",
    "Incident",
    "IncidentLevel",
    "IncidentType",
    "Level",
    "Linkage",
    "LinkageMessage",
    "Move",
    "Notice",
    "NumberSeries",
    "OverridePolicy",
    "Priority",
    "RunCard",
    "Source",
    "Stacked",
    "StandbyUnit",
    "Watch",
]
