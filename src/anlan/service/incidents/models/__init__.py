"""Incidents, their taxonomy, and the assignment of units to them."""

from anlan.service.incidents.models.assignment import Assignment
from anlan.service.incidents.models.incident import Incident, NumberSeries
from anlan.service.incidents.models.taxonomy import Category, IncidentType, Priority, Source

__all__ = ["Assignment", "Category", "Incident", "IncidentType", "NumberSeries", "Priority", "Source"]
