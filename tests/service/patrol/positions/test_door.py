"""Posting positions as the clients do, through the ASGI application."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from tests.factories import LAT, LON, SECRET, TOWNSHIPS, DeviceFactory, UnitFactory

from anlan.gateway.positions import Fix as Sent
from anlan.service.patrol import devices
from anlan.service.patrol.models import Device, DeviceCount, Fix, Position
from anlan.service.patrol.positions import Arrival
from anlan.service.patrol.positions.door import LARGEST
from anlan.service.patrol.positions.registry import AGAIN_S, registry
from anlan.service.patrol.positions.tally import tally
from anlan.service.patrol.positions.writer import Pending, writer

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    Post = Callable[..., httpx.Response]

pytestmark = pytest.mark.django_db(transaction=True)


def location(**change: Any) -> dict[str, Any]:
    """Return a message of OwnTracks from now."""
    now = int(time.time())
    return {
        "_type": "location",
        "lat": LAT,
        "lon": LON,
        "tst": now,
        "tid": "m1",
        "acc": 9,
        "vel": 36,
        **change,
    }


def owntracks(device: Device, secret: str = SECRET, **request: Any) -> dict[str, Any]:
    """Return what the app sends besides the message."""
    user, _slash, name = device.identifier.partition("/")
    headers = {"X-Limit-U": user, "X-Limit-D": name}
    return {"auth": (user, secret), "headers": headers, **({"json": location()} | request)}


def counted() -> dict[str, int]:
    """Return how often each outcome was counted."""
    writer.stop()
    tally.write()
    return dict(DeviceCount.objects.values_list("outcome", "count"))


def forwarded(device: Device, **position: Any) -> dict[str, Any]:
    """Return what a Traccar server forwards."""
    now = time.strftime("%Y-%m-%dT%H:%M:%S.000+00:00", time.gmtime())
    return {
        "device": {"id": 1, "uniqueId": device.identifier},
        "position": {
            "latitude": LAT,
            "longitude": LON,
            "fixTime": now,
            "speed": 10.0,
            "valid": True,
            **position,
        },
    }


def test_other_addresses_are_the_sites(post: Post) -> None:
    """The door takes its own addresses alone."""
    assert post("/incidents/board/", method="GET").content == b"the site"


def test_owntracks_is_kept_before_it_is_answered(post: Post) -> None:
    """200 and [] once the fix is in the database; the speed is in metres a second."""
    device = DeviceFactory()
    answer = post("/positions/owntracks", **owntracks(device))
    assert (answer.status_code, answer.content) == (200, b"[]")
    position = Position.objects.get(unit=device.unit)
    assert (position.lon, position.lat, position.speed, position.accuracy) == (LON, LAT, pytest.approx(10), 9)


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        ({"content": b"", "json": None}, "empty"),
        ({"json": {"_type": "transition", "event": "enter"}}, "transition"),
    ],
)
def test_owntracks_without_a_place_is_answered_all_the_same(post: Post, request_: Any, why: str) -> None:
    """What is no position must not stay in the phone's queue."""
    answer = post("/positions/owntracks", **owntracks(DeviceFactory(), **request_))
    assert (answer.status_code, answer.content) == (200, b"[]")
    assert counted() == {why: 1}


def test_owntracks_by_its_address(post: Post) -> None:
    """?u= and ?d= name the device as the headers do."""
    device = DeviceFactory(identifier="car/phone")
    answer = post("/positions/owntracks?u=car&d=phone", auth=("car", SECRET), json=location())
    assert answer.status_code == 200
    assert Position.objects.filter(unit=device.unit).exists()


@pytest.mark.parametrize(
    ("auth", "headers", "status"),
    [
        (None, {"X-Limit-U": "car", "X-Limit-D": "phone"}, 401),
        (("car", "wrong"), {"X-Limit-D": "phone"}, 403),
        (("car", ""), {"X-Limit-D": "phone"}, 401),
        (("car", SECRET), {"X-Limit-D": "other"}, 403),
        (("stranger", SECRET), {"X-Limit-D": "phone"}, 403),
        (("car\x00", SECRET), {"X-Limit-D": "phone"}, 403),
        (("stranger", SECRET), {"X-Limit-U": "car", "X-Limit-D": "phone"}, 400),
    ],
)
def test_owntracks_unknown_is_refused(post: Post, auth: Any, headers: Any, status: int) -> None:
    """No secret, a wrong one, another device: nothing is kept."""
    DeviceFactory(identifier="car/phone")
    assert post("/positions/owntracks", auth=auth, headers=headers, json=location()).status_code == status
    assert not Fix.objects.exists()


def test_query_as_traccars_test_generator_sends_it(post: Post) -> None:
    """A GET with id, timestamp, lat, lon and bearing, as its script writes them."""
    device = DeviceFactory(kind=Device.Kind.OSMAND, identifier="123456789012345")
    params = {
        "id": f"123456789012345:{SECRET}", "timestamp": int(time.time()), "lat": LAT, "lon": LON,
        "bearing": 7.19889788244,
    }  # fmt: skip
    assert post("/positions/osmand", method="GET", params=params).status_code == 200
    assert Position.objects.get(unit=device.unit).course == pytest.approx(7.19889788244)


def test_form_in_knots(post: Post) -> None:
    """The same as a form, the secret in the address."""
    DeviceFactory(kind=Device.Kind.OSMAND, identifier="m21")
    form = {
        "deviceid": "m21",
        "location": f"{LAT},{LON}",
        "speed": "20",
        "timestamp": int(time.time() * 1000),
    }
    assert post(f"/positions/osmand/?key={SECRET}", data=form).status_code == 200
    assert Position.objects.get().speed == pytest.approx(20 * 1852 / 3600)


def test_client_json(post: Post) -> None:
    """The Traccar Client app of today posts JSON to the same address."""
    DeviceFactory(kind=Device.Kind.OSMAND, identifier="m21")
    now = time.strftime("%Y-%m-%dT%H:%M:%S.444Z", time.gmtime())
    coords = {
        "latitude": LAT,
        "longitude": LON,
        "accuracy": 3.8,
        "speed": -1,
        "heading": -1,
        "altitude": 35.7,
    }
    body = {
        "location": {"timestamp": now, "coords": coords, "battery": {"level": 0.7}},
        "device_id": f"m21:{SECRET}",
    }
    assert post("/positions/osmand", json=body).status_code == 200
    assert Position.objects.get().speed is None
    assert post("/positions/osmand", json={**body, "device_id": "m22:x"}).status_code == 404


@pytest.mark.parametrize("name", ["m22", "m21", "m21:wrong", "m22:a-secret-of-a-device"])
def test_query_of_an_unknown_device_is_400(post: Post, name: str) -> None:
    """As a Traccar server answers."""
    DeviceFactory(kind=Device.Kind.OSMAND, identifier="m21")
    answer = post("/positions/osmand", method="GET", params={"id": name, "lat": LAT, "lon": LON})
    assert (answer.status_code, answer.json()["field"]) == (400, "id")
    assert not Fix.objects.exists()


def test_forward_of_a_traccar_server(post: Post) -> None:
    """The server shows its secret, the tracker is named in the message; knots become metres a second."""
    DeviceFactory(kind=Device.Kind.SERVER, identifier="traccar", unit=None)
    tracker = DeviceFactory(kind=Device.Kind.TRACKER, identifier="0139", secret_hash="")
    headers = {"Authorization": f"Bearer {SECRET}"}
    assert post("/positions/traccar", headers=headers, json=forwarded(tracker)).status_code == 200
    assert Position.objects.get(unit=tracker.unit).speed == pytest.approx(10 * 1852 / 3600)
    assert post("/positions/traccar", json=forwarded(tracker)).status_code == 401
    tracker.identifier = "0140"
    assert post("/positions/traccar", headers=headers, json=forwarded(tracker)).status_code == 404


def test_a_server_reports_for_its_own_area(post: Post) -> None:
    """A tracker of another township is not this server's."""
    DeviceFactory(kind=Device.Kind.SERVER, identifier="traccar", unit=None, area_code=TOWNSHIPS[1])
    tracker = DeviceFactory(kind=Device.Kind.TRACKER, identifier="0139", secret_hash="")
    headers = {"Authorization": f"Bearer {SECRET}"}
    assert post("/positions/traccar", headers=headers, json=forwarded(tracker)).status_code == 404


def test_off_duty_is_taken_and_dropped(post: Post) -> None:
    """The client is content, nothing is kept, and it is counted."""
    device = DeviceFactory(unit=UnitFactory(on_duty=False))
    assert post("/positions/owntracks", **owntracks(device)).status_code == 200
    assert not Fix.objects.exists()
    assert counted() == {"off_duty": 1}


def test_a_clock_ahead_is_taken_and_dropped(post: Post) -> None:
    """A phone that lives tomorrow would send the same fix for ever."""
    device = DeviceFactory()
    request = owntracks(device, json=location(tst=int(time.time()) + 86_400))
    assert post("/positions/owntracks", **request).status_code == 200
    assert not Fix.objects.exists()
    assert counted() == {"future": 1}


def test_sent_twice_is_kept_once(post: Post) -> None:
    """A phone that did not hear the answer sends again."""
    device = DeviceFactory()
    request = owntracks(device)
    assert [post("/positions/owntracks", **request).status_code for _ in range(2)] == [200, 200]
    assert Fix.objects.count() == 1
    assert counted() == {"kept": 1, "duplicate": 1}


@pytest.mark.parametrize(
    ("path", "method", "request_", "status", "field"),
    [
        ("/positions/owntracks", "GET", {}, 405, None),
        ("/positions/traccar", "GET", {}, 405, None),
        ("/positions/other", "POST", {}, 404, None),
        ("/positions/osmand", "POST", {"content": b"x" * (LARGEST + 1)}, 413, None),
        ("/positions/osmand", "GET", {}, 400, "id"),
        ("/positions/osmand", "POST", {"content": b"\xff\xfe"}, 400, "body"),
        ("/positions/osmand", "POST", {"content": b"{"}, 400, "body"),
        ("/positions/osmand", "GET", {"params": {"id": "m21", "lat": "91", "lon": "1"}}, 400, "lat"),
    ],
)
def test_bad_requests_are_told_what_is_wrong(
    post: Post, path: str, method: str, request_: Any, status: int, field: str | None
) -> None:
    """The answer names the field; none is a fault of ours."""
    answer = post(path, method=method, **request_)
    assert (answer.status_code, answer.json().get("field")) == (status, field)


def test_too_many_at_once_wait(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """A device beyond its rate is told to come back later, and others are not held up."""
    monkeypatch.setattr("anlan.service.patrol.positions.rate.AT_ONCE", 2.0)
    monkeypatch.setattr("anlan.service.patrol.positions.rate.PER_SECOND", 0.0)
    device, other = DeviceFactory(), DeviceFactory()
    answers = [
        post("/positions/owntracks", **owntracks(device, json=location(tst=int(time.time()) - n)))
        for n in range(3)
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].headers["retry-after"] == "30"
    assert post("/positions/owntracks", **owntracks(other)).status_code == 200


def test_withdrawn_and_renewed_devices(post: Post) -> None:
    """A new secret replaces the old one, a withdrawn device is refused."""
    device, secret = devices.register(Device.Kind.OWNTRACKS, "car/phone", UnitFactory(), None)
    assert post("/positions/owntracks", **owntracks(device, secret)).status_code == 200
    renewed = devices.renew(device, None)
    registry.forget()
    assert post("/positions/owntracks", **owntracks(device, secret)).status_code == 403
    assert post("/positions/owntracks", **owntracks(device, renewed)).status_code == 200
    devices.withdraw(device, None)
    registry.forget()
    assert post("/positions/owntracks", **owntracks(device, renewed)).status_code == 403


def test_a_device_registered_just_now_is_found(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown identifier is looked for in the database although the list is fresh."""
    monkeypatch.setattr("anlan.service.patrol.positions.door.UNSEEN_S", 0.0)
    post("/positions/owntracks", **owntracks(DeviceFactory()))
    assert registry.fresh
    assert post("/positions/owntracks", **owntracks(DeviceFactory())).status_code == 200


def test_a_list_of_devices_that_ages_is_read_again_beside(post: Post) -> None:
    """Whoever comes while the list may still be used has started its reading, and the next finds it new."""
    post("/positions/owntracks", **owntracks(DeviceFactory()))
    registry._read_at -= AGAIN_S + 0.1
    assert (registry.fresh, registry.ageing) == (True, True)
    assert post("/positions/owntracks", **owntracks(DeviceFactory())).status_code == 200
    assert not registry.ageing


def test_one_fix_that_cannot_be_written_holds_up_no_other(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The batch is written one by one; the one is told to come again."""
    module = sys.modules["anlan.service.patrol.positions.writer"]
    good, bad = DeviceFactory(), DeviceFactory()
    keep = module.keep

    def fragile(arrivals: Any) -> None:
        if any(one.unit == bad.unit_id for one in arrivals):
            raise ValueError("cannot be written")
        keep(arrivals)

    monkeypatch.setattr(module, "keep", fragile)
    told: dict[int, bool] = {}
    now = time.time()
    for device in (good, bad):
        arrival = Arrival(device.unit_id, Sent(LON, LAT, now), now)
        writer.put(Pending(device.pk, arrival, lambda written, pk=device.pk: told.update({pk: written})))
    writer.stop()
    assert told == {good.pk: True, bad.pk: False}
    assert Fix.objects.count() == 1
