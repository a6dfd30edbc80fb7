"""Whatever is done in whatever order, no incident, assignment or unit is in a state that cannot be."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from tests.factories import COUNTY, posted

from anlan.service.incidents import domain
from anlan.service.incidents.errors import NeedsConfirmation, Refused
from anlan.service.incidents.models import Assignment, Incident, IncidentType, Stacked
from anlan.service.log.models import Event
from anlan.service.patrol.duty import set_duty
from anlan.service.staff.models import Unit

INCIDENTS = 3
STATUSES = ("accepted", "en_route", "on_scene", "cleared")
OUTCOMES = ("handled", "false_alarm", "duplicate")


class DutyRoom(RuleBasedStateMachine):
    """A night with three incidents, four units and one commander who tries everything."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.commander = posted("watch_commander")
        kind = IncidentType.objects.get(code="theft-shop")
        for at in range(INCIDENTS):
            domain.take_call(self.commander, county=COUNTY[:6], type=kind, address=f"place {at}")

    def teardown(self) -> None:
        """Undo the night."""
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def attempt(self, act: Any, *args: Any, **options: Any) -> None:
        """Do it; a refusal must change nothing and log nothing."""
        before = self.picture()
        try:
            act(*args, **options)
        except (Refused, NeedsConfirmation):
            assert self.picture() == before

    def picture(self) -> Any:
        """Return everything that an action could change."""
        return (
            list(Incident.objects.order_by("pk").values_list("status", "closed_at", "disposition")),
            list(Assignment.objects.order_by("pk").values_list("pk", "status", "ended_at")),
            list(Unit.objects.order_by("pk").values_list("on_duty", flat=True)),
            list(Stacked.objects.order_by("pk").values_list("ended_at", "assignment")),
            Event.objects.count(),
        )

    @rule(
        at=st.integers(0, INCIDENTS - 1),
        units=st.lists(st.integers(0, 3), min_size=1, max_size=3),
        confirmed=st.booleans(),
    )
    def assign(self, at: int, units: list[int], confirmed: bool) -> None:
        """Send some units."""
        fleet = list(Unit.objects.order_by("pk"))
        chosen = [fleet[index] for index in units]
        self.attempt(domain.assign, self.incident(at), chosen, self.commander, confirmed=confirmed)

    @rule(pick=st.integers(0, 50), status=st.sampled_from(STATUSES))
    def advance(self, pick: int, status: str) -> None:
        """Move some assignment, old or new."""
        assignments = list(Assignment.objects.order_by("pk"))
        if assignments:
            self.attempt(domain.advance, assignments[pick % len(assignments)], status, self.commander)

    @rule(pick=st.integers(0, 50))
    def cancel(self, pick: int) -> None:
        """Call some unit off."""
        assignments = list(Assignment.objects.order_by("pk"))
        if assignments:
            self.attempt(domain.cancel, assignments[pick % len(assignments)], "why", self.commander)

    @rule(
        at=st.integers(0, INCIDENTS - 1),
        of=st.integers(0, INCIDENTS - 1),
        outcome=st.sampled_from(OUTCOMES),
        confirmed=st.booleans(),
    )
    def close(self, at: int, of: int, outcome: str, confirmed: bool) -> None:
        """Close some incident."""
        original = self.incident(of) if outcome == "duplicate" else None
        options = {"confirmed": confirmed, "duplicate_of": original}
        self.attempt(domain.close, self.incident(at), outcome, self.commander, **options)

    @rule(at=st.integers(0, INCIDENTS - 1))
    def reopen(self, at: int) -> None:
        """Reopen some incident."""
        self.attempt(domain.reopen, self.incident(at), "why", self.commander)

    @rule(at=st.integers(0, INCIDENTS - 1), unit=st.integers(0, 3), confirmed=st.booleans())
    def stack(self, at: int, unit: int, confirmed: bool) -> None:
        """Queue some incident behind what some unit is on."""
        chosen = Unit.objects.order_by("pk")[unit]
        self.attempt(domain.stack, self.incident(at), chosen, self.commander, confirmed=confirmed)

    @rule(at=st.integers(0, INCIDENTS - 1), unit=st.integers(0, 3), confirmed=st.booleans())
    def preempt(self, at: int, unit: int, confirmed: bool) -> None:
        """Take some unit off what it is on."""
        chosen = Unit.objects.order_by("pk")[unit]
        self.attempt(domain.preempt, self.incident(at), chosen, self.commander, confirmed=confirmed)

    @rule(pick=st.integers(0, 50))
    def unstack(self, pick: int) -> None:
        """Withdraw something queued, new or old."""
        rows = list(Stacked.objects.order_by("pk"))
        if rows:
            self.attempt(domain.unstack, rows[pick % len(rows)], self.commander)

    @rule(pick=st.integers(0, 3), on=st.booleans())
    def duty(self, pick: int, on: bool) -> None:
        """Bring some unit on or off duty."""
        self.attempt(set_duty, Unit.objects.order_by("pk")[pick], on, self.commander)

    def incident(self, at: int) -> Incident:
        """Return an incident as it is now."""
        return Incident.objects.order_by("pk")[at]

    @invariant()
    def a_unit_is_on_one_incident_and_on_duty(self) -> None:
        """A unit has at most one open assignment, and none off duty."""
        open_rows = Assignment.objects.filter(ended_at=None).select_related("unit")
        units = [assignment.unit_id for assignment in open_rows]
        assert len(units) == len(set(units))
        assert all(assignment.unit.on_duty for assignment in open_rows)

    @invariant()
    def only_a_busy_unit_has_something_queued(self) -> None:
        """What is queued waits behind another, open assignment and for an incident that is not closed."""
        for row in Stacked.objects.filter(ended_at=None).select_related("incident"):
            current = Assignment.objects.get(unit=row.unit_id, ended_at=None)
            assert current.incident_id != row.incident_id
            assert row.incident.status != "closed"

    @invariant()
    def ended_means_ended(self) -> None:
        """An assignment has an end exactly when it is cleared or cancelled, and its times ascend."""
        for row in Assignment.objects.all():
            assert (row.ended_at is None) == (row.status not in {"cleared", "cancelled"})
            times = [row.assigned_at, row.accepted_at, row.en_route_at, row.on_scene_at, row.ended_at]
            known = [time for time in times if time is not None]
            assert known == sorted(known)

    @invariant()
    def an_incident_is_what_its_units_make_it(self) -> None:
        """The incident's status follows from its open assignments; closed has none, an outcome and a time."""
        for incident in Incident.objects.all():
            open_rows = set(incident.assignments.filter(ended_at=None).values_list("status", flat=True))
            closed = incident.status == "closed"
            assert closed == bool(incident.disposition) == (incident.closed_at is not None)
            if closed:
                assert not open_rows
            else:
                expected = "on_scene" if "on_scene" in open_rows else "dispatched" if open_rows else "open"
                assert incident.status == expected


def test_no_order_of_actions_makes_an_illegal_state(county: Any) -> None:
    """Hypothesis plays nights; the invariants hold after each action."""
    quick = settings(
        max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(DutyRoom, settings=quick)


@pytest.mark.slow
def test_no_long_night_makes_an_illegal_state(county: Any) -> None:
    """The same, longer."""
    patient = settings(
        max_examples=40, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(DutyRoom, settings=patient)
