"""The open wounds of the dispatch systems that Anlan replaces, each held shut by a test.

More of the same stand where their code is tested: `test_domain.py` (assignments, confirmations, reopening),
`test_races.py` (rivals), `test_boards.py` (nothing stale), `tests/browser/test_loop.py` (keyboard only, stale
line said), `tests/faults` (the internet cut off, killed at any moment).
"""

from __future__ import annotations

import json
import re
import socket
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.forms.models import model_to_dict
from django.urls import reverse
from django.utils import timezone
from tests.factories import LAT, LON, STEP

from anlan.service.incidents import commands, domain
from anlan.service.incidents.errors import NeedsConfirmation, Refused
from anlan.service.incidents.models import Assignment, Incident, IncidentType
from anlan.service.log import stream
from anlan.service.log.models import Event

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[3]
TEMPLATES = ROOT / "src/anlan/service/incidents/templates/incidents"


def test_a_second_assignment_does_not_reset_the_first(take: Any, units: Any, dispatcher: Any) -> None:
    """A unit sent to help at an incident leaves status and times of the unit already there alone."""
    incident = take()
    (first,) = domain.assign(incident, units[:1], dispatcher)
    domain.advance(first, "on_scene", dispatcher)
    before = Assignment.objects.filter(pk=first.pk).values().get()
    domain.assign(incident, units[:2], dispatcher)
    assert Assignment.objects.filter(pk=first.pk).values().get() == before
    incident.refresh_from_db()
    assert incident.status == "on_scene"


@pytest.mark.parametrize(
    "pin", [(None, None), (LON + STEP * 1.5, LAT + STEP), (LON, LAT - 1), (LON + 1, LAT)]
)
def test_no_pin_replaces_the_address(take: Any, dispatcher: Any, pin: Any) -> None:
    """The address stays as the caller said it, wherever the pin is moved, and so does the log's."""
    said = "老桥那头，卖豆腐的对面"
    incident = domain.amend(take(address=said), dispatcher, lon=pin[0], lat=pin[1])
    incident.refresh_from_db()
    assert incident.address == said
    assert "address" not in Event.objects.get(verb="incident.amended").data["changes"]


def life(take: Any, units: Any, dispatcher: Any, commander: Any) -> list[Callable[[], Any]]:
    """Return the acts of an incident's life, from dispatch to a second closing."""
    incident = take(callback="1", received_at=timezone.now() - timedelta(hours=1))

    def current(serial: int) -> Assignment:
        return Assignment.objects.filter(unit=units[serial]).latest("pk")

    return [
        lambda: domain.amend(incident, dispatcher, priority=2, details="two of them"),
        lambda: domain.note(incident, "the caller rang again", dispatcher),
        lambda: domain.assign(incident, units[:2], dispatcher),
        lambda: domain.advance(current(0), "accepted", dispatcher),
        lambda: domain.advance(current(0), "on_scene", dispatcher),
        lambda: domain.cancel(current(1), "nearer unit", dispatcher),
        lambda: domain.read_callback(incident, dispatcher),
        lambda: domain.close(incident, "handled", dispatcher, confirmed=True),
        lambda: domain.reopen(incident, "not over", commander),
        lambda: commands.run("990101", dispatcher, f"d {incident.number} {units[2].call_sign}"),
        lambda: commands.run("990101", dispatcher, f"s {units[2].call_sign} clear"),
        lambda: commands.run("990101", dispatcher, f"c {incident.number} false"),
    ]


def state() -> list[dict[str, Any]]:
    """Return every value of every incident and assignment."""
    return [model_to_dict(row) for model in (Incident, Assignment) for row in model.objects.order_by("pk")]


def test_nothing_changes_silently(take: Any, units: Any, dispatcher: Any, commander: Any) -> None:
    """Whatever act changes a value leaves an event that names who did it, and a reason where one is owed."""
    for act in life(take, units, dispatcher, commander):
        before, events = state(), Event.objects.count()
        act()
        if state() != before:
            assert Event.objects.count() > events
            assert Event.objects.order_by("-pk")[0].actor is not None
    reasons = Event.objects.filter(verb__in=["incident.reopened", "assignment.cancelled"])
    assert [event.data["reason"] for event in reasons.order_by("pk")] == ["nearer unit", "not over"]


def test_reopening_leaves_no_timer_running_from_before(take: Any, commander: Any, dispatcher: Any) -> None:
    """Reopened, no time of the first life is left but when it was received."""
    incident = take(received_at=timezone.now() - timedelta(hours=3))
    domain.close(incident, "handled", dispatcher)
    at = timezone.now()
    again = domain.reopen(incident, "caller rang again", commander)
    times = {
        field.name: getattr(again, field.name)
        for field in Incident._meta.get_fields()
        if field.get_internal_type() == "DateTimeField" and field.name not in {"received_at", "created_at"}
    }
    assert {name: moment for name, moment in times.items() if moment is not None and moment < at} == {}


def blocks(take: Any, units: Any, dispatcher: Any) -> dict[str, Callable[[], Any]]:
    """Return acts that must not go through, each with a confirmation in hand."""
    busy, closed, free = take(), take(), take()
    domain.assign(busy, units[:1], dispatcher)
    domain.close(closed, "handled", dispatcher)
    units[1].on_duty = False
    units[1].save()
    return {
        "busy": lambda: domain.assign(free, units[:1], dispatcher, confirmed=True),
        "off duty": lambda: domain.assign(free, units[1:2], dispatcher, confirmed=True),
        "closed": lambda: domain.assign(closed, units[2:3], dispatcher, confirmed=True),
        "other outcome": lambda: domain.close(closed, "false_alarm", dispatcher, confirmed=True),
        "no original": lambda: domain.close(free, "duplicate", dispatcher, confirmed=True),
    }


def test_no_confirmation_passes_a_block(take: Any, units: Any, dispatcher: Any) -> None:
    """What is impossible stays so, confirmed or not, and changes nothing."""
    for name, act in blocks(take, units, dispatcher).items():
        before = state()
        with pytest.raises(Refused):
            act()
        assert state() == before, name


def test_a_warning_changes_nothing_until_it_is_confirmed(take: Any, units: Any, dispatcher: Any) -> None:
    """A unit that lacks what the type asks for is sent only by the same act confirmed."""
    IncidentType.objects.filter(code="robbery-street").update(capabilities=["armed"])
    incident = take(type=IncidentType.objects.get(code="robbery-street"))
    before = state()
    with pytest.raises(NeedsConfirmation):
        domain.assign(incident, units[:1], dispatcher)
    assert state() == before
    assert domain.assign(incident, units[:1], dispatcher, confirmed=True)


def test_a_stream_that_cannot_know_says_so() -> None:
    """Where the log has not been read for some seconds the beat says that the board is not live."""
    assert not stream.broadcaster.live  # no subscriber, so nothing reads
    frame = stream.beat(7).decode()
    assert json.loads(frame.partition("data: ")[2]) == {"head": 7, "live": False}


def test_what_could_not_be_checked_is_not_passed_off(client_as: Any, take: Any, units: Any) -> None:
    """Without a pin no time and no cover, without a duty log no rest: the list says so of each unit."""
    incident = take(lon=None, lat=None)
    page = client_as("dispatcher").get(reverse("incidents:recommended", args=[incident.pk])).content.decode()
    assert (page.count("not checked"), page.count("unknown")) == (len(units), 2 * len(units))


def test_every_key_of_the_board_is_in_its_help() -> None:
    """Whatever a key does on the board, the help tells; what it tells of exists."""
    source = (ROOT / "ui/src/board.ts").read_text()
    keys = re.findall(r'^\s+(?:"(.)"|(\w)):|, (\w): \(\)', source[source.index("listen({") :], re.MULTILINE)
    listened = {one for found in keys for one in found if one}
    told = set(re.findall(r"<kbd>([^<]+)</kbd>", (TEMPLATES / "_help.html").read_text()))
    assert listened
    assert listened <= told


def test_no_act_reaches_out_of_the_house(
    take: Any, units: Any, dispatcher: Any, commander: Any, client_as: Any, monkeypatch: Any
) -> None:
    """From call to closing, by function, command line and screen, no socket is opened, no name looked up."""
    client = client_as("dispatcher")

    def refuse(*_args: Any, **_options: Any) -> Any:
        raise AssertionError("a dispatch action reached for the network")

    for name in ("create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    for act in life(take, units, dispatcher, commander):
        act()
    incident = take()
    for name, arguments in (("board", []), ("card", [incident.pk]), ("recommended", [incident.pk])):
        assert client.get(reverse(f"incidents:{name}", args=arguments)).status_code == 200
    line = {"line": f"d {incident.number} {units[3].call_sign}"}
    assert "error" not in client.post(reverse("incidents:command"), line).json()
