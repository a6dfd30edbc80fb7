"""Alarms as feeds send them: the body of a Standard Webhook, read and checked field by field."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

RAISED, RESTORED, TEST = "alarm.raised", "alarm.restored", "alarm.test"
KINDS = (RAISED, RESTORED, TEST)
LONGEST_DEVICE, LONGEST_TEXT = 80, 1000


class AlarmError(ValueError):
    """A body that is no alarm; `field` is the path to what is at fault."""

    def __init__(self, field: str, message: str) -> None:
        """Keep where and why."""
        super().__init__(f"{field}: {message}")
        self.field, self.message = field, message


@dataclass(frozen=True)
class Alarm:
    """What a device reports: its code at the feed, what it says, and when (None: now)."""

    kind: str
    device: str
    text: str = ""
    at: datetime | None = None


def read_object(body: bytes) -> dict[str, Any]:
    """Return a JSON body that is an object.

    Raises:
        AlarmError: no UTF-8, no JSON, or no object.

    """
    try:
        found = json.loads(body.decode())
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise AlarmError("body", "expected JSON in UTF-8") from error
    if not isinstance(found, dict):
        raise AlarmError("body", "expected a JSON object")
    return found


def read(body: bytes) -> Alarm:
    """Return the alarm of a body such as ``{"type": "alarm.raised", "data": {"device": "D-17"}}``.

    Raises:
        AlarmError: naming the field and what it should be.

    """
    found = read_object(body)
    data = found.get("data")
    if found.get("type") not in KINDS:
        raise AlarmError("type", f"expected one of {', '.join(KINDS)}")
    if not isinstance(data, dict):
        raise AlarmError("data", "expected an object with the device")
    return Alarm(
        kind=found["type"],
        device=_text(data, "device", LONGEST_DEVICE, required=True),
        text=_text(data, "text", LONGEST_TEXT),
        at=_moment(found.get("timestamp")),
    )


def _text(data: dict[str, Any], name: str, longest: int, *, required: bool = False) -> str:
    value = data.get(name, "")
    if not isinstance(value, str) or "\0" in value or len(value) > longest:
        raise AlarmError(f"data.{name}", f"expected a text of at most {longest} characters")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise AlarmError(f"data.{name}", "half a surrogate pair is no text") from error
    if required and not value.strip():
        raise AlarmError(f"data.{name}", "missing")
    return value.strip()


def _moment(value: Any) -> datetime | None:
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise AlarmError("timestamp", "expected ISO 8601, as in 2026-03-04T05:06:07+08:00") from error
    if at.tzinfo is None:
        raise AlarmError("timestamp", "the time zone is missing")
    return at
