"""Intervals of the response by beat, type and hour: how many, median and 90th percentile."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from anlan.engine.dispatch.intervals import spread
from anlan.service.incidents.domain.numbers import county_zone
from anlan.service.incidents.models import Assignment, FurtherCall, Incident
from anlan.service.incidents.queries.types import types_for
from anlan.service.places.models import Beat

if TYPE_CHECKING:
    from datetime import datetime

    from anlan.engine.dispatch.intervals import Spread
    from anlan.service.staff.models import Account

MEASURES = {
    "answer": _("Answering: rang to answered"),
    "processing": _("Processing: received to first dispatch"),
    "response": _("Response: received to first on scene"),
    "turnout": _("Turnout: dispatched to en route"),
    "travel": _("Travel: en route to on scene"),
    "scene": _("On scene: on scene to clear"),
    "task": _("On task: dispatched to clear"),
}
GROUPS = {
    "all": _("all together"),
    "beat": _("by beat"),
    "type": _("by type"),
    "hour": _("by hour of the day"),
    "priority": _("by priority"),
}


@dataclass(frozen=True)
class Timed:
    """One duration with what it can be grouped by."""

    measure: str
    seconds: float
    beat: str
    type: str
    hour: int
    priority: int

    def key(self, by: str) -> str | int:
        """Return the group it belongs to."""
        return "" if by == "all" else getattr(self, by)


@dataclass(frozen=True)
class Row:
    """A group with its figures."""

    label: str
    spread: Spread


def timed(county: str, account: Account, since: datetime, until: datetime) -> list[Timed]:
    """Return every interval of the incidents received in a period; a stage without a time gives none.

    Units that closed a point of a containment count for no interval: their way did not lead to the scene.
    """
    rows = (
        Assignment.objects.filter(
            incident__in=Incident.objects.in_county(county).visible_to(account),
            incident__received_at__gte=since, incident__received_at__lt=until,
        )
        .exclude(incident__containments__orders__unit=F("unit"))
        .select_related("incident__type")
        .order_by("assigned_at")
    )  # fmt: skip
    zone = county_zone(county)
    found = answers(county, account, since, until)
    firsts: dict[int, dict[str, float]] = defaultdict(dict)
    about: dict[int, tuple[str, str, int, int]] = {}
    for row in rows:
        one = row.incident
        hour = one.received_at.astimezone(zone).hour
        facts = about[one.pk] = (one.beat_code, one.type.code, hour, one.priority)
        found += [Timed(name, value, *facts) for name, value in stages(row)]
        first(firsts[one.pk], "processing", one.received_at, row.assigned_at)
        first(firsts[one.pk], "response", one.received_at, row.on_scene_at)
    found += [Timed(name, value, *about[key]) for key, told in firsts.items() for name, value in told.items()]
    return found


def answers(county: str, account: Account, since: datetime, until: datetime) -> list[Timed]:
    """Return from ringing to answer of the calls whose moments are known: first ones and further ones.

    A call on which nobody spoke has neither type nor priority: it stands in *Answering times* alone.
    """
    asked = {
        "channel": Incident.Channel.PHONE, "received_at__gte": since, "received_at__lt": until,
        "rang_at__isnull": False, "answered_at__gte": F("rang_at"),
    }  # fmt: skip
    firsts = Incident.objects.in_county(county).visible_to(account).filter(**asked, scheduled_call=None)
    more = FurtherCall.objects.in_county(county).visible_to(account).filter(**asked)
    calls = [(one, one) for one in firsts.select_related("type")]
    calls += [(one, one.incident) for one in more.select_related("incident__type")]
    zone = county_zone(county)
    return [
        Timed("answer", (call.answered_at - call.rang_at).total_seconds(), about.beat_code, about.type.code,
              call.received_at.astimezone(zone).hour, about.priority)
        for call, about in calls
    ]  # fmt: skip


def first(known: dict[str, float], name: str, since: datetime, at: datetime | None) -> None:
    """Keep the least duration of an incident."""
    if at is not None and (value := (at - since).total_seconds()) >= 0:
        known[name] = min(value, known.get(name, value))


def stages(row: Assignment) -> list[tuple[str, float]]:
    """Return an assignment's own durations."""
    cleared = row.ended_at if row.status == Assignment.Status.CLEARED else None
    pairs = (
        ("turnout", row.assigned_at, row.en_route_at),
        ("travel", row.en_route_at, row.on_scene_at),
        ("scene", row.on_scene_at, cleared),
        ("task", row.assigned_at, cleared),
    )
    return [
        (name, (until - since).total_seconds())
        for name, since, until in pairs
        if since is not None and until is not None and until >= since
    ]


def table(county: str, times: list[Timed], measure: str, by: str) -> list[Row]:
    """Return the groups of a measure in their order; hours all, others where there is something."""
    groups: dict[str | int, list[float]] = defaultdict(list)
    for one in times:
        if one.measure == measure:
            groups[one.key(by)].append(one.seconds)
    labels = labels_of(county, by)
    keys = sorted(
        groups, key=lambda key: (list(labels).index(key) if key in labels else len(labels), str(key))
    )
    return [Row(str(labels.get(key, key) or _("outside all beats")), spread(groups[key])) for key in keys]


def labels_of(county: str, by: str) -> dict[Any, Any]:
    """Return what the groups are called, in their order."""
    if by == "beat":
        rows = Beat.objects.in_county(county).defer("geometry").order_by("code")
        return {beat.code: beat.label for beat in rows}
    if by == "type":
        return {kind.code: kind.label for kind in types_for(county, active=False)}
    if by == "hour":
        return {hour: f"{hour:02}:00–{hour:02}:59" for hour in range(24)}
    if by == "priority":
        return dict(Incident._meta.get_field("priority").choices)
    return {"": _("All")}
