"""OwnTracks: the JSON of its apps, over HTTP or as an MQTT payload.

Format: https://owntracks.org/booklet/tech/json/. Speed is km/h. What an app sends besides place and time (the
name of the wireless network, motion activities, regions) is not read, so it is not kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.gateway.positions.model import (
    KMH,
    Fix,
    PositionError,
    Report,
    bearing,
    degrees,
    fix_or_none,
    json_object,
    not_negative,
    since_1970,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Mapping

ANSWER = b"[]"


def fix_of(body: bytes) -> tuple[Fix | None, str]:
    """Return the fix in a payload, or None and which other kind of message it was.

    An empty body, which the apps send now and then, is `empty`.

    Raises:
        PositionError: it is no message of OwnTracks.

    """
    if not body.strip():
        return None, "empty"
    message = json_object(body)
    kind = message.get("_type")
    if not isinstance(kind, str):
        raise PositionError("_type", "is missing: this is no message of OwnTracks")
    if kind != "location":
        return None, kind[:20]
    fix = fix_or_none(
        Fix(
            lon=degrees(message.get("lon"), "lon", 180),
            lat=degrees(message.get("lat"), "lat", 90),
            at=since_1970(message.get("tst"), "tst"),
            speed=not_negative(message.get("vel"), "vel", KMH),
            course=bearing(message.get("cog"), "cog"),
            accuracy=not_negative(message.get("acc"), "acc"),
        )
    )
    return fix, "" if fix else "no_fix"


def from_http(
    body: bytes, headers: Mapping[str, str], query: Mapping[str, str], login: tuple[str, str]
) -> Report:
    """Return the report of a POST; `login` is the user and password of Basic authentication.

    The device is `user/device`, from `X-Limit-U` and `X-Limit-D`, else `?u=` and `?d=`, else the login.
    """
    user = headers.get("x-limit-u") or query.get("u") or login[0]
    device = headers.get("x-limit-d") or query.get("d") or ""
    if login[0] and user != login[0]:
        raise PositionError("X-Limit-U", "is not the user who signed in")
    fix, why = fix_of(body)
    return Report(f"{user}/{device}" if device else user, login[1], fix, why)


def device_of_topic(topic: str) -> str:
    """Return `user/device` of a topic `owntracks/user/device`.

    Raises:
        PositionError: it is another topic.

    """
    parts = topic.split("/")
    if len(parts) != 3 or parts[0] != "owntracks" or not parts[1] or not parts[2]:
        raise PositionError("topic", "is not owntracks/<user>/<device>")
    return f"{parts[1]}/{parts[2]}"
