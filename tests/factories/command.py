"""Containment, escalation and the watch."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory
from tests.factories.ground import COUNTY, LAT, LON, NOW, STEP, TOWNSHIPS
from tests.factories.incidents import IncidentFactory
from tests.factories.staff import AccountFactory

from anlan.service.incidents.models import (
    ContainmentPlan,
    EscalationStep,
    Handover,
    IncidentLevel,
    Notice,
    Watch,
)


class ContainmentPlanFactory(DjangoModelFactory[ContainmentPlan]):
    """A proposal that found no point to hold."""

    class Meta:
        model = ContainmentPlan

    incident = factory.SubFactory(IncidentFactory)
    area_code = TOWNSHIPS[0]
    kind = "car"
    ask = factory.LazyFunction(
        lambda: {
            "lon": LON + STEP / 2, "lat": LAT + STEP / 2, "passed_s": 60.0, "factor": 1.3, "radius_m": 200.0,
            "delay_s": 30.0, "margin_s": 30.0,
        }
    )  # fmt: skip
    body = factory.LazyFunction(lambda: {"closed": False, "posts": [], "leaks": []})
    made_at = NOW
    made_by = factory.SubFactory(AccountFactory)


class EscalationStepFactory(DjangoModelFactory[EscalationStep]):
    """Level II for every type."""

    class Meta:
        model = EscalationStep

    area_code = COUNTY
    level = 2
    roles = factory.LazyFunction(lambda: ["leader"])


class IncidentLevelFactory(DjangoModelFactory[IncidentLevel]):
    """An incident at level III."""

    class Meta:
        model = IncidentLevel

    incident = factory.SubFactory(IncidentFactory)
    area_code = TOWNSHIPS[0]
    level = 3
    since = NOW
    reason = "spreads"


class NoticeFactory(DjangoModelFactory[Notice]):
    """Word to the leaders."""

    class Meta:
        model = Notice

    incident = factory.SubFactory(IncidentFactory)
    area_code = TOWNSHIPS[0]
    level = 3
    role = "leader"
    raised_at = NOW


class WatchFactory(DjangoModelFactory[Watch]):
    """A watch that holds."""

    class Meta:
        model = Watch

    area_code = COUNTY
    commander = factory.SubFactory(AccountFactory)
    began_at = NOW


class HandoverFactory(DjangoModelFactory[Handover]):
    """An offer without content."""

    class Meta:
        model = Handover

    watch = factory.SubFactory(WatchFactory, ended_at=NOW)
    area_code = COUNTY
    offered_at = NOW
    body = factory.LazyFunction(dict)
