"""Devices that report positions."""

from __future__ import annotations

import factory
from factory.django import DjangoModelFactory
from tests.factories.ground import NOW, TOWNSHIPS
from tests.factories.staff import UnitFactory

from anlan.service.patrol.devices import hashed
from anlan.service.patrol.models import Device

SECRET = "a-secret-of-a-device"


class DeviceFactory(DjangoModelFactory[Device]):
    """A phone with OwnTracks in a patrol car; its secret is `SECRET`."""

    class Meta:
        model = Device

    kind = Device.Kind.OWNTRACKS
    identifier = factory.Sequence(lambda n: f"car{n}/phone")
    unit = factory.SubFactory(UnitFactory)
    area_code = TOWNSHIPS[0]
    secret_hash = hashed(SECRET)
    registered_at = NOW
    changed_at = NOW
