"""What a person has taken over, read from the log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from anlan.service.log.models import Event
from anlan.service.log.verbs import Verb

HOLD = timedelta(minutes=10)
BY_CREW = {
    Verb.ASSIGNMENT_ACCEPTED,
    Verb.ASSIGNMENT_EN_ROUTE,
    Verb.ASSIGNMENT_ON_SCENE,
    Verb.ASSIGNMENT_CLEARED,
}
BY_DISPATCHER = {Verb.UNIT_ASSIGNED, Verb.ASSIGNMENT_CANCELLED, Verb.INCIDENT_CLOSED, Verb.INCIDENT_REOPENED}
ON_UNIT = {Verb.UNIT_ON_DUTY, Verb.UNIT_OFF_DUTY}
BY_AGENCY = {Verb.LINKAGE_ACCEPTED, Verb.LINKAGE_REFUSED, Verb.LINKAGE_RETURNED, Verb.LINKAGE_COMPLETED}
BY_DUTY_ROOM = {Verb.LINKAGE_OFFERED, Verb.LINKAGE_WITHDRAWN, Verb.LINKAGE_NOTED}
READ = ("incidents.incident", "incidents.assignment", "incidents.linkage", "staff.unit")


@dataclass
class Visitor:
    """Reads the log for what people (not the simulated staff, not the system) did.

    `incidents`, `assignments`, `linkages` are theirs for good; `units` and `agencies` (by code) for a while
    from the time given; `dispatched_at` is when a person last dispatched.
    """

    simulated: frozenset[int]
    seen: int = 0
    incidents: set[int] = field(default_factory=set)
    assignments: set[int] = field(default_factory=set)
    linkages: set[int] = field(default_factory=set)
    units: dict[int, datetime] = field(default_factory=dict)
    agencies: dict[str, datetime] = field(default_factory=dict)
    dispatched_at: datetime | None = None

    def look(self) -> None:
        """Read what has been logged since the last look, and a little before: commits may overtake."""
        events = (
            Event.objects.filter(id__gt=self.seen - 200).exclude(actor=None).exclude(actor__in=self.simulated)
        )
        self.note(events.filter(record_type__in=READ))
        self.seen = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0

    def note(self, events: Iterable[Event]) -> None:
        """Take over what these events are about."""
        for event in events:
            if event.record_type == "incidents.incident":
                self.incidents.add(int(event.record_id))
            elif event.record_type == "staff.unit":
                self.hold(int(event.record_id), event.at)
            elif event.record_type == "incidents.linkage":
                self.note_linkage(event)
            else:
                self.note_assignment(event)
            if event.verb in BY_DISPATCHER:
                self.dispatched_at = max(event.at, self.dispatched_at or event.at)

    def note_assignment(self, event: Event) -> None:
        """A dispatcher's step makes the incident theirs, a crew's step the assignment and the unit."""
        if event.verb in BY_CREW:
            self.assignments.add(int(event.record_id))
            self.hold(int(event.data["unit_id"]), event.at)
        else:
            self.incidents.add(int(event.data["incident"]))

    def note_linkage(self, event: Event) -> None:
        """Whoever answers for an agency has the request and the desk; who asks or notes has the incident."""
        self.linkages.add(int(event.record_id))
        if event.verb in BY_AGENCY:
            self.agencies[event.data["agency_code"]] = event.at
        elif event.verb in BY_DUTY_ROOM:
            self.incidents.add(int(event.data["incident"]))

    def hold(self, unit: int, at: datetime) -> None:
        """Leave a unit alone from that time on."""
        self.units[unit] = max(at, self.units.get(unit, at))

    def dispatches(self, now: datetime) -> bool:
        """Whether a person is dispatching: then the simulated dispatchers keep their hands off."""
        return self.dispatched_at is not None and now - self.dispatched_at < HOLD

    def holds_unit(self, unit: int, now: datetime) -> bool:
        """Whether a person has the unit in hand."""
        return unit in self.units and now - self.units[unit] < HOLD

    def holds_agency(self, code: str, now: datetime) -> bool:
        """Whether a person answers at the agency's desk."""
        return code in self.agencies and now - self.agencies[code] < HOLD
