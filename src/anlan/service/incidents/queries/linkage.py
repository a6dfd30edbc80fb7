"""Linkage as it is shown: to the duty room everything, to an agency only what it needs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Case, IntegerField, Q, Value, When
from django.utils import timezone

from anlan.service.incidents.models import STANDARD_S, AcceptanceDeadline, Incident, Linkage, Priority
from anlan.service.incidents.queries.near import SAME_PLACE_M, Spot, box, within
from anlan.service.incidents.rules import INBOX_ROLES
from anlan.service.places.models import Premises
from anlan.service.staff.models import Agency, Posting

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet

    from anlan.service.incidents.models import LinkageMessage
    from anlan.service.staff.models import Account

ENDED_SHOWN = timedelta(days=7)
ANSWERS = (Linkage.Status.REFUSED, Linkage.Status.RETURNED, Linkage.Status.COMPLETED)


@dataclass(frozen=True)
class Shared:
    """All that an agency reads of an incident. Nothing else of it leaves the duty room."""

    linkage: int
    status: str
    kind: str
    task: str
    priority: int
    offered_at: datetime
    due_at: datetime
    number: str
    received_at: datetime
    closed_at: datetime | None
    type_code: str
    type: str
    address: str
    lon: float | None
    lat: float | None
    grid_code: str
    hazards: tuple[tuple[str, str], ...]
    answer: str


def shared(linkage: Linkage) -> Shared:
    """Return what the agency may read: never the caller's number, details, notes or other agencies' words."""
    incident = linkage.incident
    return Shared(
        linkage=linkage.pk,
        status=str(linkage.status),
        kind=str(linkage.kind),
        task=linkage.task,
        priority=int(incident.priority),
        offered_at=linkage.offered_at,
        due_at=linkage.due_at,
        number=incident.number,
        received_at=incident.received_at,
        closed_at=incident.closed_at,
        type_code=incident.type.code,
        type=incident.type.label,
        address=incident.address,
        lon=incident.lon,
        lat=incident.lat,
        grid_code=incident.grid_code,
        hazards=hazards(incident),
        answer=linkage.answer,
    )


def hazards(incident: Incident) -> tuple[tuple[str, str], ...]:
    """Return the premises at the pin that have hazards, nearest first: name and hazards."""
    if incident.lon is None or incident.lat is None:
        return ()
    rows = Premises.objects.in_county(incident.county).exclude(hazards="").defer("geometry")
    rows = rows.filter(active=True, **box(incident.lon, incident.lat, SAME_PLACE_M))
    near = within(rows[:20], Spot(lon=incident.lon, lat=incident.lat), SAME_PLACE_M)
    return tuple((place.label, place.hazards) for place in near)


def agencies_of(account: Account) -> list[int]:
    """Return the ids of the agencies whose inbox the account reads."""
    rows = Posting.objects.filter(account=account, role__in=INBOX_ROLES).exclude(agency=None)
    return list(rows.values_list("agency", flat=True).distinct())


def inbox(account: Account) -> QuerySet[Linkage]:
    """Return what the account's agencies are asked: waiting by deadline, then open, then the last week's."""
    order = Case(
        When(status=Linkage.Status.OFFERED, then=Value(0)),
        When(status=Linkage.Status.ACCEPTED, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    rows = Linkage.objects.filter(agency__in=agencies_of(account))
    rows = rows.filter(Q(ended_at=None) | Q(ended_at__gte=timezone.now() - ENDED_SHOWN))
    return rows.select_related("incident__type", "agency").order_by(order, "due_at", "-pk")


def in_inbox(account: Account) -> QuerySet[Linkage]:
    """Return every linkage of the account's agencies, however old."""
    rows = Linkage.objects.filter(agency__in=agencies_of(account))
    return rows.select_related("incident__type", "agency")


def messages_of(linkage: Linkage) -> list[LinkageMessage]:
    """Return the messages of one linkage in order."""
    return list(linkage.messages.select_related("author"))


def on_board(incidents: Iterable[Incident]) -> dict[int, list[Linkage]]:
    """Return what the board shows of each incident's linkages: open ones, and answers not yet noted."""
    rows = Linkage.objects.filter(incident__in=list(incidents)).select_related("agency")
    shown = rows.filter(Q(ended_at=None) | Q(noted_at=None, status__in=ANSWERS))
    by_incident: dict[int, list[Linkage]] = defaultdict(list)
    for linkage in shown.order_by("offered_at", "pk"):
        by_incident[linkage.incident_id].append(linkage)
    return by_incident


def of_incident(incident: Incident) -> list[Linkage]:
    """Return all linkages of an incident with their messages, the newest last."""
    rows = incident.linkages.select_related("agency", "offered_by")
    return list(rows.prefetch_related("messages__author").order_by("offered_at", "pk"))


def owner(linkages: Iterable[Linkage]) -> Linkage | None:
    """Return the accepted handover that owns the incident; None while the duty room does."""
    for linkage in linkages:
        if linkage.kind == Linkage.Kind.HANDOVER and linkage.status == Linkage.Status.ACCEPTED:
            return linkage
    return None


def partners(county: str) -> QuerySet[Agency]:
    """Return the agencies that can be asked: all of the county but the police's own.

    A township's dispatcher asks the county's fire brigade too, so the reader's area does not matter.
    """
    return Agency.objects.in_county(county).exclude(kind=Agency.Kind.POLICE)


def ledger(county: str, account: Account) -> QuerySet[Linkage]:
    """Return the county's linkages, the newest first."""
    rows = Linkage.objects.in_county(county).visible_to(account)
    return rows.select_related("incident__type", "agency", "offered_by")


@dataclass(frozen=True)
class DeadlineRow:
    """One line of the table of deadlines: the county's own (no agency) or an agency's."""

    agency: Agency | None
    cells: list[tuple[int, int | None, int]]
    """Priority, own seconds or None, seconds in force."""


def deadline_rows(county: str) -> list[DeadlineRow]:
    """Return the deadlines of the county and of each partner, own and in force."""
    known: dict[int | None, dict[int, int]] = defaultdict(dict)
    for row in AcceptanceDeadline.objects.filter(county=county):
        known[row.agency_id][row.priority] = row.seconds
    general = {int(level): STANDARD_S[level] for level in Priority} | known[None]
    first = [DeadlineRow(None, cells(known[None], general))]
    return first + [DeadlineRow(one, cells(known[one.pk], general)) for one in partners(county)]


def cells(own: dict[int, int], general: dict[int, int]) -> list[tuple[int, int | None, Any]]:
    """Return priority, own value, value in force."""
    return [(level, own.get(level), own.get(level, seconds)) for level, seconds in general.items()]
