"""The OsmAnd protocol: parameters as OsmAnd, older Traccar Clients and many trackers send them.

Format: https://www.traccar.org/osmand/. Speed is knots. A time without an offset is in the site's zone, as a
Traccar server takes it to be in its own.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from anlan.gateway.positions.model import (
    KNOT,
    Fix,
    PositionError,
    Report,
    bearing,
    degrees,
    fix_or_none,
    moment,
    not_negative,
    text,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo


def from_parameters(given: Mapping[str, str], zone: tzinfo = UTC) -> Report:
    """Return the report in the parameters.

    The secret is `key`, or follows the identifier after a colon: `id=m21:secret` is how it fits into an app
    that asks for nothing but an identifier.

    Raises:
        PositionError: a parameter is missing or cannot be.

    """
    device, secret = named(text(given.get("id") or given.get("deviceid"), "id"), given.get("key", ""))
    if given.get("valid", "1").lower() not in {"1", "true"}:
        return Report(device, secret, None, "invalid")
    lat, lon = place(given)
    if lat is None or lon is None:
        return Report(device, secret, None, "no_fix")
    stamp = given.get("timestamp", "")
    fix = fix_or_none(
        Fix(
            lon=degrees(lon, "lon", 180),
            lat=degrees(lat, "lat", 90),
            at=moment(stamp, "timestamp", zone) if stamp else None,
            speed=not_negative(given.get("speed"), "speed", KNOT),
            course=bearing(given.get("bearing") or given.get("heading"), "bearing"),
            accuracy=not_negative(given.get("accuracy"), "accuracy"),
        )
    )
    return Report(device, secret, fix, "" if fix else "no_fix")


def place(given: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Return latitude and longitude as given: `lat` and `lon`, or `location=lat,lon`; None for neither."""
    if location := given.get("location"):
        parts = location.split(",")
        if len(parts) < 2:
            raise PositionError("location", "is not lat,lon")
        return parts[0], parts[1]
    lat, lon = given.get("lat") or None, given.get("lon") or None
    if (lat is None) != (lon is None):
        raise PositionError("lat" if lat is None else "lon", "is missing")
    return lat, lon


def named(identifier: str, key: str) -> tuple[str, str]:
    """Return the identifier and the secret, which may be written behind it."""
    if key:
        return identifier, key
    name, colon, secret = identifier.rpartition(":")
    return (name, secret) if colon else (identifier, "")
