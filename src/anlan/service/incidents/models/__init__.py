"""Incidents, their taxonomy, and the assignment of units to them."""

from anlan.service.incidents.models.assignment import Assignment
from anlan.service.incidents.models.feed import Feed, FeedDevice, FeedMessage
from anlan.service.incidents.models.incident import Incident, NumberSeries
from anlan.service.incidents.models.linkage import STANDARD_S, AcceptanceDeadline, Linkage, LinkageMessage
from anlan.service.incidents.models.taxonomy import Category, IncidentType, Priority, Source
from anlan.service.incidents.models.webhook import Delivery, Endpoint

__all__ = [
    "STANDARD_S",
    "AcceptanceDeadline",
    "Assignment",
    "Category",
    "Delivery",
    "Endpoint",
    "Feed",
    "FeedDevice",
    "FeedMessage",
    "Incident",
    "IncidentType",
    "Linkage",
    "LinkageMessage",
    "NumberSeries",
    "Priority",
    "Source",
]
