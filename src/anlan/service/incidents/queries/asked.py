"""What an incident asks for, what of it was sent, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from anlan.service.incidents.domain.run_cards import check_in_of, needs_of
from anlan.service.incidents.models import Assignment
from anlan.service.incidents.queries.ways import place_of, road_seconds
from anlan.service.staff.models import Capability

if TYPE_CHECKING:
    from anlan.service.incidents.models import Backup, Incident, Stacked


@dataclass(frozen=True)
class Line:
    """One thing asked for: units with a capability, or units in all."""

    label: str
    asked: int
    sent: int

    @property
    def missing(self) -> int:
        """How many more are asked for."""
        return max(self.asked - self.sent, 0)


@dataclass(frozen=True)
class Queued:
    """A unit that comes next, the incident that it is on, and its seconds by road from there, if known."""

    row: Stacked
    behind: Incident | None
    seconds: float | None


@dataclass(frozen=True)
class Asked:
    """The lines, whether a run card says so, how often crews check in, what is queued and asked beyond."""

    lines: list[Line]
    by_card: bool
    check_in_min: int | None
    stacked: list[Queued]
    backups: list[Backup]

    @property
    def missing(self) -> int:
        """How much is missing in all."""
        return sum(line.missing for line in self.lines)


def queued_for(incident: Incident) -> list[Queued]:
    """Return who comes next, with the way from what each is on; more may be queued between."""
    rows = list(incident.stacked.filter(ended_at=None).select_related("unit"))
    open_rows = Assignment.objects.filter(unit__in=[row.unit_id for row in rows], ended_at=None)
    on = {one.unit_id: one.incident for one in open_rows.select_related("incident")}
    return [queued(row, on.get(row.unit_id), incident) for row in rows]


def queued(row: Stacked, behind: Incident | None, incident: Incident) -> Queued:
    """Return one of them."""
    start = None if behind is None else place_of(behind)
    return Queued(row, behind, road_seconds(incident.county, start, place_of(incident)))


def asked_of(incident: Incident) -> Asked:
    """Return what is asked for against the units that are assigned now, in six queries."""
    needs = needs_of(incident)
    there = [row.unit for row in incident.assignments.filter(ended_at=None).select_related("unit")]
    labels = dict(Capability.choices)
    places = {name: place for place, name in enumerate(labels)}  # PostgreSQL keeps no order of its own
    lines = [
        Line(str(labels.get(name, name)), count, sum(name in unit.capabilities for unit in there))
        for name, count in sorted(
            needs.capabilities.items(), key=lambda need: places.get(need[0], len(places))
        )
    ]
    return Asked(
        lines=[*lines, Line(_("units in all"), needs.units, len(there))],
        by_card=needs.by_card,
        check_in_min=check_in_of(incident.county, needs),
        stacked=queued_for(incident),
        backups=list(incident.backups.select_related("unit")),
    )
