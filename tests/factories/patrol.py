"""Briefings, orders, positions and check-ins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import factory
from factory.django import DjangoModelFactory
from tests.factories.ground import COUNTY, LAT, LON, NOW, STEP, TOWNSHIPS
from tests.factories.staff import UnitFactory

from anlan.service.patrol.models import BeatAlert, Briefing, BriefingJob, CheckIn, DutyOrder, Fix, Position


class BriefingFactory(DjangoModelFactory[Briefing]):
    """A published briefing without content."""

    class Meta:
        model = Briefing

    area_code = COUNTY
    date = NOW.date()
    version = factory.Sequence(lambda n: n + 1)
    made_at = NOW


class BriefingJobFactory(DjangoModelFactory[BriefingJob]):
    """A making of a briefing that waits for a worker."""

    class Meta:
        model = BriefingJob

    area_code = COUNTY
    date = factory.Sequence(lambda n: NOW.date() + timedelta(days=n))
    asked_at = NOW
    seen_at = NOW


class BeatAlertFactory(DjangoModelFactory[BeatAlert]):
    """A yellow beat."""

    class Meta:
        model = BeatAlert

    briefing = factory.SubFactory(BriefingFactory)
    beat_code = f"{TOWNSHIPS[0][:9]}B001"
    area_code = TOWNSHIPS[0]
    colour = "yellow"
    expected = 2.5
    p_value = 0.2
    method = "test"


class DutyOrderFactory(DjangoModelFactory[DutyOrder]):
    """A unit's order for a day shift in which nothing is to be visited."""

    class Meta:
        model = DutyOrder

    unit = factory.SubFactory(UnitFactory)
    area_code = TOWNSHIPS[0]
    date = NOW.date()
    shift = "day"
    starts_at = datetime(2026, 3, 4, 0, tzinfo=UTC)
    ends_at = datetime(2026, 3, 4, 8, tzinfo=UTC)
    given_at = NOW


class FixFactory(DjangoModelFactory[Fix]):
    """Where a unit was."""

    class Meta:
        model = Fix

    unit = factory.SubFactory(UnitFactory)
    at = NOW
    lon = LON + STEP / 2
    lat = LAT + STEP / 2


class PositionFactory(DjangoModelFactory[Position]):
    """A unit's last fix."""

    class Meta:
        model = Position

    unit = factory.SubFactory(UnitFactory)
    lon = LON + STEP / 2
    lat = LAT + STEP / 2
    at = NOW


class CheckInFactory(DjangoModelFactory[CheckIn]):
    """A visit to a patrol point."""

    class Meta:
        model = CheckIn

    client_key = factory.Faker("uuid4")
    unit = factory.SubFactory(UnitFactory)
    place_code = "place-1"
    area_code = TOWNSHIPS[0]
    at = NOW
