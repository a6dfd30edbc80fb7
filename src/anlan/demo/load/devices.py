"""What reports by itself: phones and trackers of units, a monitoring centre and the devices of its alarms."""

from __future__ import annotations

from anlan.demo.generate import names
from anlan.engine.geo import codes
from anlan.service.incidents.domain import feeds
from anlan.service.incidents.models import Feed, IncidentType
from anlan.service.patrol.devices import register
from anlan.service.patrol.models import Device
from anlan.service.places.models import Premises
from anlan.service.staff.models import Unit

K = Device.Kind
CARRIED = (("P", K.OWNTRACKS, "{}/phone"), ("B", K.OSMAND, "{}"), ("M", K.TRACKER, "tracker-{}"))
"""First letter of the call sign, kind, and how its device is called."""
EACH = 2
FEED, ALARMED = "demo-alarms", 8


def store_devices() -> None:
    """Register a few devices of units, and the server that speaks for the trackers; known ones stay."""
    add(K.SERVER, "traccar", None)
    for letter, kind, called in CARRIED:
        units = Unit.objects.in_county(names.COUNTY6).filter(call_sign__startswith=letter)
        for unit in units.order_by("call_sign")[:EACH]:
            add(kind, called.format(unit.call_sign.lower()), unit)


def add(kind: str, identifier: str, unit: Unit | None) -> None:
    """Register a device that is not registered; nobody keeps its secret, so nothing can report as it."""
    if not Device.objects.filter(kind=kind, identifier=identifier).exists():
        register(kind, identifier, unit, None, area_code="" if unit else codes.normalise(names.COUNTY6))


def store_feed() -> None:
    """Register the monitoring centre with smoke detectors at the first premises; a known one stays."""
    if Feed.objects.filter(code=FEED).exists():
        return
    kind = IncidentType.objects.get(county="", code="fire-alarm")
    feed = feeds.save_feed(
        Feed(county=names.COUNTY6), None,
        code=FEED, kind=Feed.Kind.ALARM, type=kind,
        name="消防联网监控中心", name_en="Alarm monitoring centre",
    )  # fmt: skip
    places = Premises.objects.in_county(names.COUNTY6).filter(lon__isnull=False).order_by("code")
    lines = [
        f'D-{number:03d},"{place.name}",{place.lon:.6f},{place.lat:.6f},'
        for number, place in enumerate(places.defer("geometry")[:ALARMED], start=1)
    ]
    feeds.save_devices(feed, "\n".join(lines), None)


def store_reporting() -> None:
    """Register all that reports by itself."""
    store_devices()
    store_feed()
