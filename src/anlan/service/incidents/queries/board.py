"""The live board: queue, units, and the log sequence that they correspond to."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils import timezone

from anlan.service.incidents.models import Assignment, Incident, Linkage, Notice
from anlan.service.incidents.queries.linkage import on_board, owner
from anlan.service.incidents.queries.notices import open_notices
from anlan.service.log.models import Chain
from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet

    from anlan.service.staff.models import Account

AVAILABLE, OFF_DUTY = "available", "off_duty"


@dataclass(frozen=True)
class QueueRow:
    """An incident that is not closed, with its open assignments and how many have ended."""

    incident: Incident
    assignments: list[Assignment]
    ended: int
    linkages: list[Linkage] = field(default_factory=list)

    @property
    def attended(self) -> bool:
        """Whether units have been and gone, or a partner agency has it."""
        return (self.ended > 0 and not self.assignments) or self.handed_over

    @property
    def handed_over(self) -> bool:
        """Whether a partner agency owns it."""
        return owner(self.linkages) is not None

    @property
    def short_number(self) -> str:
        """The serial within the day, as it is typed on the command line."""
        return self.incident.number.rpartition("-")[2].lstrip("0")


@dataclass(frozen=True)
class UnitState:
    """A unit with the state derived from its one open assignment, and its last position."""

    unit: Unit
    assignment: Assignment | None

    @property
    def state(self) -> str:
        """The open assignment's status, else `available` or `off_duty`."""
        if self.assignment is not None:
            return self.assignment.status
        return AVAILABLE if self.unit.on_duty else OFF_DUTY

    @property
    def lon_lat(self) -> tuple[float, float] | None:
        """The last reported position, else the unit's post, else None."""
        if self.reported_at is not None:
            return self.unit.position.lon, self.unit.position.lat
        if self.unit.post_lon is None or self.unit.post_lat is None:
            return None
        return self.unit.post_lon, self.unit.post_lat

    @property
    def reported_at(self) -> datetime | None:
        """The time of the last reported position; None where `lon_lat` is only the post."""
        position = getattr(self.unit, "position", None)
        return None if position is None else position.at


@dataclass(frozen=True)
class Board:
    """A snapshot that holds at least every event up to `sequence`: a stream read from there has no gap."""

    county: str
    sequence: int
    at: datetime
    queue: list[QueueRow]
    units: list[UnitState] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


def board(county: str, account: Account) -> Board:
    """Return the board of a county as the account may see it, in five queries whatever its size.

    The sequence is read first: events sealed up to it were committed before the rows are read.
    """
    chain = Chain.objects.filter(county=county).first()
    return Board(
        county=county,
        sequence=0 if chain is None else chain.sequence,
        at=timezone.now(),
        queue=queue(county, account),
        units=unit_states(county, account),
        notices=open_notices(county, account),
    )


def queue(county: str, account: Account) -> list[QueueRow]:
    """Return the incidents not closed, the most urgent and longest waiting first."""
    incidents = (
        live_incidents(county, account).select_related("type").order_by("priority", "waiting_since", "pk")
    )
    return queue_rows(incidents)


def live_incidents(county: str, account: Account) -> QuerySet[Incident]:
    """Return the incidents of a county that are not closed."""
    return Incident.objects.in_county(county).visible_to(account).exclude(status=Incident.Status.CLOSED)


def queue_rows(incidents: Iterable[Incident]) -> list[QueueRow]:
    """Join incidents with their assignments and linkages in two further queries."""
    listed = list(incidents)
    by_incident: dict[int, list[Assignment]] = defaultdict(list)
    for assignment in Assignment.objects.filter(incident__in=listed).select_related("unit"):
        by_incident[assignment.incident_id].append(assignment)
    asked = on_board(listed)
    return [queue_row(incident, by_incident[incident.pk], asked[incident.pk]) for incident in listed]


def queue_row(incident: Incident, assignments: list[Assignment], linkages: list[Linkage]) -> QueueRow:
    """Split an incident's assignments into open and ended."""
    still = [assignment for assignment in assignments if assignment.ended_at is None]
    return QueueRow(incident, still, len(assignments) - len(still), linkages)


def unit_states(county: str, account: Account) -> list[UnitState]:
    """Return the county's units with their state, in two queries."""
    units = list(
        Unit.objects.in_county(county)
        .visible_to(account)
        .select_related("position", "agency")
        .order_by("call_sign")
    )
    return states_of(units)


def states_of(units: list[Unit]) -> list[UnitState]:
    """Return the states of given units, in one query."""
    rows = Assignment.objects.filter(ended_at=None, unit__in=units).select_related("incident")
    current = {assignment.unit_id: assignment for assignment in rows}
    return [UnitState(unit, current.get(unit.pk)) for unit in units]
