"""What every format is translated to, and how numbers and times are read from any of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from datetime import tzinfo

KNOT = 1852 / 3600
KMH = 1 / 3.6
FIRST_S, LAST_S = 946_684_800.0, 4_102_444_800.0  # the years 2000 to 2100
SECONDS_BELOW = 2**31 - 1  # a whole number from here on is milliseconds, as Traccar reads it


class PositionError(ValueError):
    """A message that is not in its format: `field` names what is wrong, the text how to mend it."""

    def __init__(self, field: str, message: str) -> None:
        """Keep the field and the message."""
        super().__init__(f"{field}: {message}")
        self.field = field


@dataclass(frozen=True, slots=True)
class Fix:
    """A place at a moment: WGS-84 degrees, seconds since 1970 UTC, m/s, degrees from north, metres.

    `at` None means that the client sent no time: it counts as the moment of arrival.
    """

    lon: float
    lat: float
    at: float | None = None
    speed: float | None = None
    course: float | None = None
    accuracy: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """One message: who sent it, the secret it gave (empty for none), and the fix.

    `fix` None is a message without a usable place: `why` says which kind it was.
    """

    device: str
    secret: str = ""
    fix: Fix | None = None
    why: str = ""


def json_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object in a body.

    Raises:
        PositionError: it is none.

    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise PositionError("body", f"is not JSON ({error})") from error
    if not isinstance(value, dict):
        raise PositionError("body", "is not a JSON object")
    return value


def member(value: dict[str, Any], field: str) -> dict[str, Any]:
    """Return an object inside an object."""
    inner = value.get(field)
    if not isinstance(inner, dict):
        raise PositionError(field, "is missing or no object")
    return inner


def text(value: Any, field: str) -> str:
    """Return a word that is there: a device's name may be a number in JSON."""
    if isinstance(value, bool) or not isinstance(value, str | int) or not str(value).strip():
        raise PositionError(field, "is missing")
    return str(value).strip()


def number(value: Any, field: str) -> float | None:
    """Return a finite number, None where there is none."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise PositionError(field, "is not a number")
    try:
        found = float(value)
    except (ValueError, OverflowError) as error:
        raise PositionError(field, "is not a number") from error
    if not math.isfinite(found):
        raise PositionError(field, "is not a finite number")
    return found


def not_negative(value: Any, field: str, unit: float = 1.0) -> float | None:
    """Return a number in our unit; clients send -1 where they do not know."""
    found = number(value, field)
    return None if found is None or found < 0 else found * unit


def bearing(value: Any, field: str) -> float | None:
    """Return a course in [0, 360), None where it is unknown."""
    found = not_negative(value, field)
    return None if found is None else found % 360.0


def degrees(value: Any, field: str, most: float) -> float:
    """Return a coordinate that must be there."""
    found = number(value, field)
    if found is None:
        raise PositionError(field, "is missing")
    if abs(found) > most:
        raise PositionError(field, f"lies outside of -{most:g} to {most:g}; are lat and lon swapped?")
    return found


def since_1970(value: Any, field: str) -> float:
    """Return seconds since 1970 from a number of seconds."""
    found = number(value, field)
    if found is None:
        raise PositionError(field, "is missing")
    return in_years(found, field)


def in_years(seconds: float, field: str) -> float:
    """Return the moment unless it lies outside of any year that a device could mean."""
    if not FIRST_S <= seconds < LAST_S:
        raise PositionError(field, "lies outside of the years 2000 to 2100; seconds or milliseconds?")
    return seconds


def moment(value: str, field: str, zone: tzinfo = UTC) -> float:
    """Return seconds since 1970 from seconds, milliseconds, ISO 8601, or a local date and time.

    A whole number below 2³¹ - 1 is seconds, any other milliseconds. A time without an offset is in `zone`.
    """
    given = value.strip()
    if given.isascii() and given.isdigit() and len(given) < 16:
        whole = int(given)
        return in_years(whole if whole < SECONDS_BELOW else whole / 1000, field)
    try:
        found = datetime.fromisoformat(given)
        aware = found if found.tzinfo is not None else found.replace(tzinfo=zone)
        return in_years(aware.timestamp(), field)
    except (ValueError, OverflowError) as error:
        if isinstance(error, PositionError):
            raise
        raise PositionError(field, "is neither seconds, milliseconds nor ISO 8601") from error


def fix_or_none(fix: Fix) -> Fix | None:
    """Return the fix; 0, 0 is what clients send when they have none."""
    return None if fix.lon == 0 and fix.lat == 0 else fix
