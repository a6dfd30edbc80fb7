"""Devices: registering, the secret shown once, renewing, withdrawing, the ledger."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests.factories import COUNTY, ELSEWHERE, DeviceFactory, UnitFactory, posted

from anlan.service.incidents.errors import Refused
from anlan.service.log.models import Event
from anlan.service.patrol import devices
from anlan.service.patrol.models import Device, DeviceCount

pytestmark = pytest.mark.django_db


def test_the_secret_is_shown_once(client_as: Any, county: Any) -> None:
    """Registering shows what to type into the app; afterwards nobody can read the secret, nor the log."""
    client, unit = client_as("administrator"), UnitFactory()
    form = {"kind": "owntracks", "identifier": "m21/phone", "unit": unit.pk}
    page = client.post(reverse("patrol:create_device"), form)
    device = Device.objects.get()
    found = re.search(r"owntracks:///config\?inline=([\w+/=]+)", page.content.decode())
    assert found is not None
    facts = json.loads(base64.b64decode(found[1]))
    assert devices.hashed(facts["password"]) == device.secret_hash
    assert (facts["username"], facts["deviceId"]) == ("m21", "phone")
    assert facts["url"].endswith("/positions/owntracks")
    assert page["Cache-Control"].count("no-store") == 1
    again = client.get(reverse("patrol:device", args=[device.pk])).content.decode()
    assert facts["password"] not in again
    event = Event.objects.get(verb="device.registered")
    assert event.data == {"device": "m21/phone", "kind": "owntracks", "unit_id": unit.pk}


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"kind": "owntracks", "identifier": "m21"}, "Choose the unit"),
        ({"kind": "owntracks", "identifier": "m:21", "unit": True}, "without a colon"),
        (
            {"kind": "server", "identifier": "traccar", "unit": True, "area_code": COUNTY},
            "belongs to no unit",
        ),
        ({"kind": "server", "identifier": "traccar", "area_code": "x"}, "no area code"),
        ({"kind": "server", "identifier": "traccar", "area_code": ELSEWHERE}, "not do this in this area"),
        ({"kind": "owntracks", "identifier": "taken", "unit": True}, "registered already"),
    ],
)
def test_what_cannot_be_registered_is_said(
    client_as: Any, county: Any, form: dict[str, Any], words: str
) -> None:
    """The form says what to mend, and nothing is made."""
    unit = UnitFactory()
    DeviceFactory(identifier="taken", unit=unit)
    given = form | ({"unit": unit.pk} if form.get("unit") else {})
    page = client_as("administrator").post(reverse("patrol:create_device"), given)
    assert words in page.content.decode()
    assert Device.objects.count() == 1


def test_a_withdrawn_identifier_may_be_registered_again() -> None:
    """A phone handed to another crew keeps its name."""
    unit = UnitFactory()
    first, _secret = devices.register("owntracks", "m21/phone", unit, None)
    with pytest.raises(Refused):
        devices.register("owntracks", "m21/phone", unit, None)
    assert devices.withdraw(first, None)
    assert not devices.withdraw(first, None)
    devices.register("owntracks", "m21/phone", unit, None)
    assert Event.objects.filter(verb="device.withdrawn").count() == 1


def test_renewing_a_withdrawn_device_is_refused() -> None:
    """Withdrawn is withdrawn."""
    device = DeviceFactory(active=False)
    with pytest.raises(Refused, match="withdrawn"):
        devices.renew(device, None)


def test_devices_of_another_county_are_not_ones_own(county: Any) -> None:
    """An administrator manages the devices of the own area alone."""
    device, stranger = DeviceFactory(), posted("administrator", ELSEWHERE)
    for act in (devices.renew, devices.withdraw):
        with pytest.raises(PermissionDenied):
            act(device, stranger)


@pytest.mark.parametrize("kind", ["owntracks", "osmand", "server"])
def test_a_new_secret_comes_with_its_set_up(client_as: Any, county: Any, kind: str) -> None:
    """Renewing shows the fields of the kind's client."""
    device = DeviceFactory(kind=kind, **({"unit": None} if kind == "server" else {}))
    page = client_as("administrator").post(reverse("patrol:device_secret", args=[device.pk])).content.decode()
    assert {"owntracks": "Device ID", "osmand": "timestamp={2}", "server": "forward.url"}[kind] in page
    assert "shown this once" in page


def test_the_page_says_what_became_of_what_came(client_as: Any, county: Any) -> None:
    """A clock ahead shows as trouble."""
    device = DeviceFactory()
    DeviceCount.objects.create(device=device, outcome="future", count=3, last_at=timezone.now())
    DeviceCount.objects.create(device=device, outcome="waypoint", count=1, last_at=timezone.now())
    page = client_as("administrator").get(reverse("patrol:device", args=[device.pk])).content.decode()
    for words in ("clock is ahead", "look into it", "Another kind of message"):
        assert words in page


def test_an_empty_ledger_says_what_to_do(client_as: Any, county: Any) -> None:
    """Nothing yet is said in words."""
    assert "No device yet" in client_as("administrator").get(reverse("patrol:devices")).content.decode()


def test_the_ledger_asks_the_same_for_one_as_for_thirty(client_as: Any, county: Any) -> None:
    """As many queries at 30 rows as at 1."""
    client, counts = client_as("administrator"), []
    for more in (1, 29):
        DeviceFactory.create_batch(more)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("patrol:devices")).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
