"""The screens of the duty room answer, in every state and to bad input."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from anlan.service.incidents import domain
from anlan.service.incidents.models import Incident


def test_board_shows_queue_and_units(client_as: Any, take: Any, units: Any) -> None:
    """The board lists the incident under its address as said, and every unit."""
    take(address="桥头，红色的门")
    page = client_as("dispatcher").get(reverse("incidents:board")).content.decode()
    assert "桥头，红色的门" in page
    assert all(unit.call_sign in page for unit in units)


@pytest.mark.parametrize("name", ["board", "map", "features", "rows", "new", "hints", "list"])
def test_pages_answer_on_an_empty_county(client_as: Any, county: Any, name: str) -> None:
    """No page needs an incident to be there."""
    assert client_as("dispatcher").get(reverse(f"incidents:{name}")).status_code == 200


@pytest.mark.parametrize("name", ["board", "rows", "new", "list", "types"])
def test_pages_answer_without_a_county(client_as: Any, name: str) -> None:
    """Before any area is imported the pages say what to do."""
    role = "administrator" if name == "types" else "dispatcher"
    page = client_as(role).get(reverse(f"incidents:{name}"))
    assert page.status_code == 200
    assert "anlan import areas" in page.content.decode()


def test_call_form_records_and_opens_the_board(client_as: Any, county: Any) -> None:
    """A good form becomes one incident and leads to its card on the board."""
    client = client_as("call_taker")
    answer = client.post(reverse("incidents:new"), {"address": "A", "type": "Theft", "channel": "phone"})
    incident = Incident.objects.get()
    assert answer.headers["Location"] == f"{reverse('incidents:board')}?open={incident.pk}"
    assert (incident.address, incident.lon, incident.area_code) == ("A", None, "990101000000")


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": " "},
        {"type": "no such type"},
        {"lon": "east"},
        {"lon": "105.0"},
        {"lon": "30.0", "lat": "105.0"},
        {"lon": "nan", "lat": "inf"},
        {"priority": "9"},
        {"channel": "telepathy"},
        {"client_key": "not-a-key"},
        {"address": "x" * 301},
        {"address": "a\x00b"},
    ],
)
def test_call_form_names_what_is_wrong(client_as: Any, county: Any, wrong: dict[str, str]) -> None:
    """A bad form comes back with its fields and makes no incident."""
    good = {"address": "A", "type": "theft-shop", "channel": "phone"}
    answer = client_as("call_taker").post(reverse("incidents:new"), good | wrong)
    assert answer.status_code == 422
    assert not Incident.objects.exists()


def test_card_shows_timeline_and_recommends(client_as: Any, take: Any, units: Any, dispatcher: Any) -> None:
    """The card tells what happened; the list of units marks one as suggested."""
    incident = take()
    client = client_as("dispatcher")
    page = client.get(reverse("incidents:card", args=[incident.pk])).content.decode()
    assert "reported" in page
    options = client.get(reverse("incidents:recommended", args=[incident.pk])).content.decode()
    assert "checked" in options


def test_action_asks_before_it_clears_units(client_as: Any, take: Any, units: Any, dispatcher: Any) -> None:
    """Closing with a unit assigned first asks; the confirmed form closes."""
    incident = take()
    domain.assign(incident, units[:1], dispatcher)
    client, url = client_as("dispatcher"), reverse("incidents:act", args=[incident.pk, "close"])
    asked = client.post(url, {"disposition": "handled"}, headers={"HX-Request": "true"})
    assert "Still assigned" in asked.content.decode()
    incident.refresh_from_db()
    assert incident.status == "dispatched"
    client.post(url, {"disposition": "handled", "confirmed": "1"})
    incident.refresh_from_db()
    assert incident.status == "closed"


@pytest.mark.parametrize("action", ["dispatch", "close", "reopen", "note", "amend", "callback", "explode"])
@pytest.mark.parametrize("data", [{}, {"units": "x", "disposition": "?", "text": "\x00", "reason": "\x00"}])
def test_actions_survive_bad_input(client_as: Any, take: Any, action: str, data: dict[str, str]) -> None:
    """An action with nonsense is answered in words or by 404, never by a fault."""
    incident = take()
    answer = client_as("watch_commander").post(reverse("incidents:act", args=[incident.pk, action]), data)
    assert answer.status_code in {200, 302, 404}


@pytest.mark.parametrize(
    "line",
    ["", "?", "d", "d 1", "d 99 C01", "d x y", "s nobody onscene", "c 1", "p 1 7", "n 1", "r 1 why", "on",
     "off Z", "x Z y", "o 9999999999999", "d ١ M1", "\x00", "d -1 M", "c 1 duplicate 1"],
)  # fmt: skip
def test_commands_survive_bad_input(client_as: Any, take: Any, line: str) -> None:
    """A line that means nothing is answered by an error in words."""
    take()
    answer = client_as("watch_commander").post(reverse("incidents:command"), {"line": line})
    assert answer.status_code == 200
    assert answer.json()["error"]


def test_commands_run_a_call_to_its_end(client_as: Any, take: Any, units: Any) -> None:
    """By the command line alone a unit is sent, arrives and the incident is closed."""
    incident, sign = take(), units[0].call_sign
    client, url = client_as("dispatcher"), reverse("incidents:command")
    for line in (
        f"d 1 {sign.lower()}",
        f"s {sign} enroute",
        f"s {sign} onscene",
        f"s {sign} clear",
        "c 1 handled",
    ):
        assert "error" not in client.post(url, {"line": line}).json(), line
    incident.refresh_from_db()
    assert (incident.status, incident.disposition) == ("closed", "handled")


def test_ledger_exports_what_it_shows(client_as: Any, take: Any) -> None:
    """Excel and CSV hold the filtered list; no cell starts a formula."""
    take(address="=cmd()")
    client = client_as("analyst")
    text = client.get(reverse("incidents:export", args=["csv"])).content.decode("utf-8-sig")
    assert "'=cmd()" in text
    book = client.get(
        reverse("incidents:export", args=["xlsx"]), {"q": "nothing like it", "since": "tomorrow"}
    )
    assert book.content[:2] == b"PK"


def test_type_is_edited_for_the_county_alone(client_as: Any, county: Any, theft: Any) -> None:
    """An administrator's change makes the county's own copy and leaves the shared type."""
    client = client_as("administrator")
    form = {
        "name": "盗窃",
        "name_en": "Theft",
        "category": "theft",
        "priority": "2",
        "source": "resident",
        "units_needed": "1",
        "active": "on",
    }
    assert client.post(reverse("incidents:type", args=["theft-shop"]), form).status_code == 302
    theft.refresh_from_db()
    assert theft.priority == 3
    assert client.get(reverse("incidents:types")).content.decode().count("theft-shop") >= 1


def test_another_countys_incident_is_not_found(client_as: Any, take: Any) -> None:
    """Whoever is posted elsewhere sees no card."""
    incident = take()
    client = client_as("dispatcher", "990102000000")
    assert client.get(reverse("incidents:card", args=[incident.pk])).status_code == 404
