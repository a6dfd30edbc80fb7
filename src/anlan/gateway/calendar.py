"""Duties as an iCalendar feed (RFC 5545) that phones and desks subscribe to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PRODUCT = "-//Anlan//Duties//EN"
REFRESH = timedelta(minutes=15)
YEAR, NONE = timedelta(days=366), timedelta()


@dataclass(frozen=True)
class Duty:
    """One entry: a stable key, what it is, from when to when (aware), where, details, last change (aware)."""

    key: str
    title: str
    start: datetime
    end: datetime
    changed: datetime
    place: str = ""
    details: str = ""
    lon: float | None = None
    lat: float | None = None
    revision: int = 0

    def __post_init__(self) -> None:
        """Refuse moments without a zone, and an end before the start."""
        for name in ("start", "end", "changed"):
            if getattr(self, name).tzinfo is None:
                raise ValueError(f"{name} of {self.key}: no time zone")
        if self.end <= self.start:
            raise ValueError(f"end of {self.key}: not after its start")


def calendar(name: str, zone: str, duties: Iterable[Duty], host: str = "anlan.invalid") -> bytes:
    """Return a calendar in the local time of `zone` (an IANA name), its VTIMEZONE included.

    `host` makes the entries' identifiers unique between installations.

    Raises:
        ValueError: `zone` is unknown.

    """
    try:
        local = ZoneInfo(zone)
    except (KeyError, ValueError):
        raise ValueError(f"zone {zone!r}: not an IANA time zone") from None
    made = Calendar()
    for key, value in (
        ("prodid", PRODUCT), ("version", "2.0"), ("calscale", "GREGORIAN"), ("method", "PUBLISH"),
        ("x-wr-calname", name), ("x-wr-timezone", zone),
    ):  # fmt: skip
        made.add(key, value)
    made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    entries = list(duties)
    made.add_component(_zone(local, zone, entries))
    for duty in entries:
        made.add_component(_event(duty, local, host))
    return bytes(made.to_ical())


def _zone(local: ZoneInfo, name: str, duties: list[Duty]) -> Timezone:
    """The zone's rules over the years of the duties, each change of the clocks an observance of its own.

    icalendar's own way lists the changes in one RDATE, of which ical.js reads only the first.
    """
    made = Timezone()
    made.add("tzid", name)
    moments = [moment for duty in duties for moment in (duty.start, duty.end)] or [
        datetime(1970, 1, 2, tzinfo=UTC)
    ]
    first, last = min(moments) - YEAR, max(moments) + YEAR
    before = first.astimezone(local)
    for change in [first, *_changes(local, first, last)]:
        after = change.astimezone(local)
        part = TimezoneDaylight() if after.dst() else TimezoneStandard()
        part.add(
            "dtstart",
            (after.replace(tzinfo=None) - (after.utcoffset() or NONE) + (before.utcoffset() or NONE)),
        )
        part.TZOFFSETFROM, part.TZOFFSETTO = before.utcoffset(), after.utcoffset()
        part.add("tzname", after.tzname() or name)
        made.add_component(part)
        before = after
    return made


def _changes(local: ZoneInfo, first: datetime, last: datetime) -> Iterator[datetime]:
    """The moments (UTC) between two at which the zone's offset changes, to the minute."""
    moment = first.astimezone(UTC).replace(second=0, microsecond=0)
    while moment < last:
        later = moment + timedelta(days=1)
        if moment.astimezone(local).utcoffset() != later.astimezone(local).utcoffset():
            low, high = moment, later
            while high - low > timedelta(minutes=1):
                middle = low + timedelta(minutes=(high - low) // timedelta(minutes=2))
                same = middle.astimezone(local).utcoffset() == moment.astimezone(local).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            yield high
        moment = later


def _event(duty: Duty, local: ZoneInfo, host: str) -> Event:
    event = Event()
    event.add("uid", f"{duty.key}@{host}")
    event.add("summary", duty.title)
    event.add("dtstart", duty.start.astimezone(local))
    event.add("dtend", duty.end.astimezone(local))
    event.add("dtstamp", duty.changed.astimezone(UTC))
    event.add("last-modified", duty.changed.astimezone(UTC))
    event.add("sequence", duty.revision)
    if duty.place:
        event.add("location", duty.place)
    if duty.details:
        event.add("description", duty.details)
    if duty.lon is not None and duty.lat is not None:
        event.add("geo", (duty.lat, duty.lon))
    return event
