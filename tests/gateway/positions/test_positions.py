"""Positions in the clients' own formats: what each documents or its tests show, and nonsense."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.gateway.positions import Fix, PositionError, osmand, owntracks, traccar

LOCATION = {
    "_type": "location", "_id": "0bb7e5b6", "BSSID": "de:ad:be:ef:00:01", "SSID": "home", "acc": 14, "alt": 6,
    "batt": 81, "bs": 1, "cog": 270, "conn": "w", "created_at": 1700000010, "lat": 31.2304, "lon": 121.4737,
    "m": 1, "motionactivities": ["walking"], "t": "u", "tid": "m1", "topic": "owntracks/http/m1",
    "tst": 1700000000, "vac": 3, "vel": 54,
}  # fmt: skip
"""A message as the Android app writes it, network and motion included."""

CLIENT = {
    "location": {
        "event": "motionchange", "is_moving": False, "uuid": "0e9a2473-a9a7-4c00-997b-fb97d2154e75",
        "timestamp": "2021-07-21T08:06:34.444Z", "odometer": 0,
        "coords": {
            "latitude": -6.1148096, "longitude": 106.6837015, "accuracy": 3.8, "speed": 18.67,
            "speed_accuracy": 0.26, "heading": 63, "heading_accuracy": 0.28, "altitude": 35.7,
        },
        "activity": {"type": "still", "confidence": 100}, "battery": {"is_charging": False, "level": 0.79},
        "extras": {},
    },
    "device_id": "8737767034",
}  # fmt: skip

FORWARDED = {
    "position": {
        "id": 18336, "attributes": {"ignition": True, "distance": 9.2}, "deviceId": 7, "protocol": "jt808",
        "serverTime": "2026-09-14T15:34:17.906+00:00", "deviceTime": "2026-09-14T15:34:16.000+00:00",
        "fixTime": "2026-09-14T15:34:17.000+0000", "outdated": False, "valid": True, "latitude": 49.0156556,
        "longitude": 8.3975169, "altitude": 110.0, "speed": 10.0, "course": 359.5, "address": None,
        "accuracy": 0.0, "network": None,
    },
    "device": {"id": 7, "uniqueId": "013912345678", "name": "M21", "status": "online"},
}  # fmt: skip


def body(value: Any) -> bytes:
    """Return a value as a client posts it."""
    return json.dumps(value).encode()


def test_owntracks_keeps_place_and_time_alone() -> None:
    """Speed comes in km/h; network, motion and battery are not read."""
    report = owntracks.from_http(
        body(LOCATION), {"x-limit-u": "m21", "x-limit-d": "phone"}, {}, ("m21", "secret")
    )
    assert (report.device, report.secret) == ("m21/phone", "secret")
    assert report.fix == Fix(121.4737, 31.2304, 1700000000.0, 15.0, 270.0, 14.0)


@pytest.mark.parametrize(
    ("headers", "query", "login", "device"),
    [
        ({"x-limit-u": "m21", "x-limit-d": "phone"}, {}, ("m21", "s"), "m21/phone"),
        ({}, {"u": "m21", "d": "phone"}, ("m21", "s"), "m21/phone"),
        ({"x-limit-d": "phone"}, {}, ("m21", "s"), "m21/phone"),
        ({}, {}, ("m21", "s"), "m21"),
    ],
)
def test_owntracks_names_its_device(
    headers: dict[str, str], query: dict[str, str], login: tuple[str, str], device: str
) -> None:
    """By headers, by the address, or by the login alone."""
    assert owntracks.from_http(body(LOCATION), headers, query, login).device == device


def test_owntracks_signs_in_as_itself() -> None:
    """A login cannot report for another user."""
    with pytest.raises(PositionError, match="X-Limit-U"):
        owntracks.from_http(body(LOCATION), {"x-limit-u": "m22"}, {}, ("m21", "secret"))


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (body({"_type": "transition", "lat": 1}), "transition"),
        (body({"_type": "encrypted", "data": "x"}), "encrypted"),
        (body({**LOCATION, "lat": 0.0, "lon": 0}), "no_fix"),
    ],
)
def test_owntracks_sends_more_than_places(sent: bytes, why: str) -> None:
    """Empty bodies and other kinds of message are no error and no fix."""
    assert owntracks.fix_of(sent) == (None, why)


def test_owntracks_on_ios_says_minus_one_for_unknown() -> None:
    """Speed and course below zero are unknown, not slow."""
    fix, _why = owntracks.fix_of(body({**LOCATION, "vel": -1, "cog": -1, "acc": -1}))
    assert fix == Fix(121.4737, 31.2304, 1700000000.0)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"lat": None}, "lat"), ({"lat": True}, "lat"), ({"lat": "x"}, "lat"),
        ({"lat": 121.4, "lon": 31.2}, "lat"),
        ({"lon": 181}, "lon"), ({"tst": None}, "tst"), ({"tst": 1700000000000}, "tst"), ({"vel": [1]}, "vel"),
        ({"_type": 7}, "_type"),
    ],
)  # fmt: skip
def test_owntracks_error_names_the_field(change: dict[str, Any], field: str) -> None:
    """What cannot be is said with the field's name."""
    with pytest.raises(PositionError) as caught:
        owntracks.fix_of(body({**LOCATION, **change}))
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("topic", "device"), [("owntracks/m21/phone", "m21/phone"), ("owntracks/m21/a b", "m21/a b")]
)
def test_topic_names_the_device(topic: str, device: str) -> None:
    """The second and third level are the user and the device."""
    assert owntracks.device_of_topic(topic) == device


@pytest.mark.parametrize(
    "topic", ["owntracks/m21", "other/m21/phone", "owntracks/m21/phone/event", "owntracks//x"]
)
def test_other_topics_are_refused(topic: str) -> None:
    """A topic of another depth or root is no position."""
    with pytest.raises(PositionError):
        owntracks.device_of_topic(topic)


QUERIES: list[tuple[dict[str, str], Fix | None]] = [
    (
        {"id": "902064", "lat": "42.06288", "lon": "-88.23412", "timestamp": "2016-01-27T18:55:47Z",
         "hdop": "6.0", "altitude": "224.0", "speed": "0.0"},
        Fix(-88.23412, 42.06288, 1453920947.0, 0.0),
    ),
    (
        {"id": "902064", "lat": "42.06288", "lon": "-88.23412", "timestamp": "1442068686579", "speed": "0.0"},
        Fix(-88.23412, 42.06288, 1442068686.579, 0.0),
    ),
    (
        {"id": "1", "lat": "49.60688", "lon": "6.15788", "timestamp": "2014-06-04 09:10:11"},
        Fix(6.15788, 49.60688, 1401873011.0),
    ),
    (
        {"id": "123456", "timestamp": "1377177267", "lat": "60.0", "lon": "30.0", "bearing": "0.0"},
        Fix(30.0, 60.0, 1377177267.0, None, 0.0),
    ),
    ({"deviceid": "1", "lat": "60.0", "lon": "30.0", "heading": "90"}, Fix(30.0, 60.0, None, None, 90.0)),
    ({"id": "1", "timestamp": "1377177267", "location": "60.0,30.0"}, Fix(30.0, 60.0, 1377177267.0)),
    (
        {"id": "1", "timestamp": "1504763810", "lat": "40.7232948571", "lon": "-74.0061408571",
         "bearing": "7.19889788244", "speed": "40", "ignition": "true", "rpm": "933", "fuel": "24"},
        Fix(-74.0061408571, 40.7232948571, 1504763810.0, 40 * 1852 / 3600, 7.19889788244),
    ),
    ({"id": "123456", "timestamp": "1377177267", "cell": "257,02,16,2224", "wifi": "00-14-22-01-23"}, None),
    ({"id": "1", "lat": "0", "lon": "0.0"}, None),
    ({"id": "1", "lat": "60", "lon": "30", "valid": "false"}, None),
]  # fmt: skip
"""The shapes of Traccar's own decoder test, and what they mean in m/s and seconds."""


@pytest.mark.parametrize(("given", "fix"), QUERIES)
def test_queries_as_traccar_reads_them(given: dict[str, str], fix: Fix | None) -> None:
    """Knots, three kinds of time, one field or two for the place, none at all."""
    assert osmand.from_parameters(given).fix == fix


def test_a_time_without_offset_is_the_sites() -> None:
    """As a Traccar server does: local time of where it stands."""
    given = {"id": "1", "lat": "1", "lon": "1", "timestamp": "2026-06-04 09:10:11"}
    fix = osmand.from_parameters(given, ZoneInfo("Asia/Shanghai")).fix
    assert fix is not None
    assert fix.at == datetime(2026, 6, 4, 1, 10, 11, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"id": "m21", "key": "s3cret"}, ("m21", "s3cret")),
        ({"id": "m21:s3cret"}, ("m21", "s3cret")),
        ({"deviceid": "a:b:s3cret"}, ("a:b", "s3cret")),
        ({"id": "m21"}, ("m21", "")),
    ],
)
def test_the_secret_travels_in_the_identifier(given: dict[str, str], named: tuple[str, str]) -> None:
    """Apps ask for an identifier and an address, nothing else."""
    report = osmand.from_parameters({**given, "lat": "1", "lon": "1"})
    assert (report.device, report.secret) == named


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "id"), ({"id": " "}, "id"), ({"id": "1", "lat": "1"}, "lon"),
        ({"id": "1", "location": "1"}, "location"),
        ({"id": "1", "lat": "1", "lon": "1", "timestamp": "yesterday"}, "timestamp"),
        ({"id": "1", "lat": "1", "lon": "1", "timestamp": "99999999999999"}, "timestamp"),
        ({"id": "1", "lat": "nan", "lon": "1"}, "lat"),
        ({"id": "1", "lat": "1", "lon": "1", "speed": "fast"}, "speed"),
    ],
)  # fmt: skip
def test_query_error_names_the_field(given: dict[str, str], field: str) -> None:
    """What cannot be is said with the field's name."""
    with pytest.raises(PositionError) as caught:
        osmand.from_parameters(given)
    assert caught.value.field == field


def test_client_json_is_metres_a_second() -> None:
    """The app's JSON, as Traccar's decoder test holds it."""
    report = traccar.from_client(body(CLIENT))
    at = datetime(2021, 7, 21, 8, 6, 34, 444000, tzinfo=UTC).timestamp()
    assert report.device == "8737767034"
    assert report.fix == Fix(106.6837015, -6.1148096, at, 18.67, 63.0, 3.8)


def test_client_json_says_minus_one_for_unknown() -> None:
    """Speed and heading of -1 are unknown."""
    coords = {**CLIENT["location"]["coords"], "speed": -1, "heading": -1}  # type: ignore[index]
    report = traccar.from_client(
        body({"device_id": "m21:s", "location": {**CLIENT["location"], "coords": coords}})
    )  # type: ignore[dict-item]
    assert report.fix is not None
    assert (report.device, report.secret, report.fix.speed, report.fix.course) == ("m21", "s", None, None)


def test_forwarded_json_is_knots() -> None:
    """Traccar's model holds knots, and 0 for an accuracy that nobody told."""
    report = traccar.from_server(body(FORWARDED))
    at = datetime(2026, 9, 14, 15, 34, 17, tzinfo=UTC).timestamp()
    assert report.device == "013912345678"
    assert report.fix == Fix(8.3975169, 49.0156556, at, 10 * 1852 / 3600, 359.5)


@pytest.mark.parametrize("mark", [{"valid": False}, {"outdated": True}])
def test_forwarded_without_a_new_fix(mark: dict[str, bool]) -> None:
    """A position that the server only repeats is not a fix."""
    report = traccar.from_server(body({**FORWARDED, "position": {**FORWARDED["position"], **mark}}))
    assert (report.fix, report.why) == (None, "invalid")


PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=24)
NAMES = st.sampled_from(
    ["id", "deviceid", "lat", "lon", "location", "timestamp", "speed", "bearing", "accuracy", "valid", "key"]
)


def parses_or_says(read: Any, *given: Any) -> None:
    """Hold that a parser returns a fix that can be, or raises the gateway's error."""
    try:
        found = read(*given)
    except PositionError:
        return
    fix = found[0] if isinstance(found, tuple) else found.fix
    if fix is not None:
        assert abs(fix.lon) <= 180
        assert abs(fix.lat) <= 90
        assert fix.at is None or datetime.fromtimestamp(fix.at, UTC).year in range(2000, 2101)
        assert all(value is None or value >= 0 for value in (fix.speed, fix.course, fix.accuracy))


@PATIENT
@given(st.binary(max_size=200))
def test_any_bytes(sent: bytes) -> None:
    """No bytes raise anything but the gateway's own error."""
    for read in (owntracks.fix_of, traccar.from_client, traccar.from_server):
        parses_or_says(read, sent)


@PATIENT
@given(JSON)
def test_any_json(value: Any) -> None:
    """No JSON does either, not even what JSON does not allow (NaN)."""
    for read in (owntracks.fix_of, traccar.from_client, traccar.from_server):
        parses_or_says(read, body(value))


@PATIENT
@given(st.dictionaries(st.sampled_from([*LOCATION]), SCALARS))
def test_any_location(change: dict[str, Any]) -> None:
    """A right message with any of its values replaced."""
    parses_or_says(owntracks.fix_of, body({**LOCATION, **change}))


@PATIENT
@given(
    st.dictionaries(st.sampled_from(["latitude", "longitude", "accuracy", "speed", "heading"]), SCALARS),
    SCALARS, SCALARS,
)  # fmt: skip
def test_any_client_json(coords: dict[str, Any], stamp: Any, device: Any) -> None:
    """A right message of the app with any of its values replaced."""
    location = {"timestamp": stamp, "coords": {**CLIENT["location"]["coords"], **coords}}  # type: ignore[index]
    parses_or_says(traccar.from_client, body({"device_id": device, "location": location}))


@PATIENT
@given(st.dictionaries(st.sampled_from([*FORWARDED["position"]]), SCALARS), SCALARS)
def test_any_forwarded(position: dict[str, Any], unique: Any) -> None:
    """A right forward with any of its values replaced."""
    forward = {"position": {**FORWARDED["position"], **position}, "device": {"uniqueId": unique}}
    parses_or_says(traccar.from_server, body(forward))


@PATIENT
@given(st.dictionaries(NAMES, st.text(max_size=24) | st.floats().map(str) | st.integers().map(str)))
def test_any_parameters(given_: dict[str, str]) -> None:
    """No parameters raise anything but the gateway's own error."""
    parses_or_says(osmand.from_parameters, given_)


@PATIENT
@given(st.text(max_size=60))
def test_any_topic(topic: str) -> None:
    """No topic raises anything but the gateway's own error."""
    with suppress(PositionError):
        assert owntracks.device_of_topic(topic).count("/") == 1
