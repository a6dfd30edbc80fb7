"""Scheduled calls, silent and abandoned calls, and the clocks."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.factories import COUNTY

from anlan.service.incidents import domain, queries
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import CallStandard, Incident, QuietCall, ScheduledCall
from anlan.service.log.models import Event

CODE = COUNTY[:6]


@pytest.fixture
def schedule(dispatcher: Any, theft: Any) -> Any:
    """Schedule a call an hour from now, unless told otherwise."""

    def make(**facts: Any) -> ScheduledCall:
        due_at = facts.pop("due_at", timezone.now() + timedelta(hours=1))
        given = {"county": CODE, "address": "体育场北门", "type": theft, "callback": "139"} | facts
        return domain.schedule_call(dispatcher, due_at, **given)

    return make


def come(call: ScheduledCall) -> None:
    """Let its time come."""
    ScheduledCall.objects.filter(pk=call.pk).update(due_at=timezone.now() - timedelta(seconds=5))


def test_a_scheduled_call_becomes_live_once_at_its_time(schedule: Any) -> None:
    """Before its time nothing is in the queue; at its time one incident is, however often the job runs."""
    call = schedule(priority=2)
    assert (domain.make_due_live(), Incident.objects.count()) == (0, 0)
    come(call)
    assert [domain.make_due_live(), domain.make_due_live()] == [1, 0]
    call.refresh_from_db()
    incident = Incident.objects.get()
    assert (call.state, call.incident, call.callback) == ("live", incident, "")
    assert (incident.address, incident.priority, incident.callback) == ("体育场北门", 2, "139")
    assert incident.received_at == call.due_at


def test_a_cancelled_call_never_becomes_live(schedule: Any, dispatcher: Any) -> None:
    """Cancelling needs a reason, counts once, and stops it; a live one cannot be cancelled."""
    call = schedule()
    with pytest.raises(Refused):
        domain.cancel_scheduled(call, " ", dispatcher)
    for _ in range(2):
        domain.cancel_scheduled(call, "rained off", dispatcher)
    assert Event.objects.filter(verb="scheduled.cancelled").count() == 1
    come(call)
    assert domain.make_due_live() == 0
    live = schedule()
    come(live)
    domain.make_due_live()
    with pytest.raises(Refused, match="already"):
        domain.cancel_scheduled(live, "late", dispatcher)


@pytest.mark.parametrize("away", [timedelta(seconds=-1), timedelta(days=500)])
def test_a_moment_that_cannot_be_is_refused(schedule: Any, away: timedelta) -> None:
    """Neither the past nor years ahead."""
    with pytest.raises(Refused) as refusal:
        schedule(due_at=timezone.now() + away)
    assert refusal.value.field == "due_at"


def test_a_retried_form_schedules_once(schedule: Any) -> None:
    """The same key is the same call."""
    key = uuid.uuid4()
    assert schedule(client_key=key).pk == schedule(client_key=key).pk


@pytest.fixture
def silent(dispatcher: Any, county: Any) -> QuietCall:
    """A silent call with a number."""
    return domain.take_quiet(dispatcher, CODE, "silent", uuid.uuid4(), callback="139", heard="脚步声")


def test_a_silent_call_is_rung_back_until_it_has_an_outcome(silent: QuietCall, dispatcher: Any) -> None:
    """Tries are counted once a form; not reached needs a try; the outcome is said once."""
    with pytest.raises(Refused):
        domain.end_quiet(silent, "not_reached", dispatcher)
    for _ in range(2):
        domain.tried(silent, dispatcher, 0)
    assert silent.tries == 1
    for _ in range(2):
        domain.end_quiet(silent, "not_reached", dispatcher)
    assert Event.objects.filter(verb="quiet.ended").count() == 1
    with pytest.raises(Refused, match="Not reached"):
        domain.end_quiet(silent, "no_need", dispatcher)
    with pytest.raises(Refused):
        domain.tried(silent, dispatcher, 1)


def test_its_number_is_read_under_log_and_purged(silent: QuietCall, dispatcher: Any) -> None:
    """Each reading is logged, none after the outcome; the number goes with the others."""
    assert domain.read_quiet(silent, dispatcher) == "139"
    assert Event.objects.filter(verb="quiet.read").count() == 1
    domain.end_quiet(silent, "no_need", dispatcher)
    with pytest.raises(Refused):
        domain.read_quiet(silent, dispatcher)
    QuietCall.objects.update(ended_at=timezone.now() - timedelta(days=60))
    assert (domain.purge_callbacks(), QuietCall.objects.get().callback) == (1, "")


def test_a_silent_call_may_become_an_incident(silent: QuietCall, take: Any, dispatcher: Any) -> None:
    """The outcome names the incident, which it must."""
    with pytest.raises(Refused):
        domain.end_quiet(silent, "incident", dispatcher)
    incident = take()
    assert domain.end_quiet(silent, "incident", dispatcher, incident).incident == incident


def clocked(take: Any, rang: float | None, answered: float, **facts: Any) -> Incident:
    """A call that rang so many seconds before it was answered, itself so many seconds ago."""
    at = timezone.now() - timedelta(seconds=answered)
    return take(answered_at=at, rang_at=None if rang is None else at - timedelta(seconds=rang), **facts)


def measured(account: Any) -> dict[tuple[str, int], Any]:
    """The figures of today by standard and seconds."""
    now = timezone.now()
    rows = queries.clocks(CODE, COUNTY, account, now - timedelta(days=1), now + timedelta(minutes=1))
    return {(row.standard.label, row.standard.seconds): row.met for row in rows}


def test_answering_is_measured_over_every_telephone_call(
    take: Any, dispatcher: Any, silent: QuietCall, units: Any
) -> None:
    """First, further and silent calls count; a call without a moment is named; alarms do not ring."""
    first = clocked(take, 12, 30)
    clocked(take, 25, 30)
    clocked(take, None, 30)
    take(channel="alarm")
    now = timezone.now()
    domain.add_call(
        first,
        dispatcher,
        client_key=uuid.uuid4(),
        words="x",
        rang_at=now - timedelta(seconds=5),
        answered_at=now,
    )
    met = measured(dispatcher)
    by_nena = met["NENA-STA-020.1-2020", 15]
    assert (by_nena.within, by_nena.known, by_nena.missing) == (2, 3, 2)
    assert met["NFPA 1225-2022", 10].within == 1


def test_processing_counts_urgent_calls_until_a_unit_is_sent(take: Any, dispatcher: Any, units: Any) -> None:
    """From the answer to the first unit; a live call without one could not be checked yet."""
    sent = clocked(take, 5, 30, priority=1)
    domain.assign(sent, units[:1], dispatcher)
    clocked(take, 5, 30, priority=1)
    clocked(take, 5, 30, priority=3)
    met = measured(dispatcher)["NFPA 1225-2022", 60]
    assert (met.within, met.known, met.missing) == (1, 1, 1)


def test_a_countys_own_standard_is_measured_too(take: Any, dispatcher: Any, posted: Any) -> None:
    """An administrator's standard joins the table until it is out of use; a clock cannot run backwards."""
    clocked(take, 5, 30)
    administrator = posted("administrator")
    values = {"label": "本县", "begins": "answered", "ends": "entered", "seconds": 40, "percent": 80}
    own = domain.save_standard(CallStandard(area_code=COUNTY), administrator, **values)
    domain.save_standard(own, administrator, **values)
    assert Event.objects.filter(verb="clock.standard_saved").count() == 1
    assert measured(dispatcher)["本县", 40].within == 1
    with pytest.raises(Refused) as refusal:
        domain.save_standard(own, administrator, **values | {"ends": "rang"})
    assert refusal.value.field == "ends"
    domain.save_standard(own, administrator, active=False)
    assert ("本县", 40) not in measured(dispatcher)
