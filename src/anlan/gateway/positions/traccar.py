"""Traccar: the JSON of its phone app, and what its server forwards (`forward.type` = `json`).

The app sends m/s and -1 for what it does not know; the server's model holds knots. Through the server come
the protocols of vehicle trackers (JT/T 808 among them), so none of them is implemented here.
"""

from __future__ import annotations

from typing import Any

from anlan.gateway.positions.model import (
    KNOT,
    Fix,
    PositionError,
    Report,
    bearing,
    degrees,
    fix_or_none,
    json_object,
    member,
    moment,
    not_negative,
    text,
)  # fmt: skip
from anlan.gateway.positions.osmand import named


def from_client(body: bytes, key: str = "") -> Report:
    """Return the report in a POST of the Traccar Client app.

    Raises:
        PositionError: it is no such message.

    """
    message = json_object(body)
    device, secret = named(text(message.get("device_id"), "device_id"), key)
    location = member(message, "location")
    coords = member(location, "coords")
    fix = fix_or_none(
        Fix(
            lon=degrees(coords.get("longitude"), "longitude", 180),
            lat=degrees(coords.get("latitude"), "latitude", 90),
            at=stamp(location.get("timestamp"), "timestamp"),
            speed=not_negative(coords.get("speed"), "speed"),
            course=bearing(coords.get("heading"), "heading"),
            accuracy=not_negative(coords.get("accuracy"), "accuracy"),
        )
    )
    return Report(device, secret, fix, "" if fix else "no_fix")


def from_server(body: bytes) -> Report:
    """Return the report in a position that a Traccar server forwards; the device is its `uniqueId`.

    A position marked as not valid, or as outdated (repeated without a new fix), has no fix.

    Raises:
        PositionError: it is no such message.

    """
    message = json_object(body)
    device = text(member(message, "device").get("uniqueId"), "uniqueId")
    position = member(message, "position")
    if position.get("valid") is False or position.get("outdated") is True:
        return Report(device, "", None, "invalid")
    accuracy = not_negative(position.get("accuracy"), "accuracy")
    fix = fix_or_none(
        Fix(
            lon=degrees(position.get("longitude"), "longitude", 180),
            lat=degrees(position.get("latitude"), "latitude", 90),
            at=stamp(position.get("fixTime") or position.get("deviceTime"), "fixTime"),
            speed=not_negative(position.get("speed"), "speed", KNOT),
            course=bearing(position.get("course"), "course"),
            accuracy=accuracy or None,  # its model says 0 where the tracker told none
        )
    )
    return Report(device, "", fix, "" if fix else "no_fix")


def stamp(value: Any, field: str) -> float:
    """Return a time that must be there: ISO 8601, or milliseconds."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise PositionError(field, "is missing or no time")
    return moment(str(value), field)
