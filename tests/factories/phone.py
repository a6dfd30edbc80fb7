"""What crews do and write on duty."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory
from tests.factories.ground import NOW, TOWNSHIPS
from tests.factories.staff import UnitFactory

from anlan.service.patrol.models import Picture, PlaceReport, Shift, Stay

DOT = bytes.fromhex("ffd8ffd9")


class PictureFactory(DjangoModelFactory[Picture]):
    """A picture of a place."""

    class Meta:
        model = Picture

    client_key = factory.Faker("uuid4")
    unit = factory.SubFactory(UnitFactory)
    area_code = TOWNSHIPS[0]
    at = NOW
    width = height = 1
    content = DOT


class PlaceReportFactory(DjangoModelFactory[PlaceReport]):
    """A lamp that is out."""

    class Meta:
        model = PlaceReport

    client_key = factory.Faker("uuid4")
    unit = factory.SubFactory(UnitFactory)
    kind = "light"
    where = "bridge"
    area_code = TOWNSHIPS[0]
    at = NOW


class ShiftFactory(DjangoModelFactory[Shift]):
    """A shift that runs."""

    class Meta:
        model = Shift

    unit = factory.SubFactory(UnitFactory)
    area_code = TOWNSHIPS[0]
    begun_at = NOW


class StayFactory(DjangoModelFactory[Stay]):
    """A stay by the timer that runs."""

    class Meta:
        model = Stay

    client_key = factory.Faker("uuid4")
    unit = factory.SubFactory(UnitFactory)
    place_code = "place-1"
    area_code = TOWNSHIPS[0]
    begun_at = NOW
