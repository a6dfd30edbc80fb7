"""What may happen to incidents, function by function."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone
from tests.factories import COUNTY, ELSEWHERE, LAT, LON, STEP, TOWNSHIPS, posted

from anlan.service.incidents import domain, queries
from anlan.service.incidents.errors import NeedsConfirmation, Refused
from anlan.service.incidents.models import Assignment, Incident, IncidentType
from anlan.service.log.models import Event


def verbs(incident: Incident) -> list[str]:
    """Return the verbs of an incident's timeline, oldest first."""
    return [event.verb for event in reversed(queries.timeline(incident))]


def test_call_keeps_the_address_and_resolves_the_pin(take: Any) -> None:
    """The address stays as said; the codes come from the pin, once."""
    incident = take(address="  老粮站旁  ")
    assert incident.address == "老粮站旁"
    assert (incident.area_code, incident.grid_code) == (TOWNSHIPS[0], f"{TOWNSHIPS[0]}0001")
    assert incident.priority == incident.type.priority


def test_call_without_pin_lies_in_the_county(take: Any) -> None:
    """No pin is no guess."""
    incident = take(lon=None, lat=None)
    assert (incident.area_code, incident.grid_code, incident.beat_code) == (COUNTY, "", "")


def test_call_outside_all_grids_keeps_its_pin(take: Any) -> None:
    """A pin in no grid is kept and says so by empty codes."""
    incident = take(lon=LON - 1)
    assert (incident.lon, incident.area_code, incident.grid_code) == (LON - 1, COUNTY, "")


def test_retried_form_makes_one_incident(take: Any) -> None:
    """The same client key returns the incident already taken."""
    key = uuid.uuid4()
    assert take(client_key=key) == take(client_key=key, address="said again")
    assert Incident.objects.count() == Event.objects.count() == 1


def test_numbers_count_within_the_countys_day(take: Any) -> None:
    """Numbers run by the local day, not the UTC one."""
    evening = datetime(2026, 11, 23, 15, 59, tzinfo=UTC)
    numbers = [take(received_at=evening + timedelta(minutes=m)).number for m in (0, 0, 1, 2)]
    assert numbers == ["20261123-0001", "20261123-0002", "20261124-0001", "20261124-0002"]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"address": " "}, "address"),
        ({"lon": None}, "lon"),
        ({"lon": 30.0, "lat": 105.0}, "lon"),
        ({"lon": float("nan")}, "lon"),
        ({"priority": 5}, "priority"),
    ],
)
def test_bad_call_names_its_field(take: Any, facts: dict[str, Any], field: str) -> None:
    """A refusal says which input it is about."""
    with pytest.raises(Refused) as refused:
        take(**facts)
    assert refused.value.field == field
    assert not Incident.objects.exists()


def test_callback_is_unreadable_in_the_database_and_absent_from_the_log(take: Any) -> None:
    """The number is encrypted at rest and never logged."""
    take(callback="13900001234")
    with connection.cursor() as cursor:
        cursor.execute("SELECT callback FROM incidents_incident")
        assert "13900001234" not in cursor.fetchone()[0]
    assert "13900001234" not in str(list(Event.objects.values_list("data", flat=True)))


def test_each_reading_of_the_callback_is_logged(take: Any, dispatcher: Any) -> None:
    """Twice read is twice in the log, with the reader."""
    incident = take(callback="13900001234")
    assert {domain.read_callback(incident, dispatcher) for _ in range(2)} == {"13900001234"}
    assert Event.objects.filter(verb="incident.caller_read", actor=dispatcher).count() == 2


def test_callbacks_are_purged_after_their_time(take: Any, dispatcher: Any) -> None:
    """A number goes when its incident has been closed long enough, and the log says so."""
    old, fresh = take(callback="1"), take(callback="2")
    for incident in (old, fresh):
        domain.close(incident, "handled", dispatcher)
    Incident.objects.filter(pk=old.pk).update(closed_at=timezone.now() - timedelta(days=400))
    assert (domain.purge_callbacks(), domain.purge_callbacks()) == (1, 0)
    assert list(Incident.objects.order_by("pk").values_list("callback", flat=True)) == ["", "2"]
    assert verbs(old)[-1] == "incident.caller_purged"


def test_amendment_logs_before_and_after(take: Any, dispatcher: Any) -> None:
    """Each changed value stands in the log twice; what is the same does not."""
    incident = take()
    changed = domain.amend(
        incident, dispatcher, lat=LAT + STEP * 1.5, lon=LON + STEP / 2, priority=1, details=""
    )
    assert changed.grid_code == f"{TOWNSHIPS[0]}0002"
    changes = Event.objects.get(verb="incident.amended").data["changes"]
    assert changes == {"priority": [3, 1], "lat": [LAT + STEP / 2, LAT + STEP * 1.5]}


def test_amendment_without_change_is_silent(take: Any, dispatcher: Any) -> None:
    """Saving the same again logs nothing."""
    incident = take()
    domain.amend(incident, dispatcher, address=incident.address, type=incident.type)
    assert verbs(incident) == ["incident.reported"]


def test_status_follows_the_assignments(take: Any, units: Any, dispatcher: Any) -> None:
    """The incident is dispatched, on scene, and waiting again as its units say."""
    incident = take()
    first, second = domain.assign(incident, units[:2], dispatcher)
    seen = []
    for assignment, status in (
        (first, "on_scene"),
        (second, "accepted"),
        (first, "cleared"),
        (second, "cleared"),
    ):
        domain.advance(assignment, status, dispatcher)
        incident.refresh_from_db()
        seen.append(incident.status)
    assert seen == ["on_scene", "on_scene", "dispatched", "open"]


def test_second_assignment_leaves_the_first_alone(take: Any, units: Any, dispatcher: Any) -> None:
    """A unit on an incident cannot be sent to another; its assignment stays as it was."""
    first, second = take(), take()
    (assignment,) = domain.assign(first, units[:1], dispatcher)
    domain.advance(assignment, "on_scene", dispatcher)
    with pytest.raises(Refused, match=f"{units[0].call_sign} is already on incident {first.number}"):
        domain.assign(second, units[:2], dispatcher)
    assert [row.status for row in Assignment.objects.all()] == ["on_scene"]


def test_dispatch_said_again_changes_nothing(take: Any, units: Any, dispatcher: Any) -> None:
    """The same dispatch sent twice is one assignment and one event."""
    incident = take()
    assert domain.assign(incident, units[:1], dispatcher) == domain.assign(incident, units[:1], dispatcher)
    assert verbs(incident) == ["incident.reported", "assignment.assigned"]


def test_unit_off_duty_is_a_block(take: Any, units: Any, dispatcher: Any) -> None:
    """No confirmation sends a unit that is off duty."""
    units[0].on_duty = False
    units[0].save()
    with pytest.raises(Refused, match="off duty"):
        domain.assign(take(), units[:1], dispatcher, confirmed=True)


def test_missing_capability_is_a_warning(take: Any, units: Any, dispatcher: Any, county: Any) -> None:
    """A unit without what the type asks for goes only when confirmed."""
    IncidentType.objects.filter(code="robbery-street").update(capabilities=["armed"])
    incident = take(type=IncidentType.objects.get(code="robbery-street"))
    with pytest.raises(NeedsConfirmation, match="Armed"):
        domain.assign(incident, units[:1], dispatcher)
    assert not Assignment.objects.exists()
    assert domain.assign(incident, units[:1], dispatcher, confirmed=True)


def test_stages_may_be_skipped_but_not_undone(take: Any, units: Any, dispatcher: Any) -> None:
    """On scene at once keeps no made-up times; back to accepted is refused."""
    (assignment,) = domain.assign(take(), units[:1], dispatcher)
    moved = domain.advance(assignment, "on_scene", dispatcher)
    assert (moved.accepted_at, moved.en_route_at) == (None, None)
    with pytest.raises(Refused, match="already"):
        domain.advance(assignment, "accepted", dispatcher)


def test_calling_off_needs_a_reason_and_frees_the_unit(take: Any, units: Any, dispatcher: Any) -> None:
    """Without a reason nothing; with one the unit can go elsewhere."""
    (assignment,) = domain.assign(take(), units[:1], dispatcher)
    with pytest.raises(Refused, match="why"):
        domain.cancel(assignment, " ", dispatcher)
    domain.cancel(assignment, "nearer unit", dispatcher)
    with pytest.raises(Refused, match="called off"):
        domain.advance(assignment, "accepted", dispatcher)
    assert domain.assign(take(), units[:1], dispatcher)


def test_closing_asks_before_it_clears_units(take: Any, units: Any, dispatcher: Any) -> None:
    """Units still assigned are named; confirmed, each clearing stands in the log."""
    incident = take()
    domain.assign(incident, units[:2], dispatcher)
    with pytest.raises(NeedsConfirmation, match=units[0].call_sign):
        domain.close(incident, "handled", dispatcher)
    domain.close(incident, "handled", dispatcher, confirmed=True)
    assert verbs(incident)[-3:] == ["assignment.cleared", "assignment.cleared", "incident.closed"]
    assert not Assignment.objects.filter(ended_at=None).exists()


def test_closing_again_is_no_second_closing(take: Any, dispatcher: Any) -> None:
    """The same outcome again is silent; another one is refused."""
    incident = take()
    first = domain.close(incident, "handled", dispatcher)
    assert domain.close(incident, "handled", dispatcher).closed_at == first.closed_at
    with pytest.raises(Refused, match="closed already"):
        domain.close(incident, "false_alarm", dispatcher)


def test_duplicate_needs_another_incident(take: Any, dispatcher: Any) -> None:
    """A duplicate of nothing, of itself, or of a duplicate is refused."""
    first, second, third = take(), take(), take()
    for original in (None, second):
        with pytest.raises(Refused):
            domain.close(second, "duplicate", dispatcher, duplicate_of=original)
    domain.close(second, "duplicate", dispatcher, duplicate_of=first)
    second.refresh_from_db()
    with pytest.raises(Refused, match="duplicate itself"):
        domain.close(third, "duplicate", dispatcher, duplicate_of=second)


def test_reopening_clears_every_timer(take: Any, commander: Any, dispatcher: Any) -> None:
    """Reopened, the incident waits from now, without outcome or closing time, and the log keeps both."""
    incident = take(received_at=timezone.now() - timedelta(hours=3))
    closed = domain.close(incident, "handled", dispatcher)
    reopened = domain.reopen(incident, "caller rang again", commander)
    assert (reopened.status, reopened.closed_at, reopened.disposition) == ("open", None, "")
    assert reopened.waiting_since > closed.closed_at > incident.received_at
    event = Event.objects.get(verb="incident.reopened")
    assert (event.data["reason"], event.data["was"]["disposition"]) == ("caller rang again", "handled")


def test_closed_incident_takes_notes_but_no_change(take: Any, units: Any, dispatcher: Any) -> None:
    """After closing only a note may be added."""
    incident = take()
    domain.close(incident, "handled", dispatcher)
    domain.note(incident, "found the owner", dispatcher)
    for act in (
        lambda: domain.amend(incident, dispatcher, details="x"),
        lambda: domain.assign(incident, units, dispatcher),
    ):
        with pytest.raises(Refused, match="Reopen it first"):
            act()


def test_rights_end_at_the_area(take: Any, units: Any, commander: Any) -> None:
    """Each action is refused to whoever is posted elsewhere, and to the wrong role."""
    incident = take(callback="1")
    (assignment,) = domain.assign(incident, units[:1], None)
    stranger, taker = posted("watch_commander", ELSEWHERE), posted("call_taker")
    for actor in (stranger, taker):
        for act in (
            lambda who: domain.assign(incident, units, who),
            lambda who: domain.advance(assignment, "accepted", who),
            lambda who: domain.cancel(assignment, "why", who),
            lambda who: domain.close(incident, "handled", who),
            lambda who: domain.reopen(incident, "why", who),
        ):
            with pytest.raises(PermissionDenied):
                act(actor)
    for act in (
        lambda: take(actor=stranger),
        lambda: domain.amend(incident, stranger, details="x"),
        lambda: domain.note(incident, "x", stranger),
        lambda: domain.read_callback(incident, stranger),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_crew_advances_its_own_assignment_only(take: Any, units: Any) -> None:
    """A crew answers for its unit and no other."""
    first, second = domain.assign(take(), units[:2], None)
    crew = posted("patrol")
    units[0].crew.add(crew)
    assert domain.advance(first, "accepted", crew).status == "accepted"
    with pytest.raises(PermissionDenied):
        domain.advance(second, "accepted", crew)


def test_seeding_keeps_what_the_county_edited(county: Any) -> None:
    """Seeding twice adds once; an edited type stays edited."""
    added = domain.seed_types()
    assert added
    domain.edit_type(added[0], COUNTY[:6], posted("administrator"), priority=4)
    assert domain.seed_types() == []
    chosen = {kind.code: kind for kind in queries.types_for(COUNTY[:6])}
    assert chosen[added[0].code].priority == 4


@pytest.mark.parametrize("more", [1, 3])
def test_board_asks_the_same_number_of_queries(
    take: Any, units: Any, dispatcher: Any, django_assert_num_queries: Any, more: int
) -> None:
    """The board costs the same queries whether one incident is live or many."""
    for unit in units[:more]:
        domain.assign(take(), [unit], dispatcher)
    dispatcher.area_prefixes()
    with django_assert_num_queries(11):
        board = queries.board(COUNTY[:6], dispatcher)
        assert sum(len(row.assignments) for row in board.queue) == more
        assert all(state.lon_lat for state in board.units)


def test_queue_is_by_priority_then_waiting(take: Any) -> None:
    """The most urgent comes first; of equals the one waiting longest."""
    now = timezone.now()
    late, early = take(received_at=now), take(received_at=now - timedelta(minutes=5))
    urgent = take(received_at=now, priority=1)
    board = queries.board(COUNTY[:6], posted("dispatcher"))
    assert [row.incident.pk for row in board.queue] == [urgent.pk, early.pk, late.pk]


def test_near_reports_are_offered_as_the_same(take: Any, dispatcher: Any) -> None:
    """A report near in space and time is a possible duplicate; one far away or long ago is not."""
    near = take(lat=LAT + STEP / 2 + 0.001)
    take(lat=LAT + STEP * 1.9)
    take(received_at=timezone.now() - timedelta(hours=5))
    spot = queries.Spot("elsewhere", LON + STEP / 2, LAT + STEP / 2, "theft-shop")
    assert [incident.pk for incident in queries.duplicates(COUNTY[:6], dispatcher, spot)] == [near.pk]
