"""What a replay needs, read from the log and the positions that are still kept."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from anlan.service.incidents.domain.numbers import county_zone
from anlan.service.incidents.models import Assignment, Incident
from anlan.service.incidents.replay.state import APPLY, Fact, Night, night
from anlan.service.log.models import Event
from anlan.service.log.verbs import Verb
from anlan.service.patrol.models import Fix
from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    from datetime import datetime

    from anlan.service.incidents.replay.state import Span
    from anlan.service.staff.models import Account

THIN_S = 10
DUTY = (Verb.UNIT_ON_DUTY, Verb.UNIT_OFF_DUTY)


def replayed(county: str, account: Account, begin: datetime, end: datetime) -> Night:
    """Return the spans of the incidents that were live in a window, and of all units."""
    units = Unit.objects.in_county(county).visible_to(account)
    facts = [fact_of(event) for event in events(county, account, begin, end)]
    return night(facts, duty_at(list(units), begin), begin)


def events(county: str, account: Account, begin: datetime, end: datetime) -> list[Event]:
    """Return, in the order written, all that happened until `end` to the incidents live in the window."""
    rows = Incident.objects.in_county(county).visible_to(account).filter(received_at__lt=end)
    live = set(rows.filter(Q(closed_at=None) | Q(closed_at__gte=begin)).values_list("pk", flat=True))
    touched = Event.objects.filter(
        county=county, at__gte=begin, at__lte=end, record_type=Incident._meta.label_lower
    ).values_list("record_id", flat=True)
    live |= set(rows.filter(pk__in={int(key) for key in touched}).values_list("pk", flat=True))
    sent = Assignment.objects.filter(incident__in=live).values_list("pk", flat=True)
    about = Q(record_type=Incident._meta.label_lower, record_id__in=[str(key) for key in live])
    about |= Q(record_type=Assignment._meta.label_lower, record_id__in=[str(key) for key in sent])
    about |= Q(verb__in=DUTY, at__gte=begin)
    found = Event.objects.visible_to(account).filter(about, county=county, at__lte=end, verb__in=list(APPLY))
    return list(found.order_by("pk"))


def fact_of(event: Event) -> Fact:
    """Return an event as the fold needs it."""
    return Fact(event.at, event.verb, int(event.record_id), event.data)


def duty_at(units: list[Unit], moment: datetime) -> dict[int, bool]:
    """Return which units were on duty at a moment: before their next change of duty, else as now."""
    found = {unit.pk: bool(unit.on_duty) for unit in units}
    later = Event.objects.filter(
        verb__in=DUTY, at__gte=moment, record_type=Unit._meta.label_lower,
        record_id__in=[str(unit.pk) for unit in units],
    )  # fmt: skip
    for key, verb in later.order_by("-pk").values_list("record_id", "verb"):
        found[int(key)] = verb == Verb.UNIT_OFF_DUTY
    return found


def payload(county: str, account: Account, begin: datetime, end: datetime) -> dict[str, Any]:
    """Return a replay as the page plays it: spans in seconds after `begin`, positions while they are kept."""
    told = replayed(county, account, begin, end)
    units = Unit.objects.in_county(county).visible_to(account).order_by("call_sign")
    fixes = positions([unit.pk for unit in units], begin, end)
    kinds = {one.pk: one for one in Incident.objects.filter(pk__in=told.incidents).select_related("type")}
    length = (end - begin).total_seconds()
    return {
        "begin": begin.isoformat(),
        "zone": county_zone(county).key,
        "seconds": length,
        "incidents": [
            {
                "id": key, "name": kinds[key].type.label, "address": kinds[key].address,
                "spans": seconds(spans, begin, length),
            }
            for key, spans in told.incidents.items()
        ],
        "units": [
            {
                "id": unit.pk, "sign": unit.call_sign,
                "spans": seconds(told.units.get(unit.pk, []), begin, length),
                "fixes": fixes.get(unit.pk, []),
            }
            for unit in units
        ],
        "fixes": sum(map(len, fixes.values())),
    }  # fmt: skip


def seconds(spans: list[Span], begin: datetime, length: float) -> list[list[Any]]:
    """Return spans as from, until and facts, cut to the window."""
    found = []
    for span in spans:
        first = max((span.begin - begin).total_seconds(), 0.0)
        last = length if span.end is None else (span.end - begin).total_seconds()
        if last > 0 and first <= length and (last > first or span.end is None):
            found.append([round(first, 1), round(min(last, length), 1), span.facts])
    return found


def positions(units: list[int], begin: datetime, end: datetime) -> dict[int, list[list[float]]]:
    """Return the believed fixes of units in the window, at most one in ten seconds, as second, lon, lat."""
    rows = Fix.objects.filter(unit__in=units, at__gte=begin, at__lte=end, aside="").order_by("unit_id", "at")
    found: dict[int, list[list[float]]] = defaultdict(list)
    for unit, at, lon, lat in rows.values_list("unit_id", "at", "lon", "lat").iterator(chunk_size=5000):
        second = (at - begin).total_seconds()
        mine = found[unit]
        if not mine or second - mine[-1][0] >= THIN_S:
            mine.append([round(second), round(lon, 5), round(lat, 5)])
    return dict(found)
