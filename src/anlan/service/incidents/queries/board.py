"""The live board: queue, units, and the log sequence that they correspond to."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Case, When
from django.utils import timezone

from anlan.service.incidents.models import Assignment, Backup, Incident, Linkage, Move, Stacked
from anlan.service.incidents.queries.linkage import on_board, owner
from anlan.service.log.models import Chain
from anlan.service.planning.standards import standards_of
from anlan.service.scope import covered
from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from anlan.service.staff.models import Account

AVAILABLE, OFF_DUTY = "available", "off_duty"


@dataclass(frozen=True)
class QueueRow:
    """An incident that is not closed, with its open assignments, how many units have been and gone since it
    last went back to waiting, who has it queued, the backup that is asked for, and its level.

    `returned`: its unit was taken off for another incident, and nobody has come since.
    `late`: it waits for a unit for longer than the county's standards allow its priority.
    Rows are drawn once for all boards, soon again only where a field of theirs changes: what depends on the
    clock is a field, or ticks in the browser.
    """

    incident: Incident
    assignments: list[Assignment]
    ended: int
    linkages: list[Linkage] = field(default_factory=list)
    stacked: list[Stacked] = field(default_factory=list)
    backups: list[Backup] = field(default_factory=list)
    returned: bool = False
    late: bool = False

    @property
    def attended(self) -> bool:
        """Whether units have been and gone, or a partner agency has it."""
        return (self.ended > 0 and not self.assignments) or self.handed_over

    @property
    def handed_over(self) -> bool:
        """Whether a partner agency owns it."""
        return owner(self.linkages) is not None

    @property
    def waiting(self) -> bool:
        """Whether no unit has been sent yet."""
        return not self.assignments and not self.attended

    @property
    def overdue(self) -> bool:
        """Whether it asks for attention: a check-in or an agency's answer is late, backup is asked for."""
        missed = any(assignment.check_in_missed_at for assignment in self.assignments)
        return missed or bool(self.backups) or any(linkage.late for linkage in self.linkages)

    @property
    def emergency(self) -> bool:
        """Whether an officer has pressed the emergency button and nobody has acknowledged it yet."""
        pressed = getattr(self.incident, "emergency", None)
        return pressed is not None and pressed.acknowledged_at is None

    @property
    def short_number(self) -> str:
        """The serial within the day, as it is typed on the command line."""
        return self.incident.number.rpartition("-")[2].lstrip("0")

    @property
    def key(self) -> str:
        """What the row is called on every board."""
        return str(self.incident.pk)

    @property
    def area_code(self) -> str:
        """Where it is, for the reader's scope."""
        return self.incident.area_code


@dataclass(frozen=True)
class UnitState:
    """A unit with the state derived from its one open assignment, and its last position."""

    unit: Unit
    assignment: Assignment | None
    stacked: list[Stacked] = field(default_factory=list)
    moving: Move | None = None

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

    @property
    def key(self) -> str:
        """What the row is called on every board."""
        return str(self.unit.pk)

    @property
    def area_code(self) -> str:
        """Where it belongs, for the reader's scope."""
        return self.unit.area_code


@dataclass(frozen=True)
class Board:
    """A snapshot that holds at least every event up to `sequence`: a stream read from there has no gap."""

    county: str
    sequence: int
    at: datetime
    queue: list[QueueRow]
    units: list[UnitState] = field(default_factory=list)


def board(county: str, account: Account) -> Board:
    """Return the board of a county as the account may see it, in a few queries whatever its size."""
    return narrowed(whole_board(county), account.area_prefixes())


def whole_board(county: str) -> Board:
    """Return the board of a county, whoever asks.

    The sequence is read first: events sealed up to it were committed before the rows are read.
    """
    chain = Chain.objects.filter(county=county).first()
    return Board(
        county=county,
        sequence=0 if chain is None else chain.sequence,
        at=timezone.now(),
        queue=queue(county),
        units=states_of(county_units(county)),
    )


def narrowed(whole: Board, prefixes: tuple[str, ...]) -> Board:
    """Return what of a board lies within the area prefixes: the same rows as `visible_to` gives."""
    return replace(
        whole,
        queue=[row for row in whole.queue if covered(prefixes, row.area_code)],
        units=[row for row in whole.units if covered(prefixes, row.area_code)],
    )


def queue(county: str) -> list[QueueRow]:
    """Return the incidents not closed: officers' emergencies, then the most urgent and longest waiting."""
    live = Incident.objects.in_county(county).exclude(status=Incident.Status.CLOSED)
    first = Case(When(emergency__isnull=False, then=0), default=1)
    live = live.select_related("type", "emergency__unit", "escalation")
    rows = queue_rows(live.order_by(first, "priority", "waiting_since", "pk"))
    limits, now = standards_of(county).duty_room.wait_min, timezone.now()
    return [replace(row, late=late(row, limits, now)) for row in rows]


def late(row: QueueRow, limits: Sequence[float], now: datetime) -> bool:
    """Whether the incident waits for longer than the minutes of its priority, counted as its age is."""
    limit = timedelta(minutes=limits[row.incident.priority - 1])
    return row.waiting and now - row.incident.waiting_since > limit


def live_incidents(county: str, account: Account) -> QuerySet[Incident]:
    """Return the incidents of a county that are not closed."""
    return Incident.objects.in_county(county).visible_to(account).exclude(status=Incident.Status.CLOSED)


def queue_rows(incidents: Iterable[Incident]) -> list[QueueRow]:
    """Join incidents with assignments, queued units, backup requests and linkages, one query each."""
    listed = list(incidents)
    assignments = by_incident(Assignment.objects.filter(incident__in=listed).select_related("unit"))
    stacked = by_incident(Stacked.objects.filter(incident__in=listed, ended_at=None).select_related("unit"))
    backups = by_incident(Backup.objects.filter(incident__in=listed, ended_at=None).select_related("unit"))
    asked = on_board(listed)
    return [
        queue_row(one, assignments[one.pk], stacked[one.pk], backups[one.pk], asked[one.pk]) for one in listed
    ]


def by_incident(rows: Iterable[Any]) -> dict[int, list[Any]]:
    """Return rows by their incident."""
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.incident_id].append(row)
    return found


def queue_row(
    incident: Incident,
    assignments: list[Assignment],
    stacked: list[Stacked] | None = None,
    backups: list[Backup] | None = None,
    linkages: list[Linkage] | None = None,
) -> QueueRow:
    """Split an incident's assignments into open and ended.

    Units that were called off on the way, and whoever came before the last one was taken off, do not make an
    incident attended.
    """
    still = [assignment for assignment in assignments if assignment.ended_at is None]
    taken = max((row.ended_at for row in assignments if row.ended_at and row.preempted_for_id), default=None)
    done = [row for row in assignments if row.status == Assignment.Status.CLEARED and row.ended_at]
    since = [row for row in done if taken is None or (row.ended_at and row.ended_at > taken)]
    returned = taken is not None and not still and not since
    return QueueRow(incident, still, len(since), linkages or [], stacked or [], backups or [], returned)


def county_units(county: str) -> QuerySet[Unit]:
    """Return the county's units with what their rows show, by call sign."""
    return Unit.objects.in_county(county).select_related("position").order_by("call_sign", "pk")


def unit_states(county: str, account: Account) -> list[UnitState]:
    """Return the county's units with their state as the account may see them, in a few queries."""
    return states_of(county_units(county).visible_to(account))  # type: ignore[attr-defined]


def states_of(units: QuerySet[Unit]) -> list[UnitState]:
    """Return the states of the units asked for, in four queries of fixed length."""
    rows = Assignment.objects.filter(ended_at=None, unit__in=units).select_related("incident")
    current = {assignment.unit_id: assignment for assignment in rows}
    stacked: dict[int, list[Stacked]] = defaultdict(list)
    for row in Stacked.objects.filter(ended_at=None, unit__in=units).select_related("incident"):
        stacked[row.unit_id].append(row)
    moves = {row.unit_id: row for row in Move.objects.filter(ended_at=None, unit__in=units)}
    return [UnitState(unit, current.get(unit.pk), stacked[unit.pk], moves.get(unit.pk)) for unit in units]
