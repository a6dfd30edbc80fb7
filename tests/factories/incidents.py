"""Incidents, their types and assignments."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory
from tests.factories.ground import COUNTY, LAT, LON, NOW, STEP, TOWNSHIPS
from tests.factories.staff import UnitFactory

from anlan.service.incidents.models import (
    Assignment,
    CallStandard,
    FurtherCall,
    Incident,
    IncidentType,
    QuietCall,
    ScheduledCall,
)


class IncidentTypeFactory(DjangoModelFactory[IncidentType]):
    """An entry of the taxonomy."""

    class Meta:
        model = IncidentType
        django_get_or_create = ("county", "code")

    county = ""
    code = "theft-shop"
    name = "盗窃"
    name_en = "Theft"
    category = "theft"
    priority = 3
    source = "resident"


class IncidentFactory(DjangoModelFactory[Incident]):
    """An open incident in the first grid of the county."""

    class Meta:
        model = Incident

    number = factory.Sequence(lambda n: f"990101-20260304-{n:04}")
    type = factory.SubFactory(IncidentTypeFactory)
    priority = 3
    address = "12 Market Street"
    lon = LON + STEP / 2
    lat = LAT + STEP / 2
    area_code = TOWNSHIPS[0]
    county = COUNTY[:6]
    received_at = NOW


class AssignmentFactory(DjangoModelFactory[Assignment]):
    """A unit sent to an incident."""

    class Meta:
        model = Assignment

    incident = factory.SubFactory(IncidentFactory)
    unit = factory.SubFactory(UnitFactory)
    area_code = TOWNSHIPS[0]
    assigned_at = NOW


class FurtherCallFactory(DjangoModelFactory[FurtherCall]):
    """A further call about an incident."""

    class Meta:
        model = FurtherCall

    incident = factory.SubFactory(IncidentFactory)
    area_code = TOWNSHIPS[0]
    words = "again"
    received_at = NOW


class ScheduledCallFactory(DjangoModelFactory[ScheduledCall]):
    """A call for later."""

    class Meta:
        model = ScheduledCall

    county = COUNTY[:6]
    area_code = TOWNSHIPS[0]
    due_at = NOW
    type = factory.SubFactory(IncidentTypeFactory)
    priority = 3
    address = "12 Market Street"


class QuietCallFactory(DjangoModelFactory[QuietCall]):
    """A silent call to ring back."""

    class Meta:
        model = QuietCall

    county = COUNTY[:6]
    area_code = TOWNSHIPS[0]
    kind = "silent"
    received_at = NOW


class CallStandardFactory(DjangoModelFactory[CallStandard]):
    """A county's own standard of answering."""

    class Meta:
        model = CallStandard

    area_code = TOWNSHIPS[0]
    label = factory.Sequence(lambda n: f"standard {n}")
    seconds = 10
    percent = 90
