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
from anlan.service.incidents.models.further import FurtherCall
from anlan.service.incidents.models.incident import Incident, NumberSeries
from anlan.service.incidents.models.layout import BoardLayout
from anlan.service.incidents.models.link import IncidentLink
from anlan.service.incidents.models.linkage import STANDARD_S, AcceptanceDeadline, Linkage, LinkageMessage
from anlan.service.incidents.models.move import Move
from anlan.service.incidents.models.quiet import QuietCall
from anlan.service.incidents.models.run_card import RunCard
from anlan.service.incidents.models.scheduled import ScheduledCall
from anlan.service.incidents.models.stacked import Stacked
from anlan.service.incidents.models.standard import CallStandard, Moment
from anlan.service.incidents.models.taxonomy import Category, IncidentType, Priority, Source
from anlan.service.incidents.models.watch import Handover, OverridePolicy, Watch
from anlan.service.incidents.models.webhook import Delivery, Endpoint

__all__ = [
    "STANDARD_S",
    "AcceptanceDeadline",
    "Assignment",
    "Backup",
    "BoardLayout",
    "CallStandard",
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
    "FurtherCall",
    "Handover",
    "Incident",
    "IncidentLevel",
    "IncidentLink",
    "IncidentType",
    "Level",
    "Linkage",
    "LinkageMessage",
    "Moment",
    "Move",
    "Notice",
    "NumberSeries",
    "OverridePolicy",
    "Priority",
    "QuietCall",
    "RunCard",
    "ScheduledCall",
    "Source",
    "Stacked",
    "StandbyUnit",
    "Watch",
]
