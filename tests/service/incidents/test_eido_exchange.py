"""Incidents to and from a neighbour as EIDO-JSON: by file, by signed message, and never with persons."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests import factories as make
from tests.factories import COUNTY, LAT, LON, STEP
from tests.gateway.eido.test_eido import REPORT, REQUIRED, listed

from anlan.gateway import eido, webhooks
from anlan.service.incidents import domain
from anlan.service.incidents.domain import endpoints, linkage
from anlan.service.incidents.models import Delivery, Endpoint, Feed, FeedMessage, Incident
from anlan.service.log.models import Event

HIDDEN = {"personComponent": [{"name": "secret-name"}], "callbackComponent": [{"uri": "tel:secret-number"}]}


def document(**changes: Any) -> dict[str, Any]:
    """Return a neighbour's document with persons in it."""
    return eido.write(REPORT) | HIDDEN | changes


@pytest.fixture
def neighbour(county: Any) -> Feed:
    """A neighbouring county that hands incidents over."""
    return make.FeedFactory(kind=Feed.Kind.EIDO, code="neighbour")


def send(feed: Feed, found: dict[str, Any], message_id: str = "m1") -> Any:
    """POST a signed document."""
    text = json.dumps(found, ensure_ascii=False)
    headers = webhooks.headers(feed.secret, message_id, datetime.now(UTC), text)
    return Client(enforce_csrf_checks=True).post(
        reverse("incidents:eido", args=[feed.code]), text, content_type="application/json", headers=headers
    )


def upload(client: Client, found: Any, kind: str = "theft-shop") -> Any:
    """Upload a file."""
    raw = found if isinstance(found, bytes) else json.dumps(found).encode()
    file = SimpleUploadedFile("incident.json", raw, content_type="application/json")
    return client.post(reverse("incidents:eido_upload"), {"file": file, "type": kind}, follow=True)


def everything_stored() -> str:
    """Return what tables and log keep of incidents and messages."""
    rows = (*Incident.objects.values(), *FeedMessage.objects.values(), *Event.objects.values("data"))
    return repr(rows)


def test_the_whole_incident_is_exported_without_the_caller(
    take: Any, dispatcher: Any, units: Any, client_as: Any
) -> None:
    """Units with their states, remarks, hazards and merged incidents; neither number nor colleagues."""
    make.PremisesFactory(lon=LON + STEP / 2, lat=LAT + STEP / 2, hazards="Ammonia tank")
    incident, other = take(callback="555-0142", details="Smoke"), take()
    sent = domain.assign(incident, units[:2], dispatcher)
    domain.advance(sent[0], "on_scene", dispatcher)
    domain.note(incident, "third floor", dispatcher)
    domain.close(other, "duplicate", dispatcher, duplicate_of=incident)
    agency = make.partner()
    make.at_agency(agency)
    linkage.accept(linkage.offer(incident, agency, dispatcher, task="Hose"), make.at_agency(agency))
    answer = client_as("dispatcher").get(reverse("incidents:eido_export", args=[incident.pk]))
    found = json.loads(answer.content)
    assert [
        word for word in ("555-0142", dispatcher.username, dispatcher.display_name) if word in repr(found)
    ] == []
    assert [one["notesActionComments"] for one in found["notesComponent"]] == ["Smoke", "third floor"]
    assert found["cautionComponent"][0]["cautionTypeInternalText"].endswith("Ammonia tank")
    states = [one["secondaryUnitStatusRegistryText"] for one in found["emergencyResourceComponent"]]
    assert states == [["Arrived"], ["Dispatched"]]
    assert found["mergeComponent"][0]["incidentTrackingIdentifier"].split(":")[4].endswith(other.number)
    assert [one["agencyRoleDescriptionRegistryText"][-1] for one in found["agencyComponent"]] == [
        "Dispatching", "TransferredTo",
    ]  # fmt: skip
    missing = [
        (name, element)
        for name, elements in REQUIRED.items()
        for one in (listed(found, name) if name in found else [])
        for element in elements
        if element not in one
    ]
    assert missing == []


def test_a_file_becomes_an_incident_once(client_as: Any, county: Any) -> None:
    """Address, pin, remarks and dangers come over; uploaded again, it is the same incident."""
    client = client_as("call_taker")
    pages = [upload(client, document()).content.decode() for _ in range(2)]
    incident = Incident.objects.get()
    assert (incident.channel, incident.address, incident.priority) == ("partner", REPORT.address, 1)
    assert (incident.lon, incident.lat) == (REPORT.lon, REPORT.lat)
    assert [
        word for word in ("Ammonia", "third floor", "20260304-0001") if word not in incident.details
    ] == []
    assert "3 parts about persons" in pages[0]
    assert "secret" not in everything_stored()
    assert Event.objects.get(verb="feed.eido").data["left_out"] == 3


def test_the_countys_own_type_is_kept(client_as: Any, county: Any) -> None:
    """A code that this county knows is taken; another one falls back on the form's choice."""
    client = client_as("call_taker")
    known = document()
    known["incidentComponent"] = known["incidentComponent"] | {"incidentTypeInternalCode": "robbery-street"}
    upload(client, known)
    assert Incident.objects.get().type.code == "robbery-street"
    upload(client, document(**{"$id": "another"}), "help-other")
    assert Incident.objects.exclude(type__code="robbery-street").get().type.code == "help-other"


@pytest.mark.parametrize("found", [b"", b"{}", b"[]", b"\xff", b"PK\x03\x04"])
def test_a_file_that_is_none_comes_back_with_what_is_wrong(client_as: Any, county: Any, found: bytes) -> None:
    """The form says it; nothing is taken."""
    answer = upload(client_as("call_taker"), found)
    assert (answer.status_code, Incident.objects.count()) == (422, 0)


def test_a_document_without_a_place_is_refused(neighbour: Feed) -> None:
    """By name, in the answer and in the list of messages; no incident, and nothing is kept."""
    found = document()
    del found["locationComponent"]
    answer = send(neighbour, found)
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, "locationComponent")
    assert FeedMessage.objects.get().field == "locationComponent"
    assert "secret" not in everything_stored()


def test_a_neighbours_message_becomes_an_incident_and_its_next_joins_it(neighbour: Feed) -> None:
    """The same incident in a later version is a note on ours; left-out parts are counted in the answer."""
    first = send(neighbour, document(), "m1").json()
    assert (first["outcome"], first["left_out"]) == ("new", 3)
    assert send(neighbour, document(), "m1").json() == first
    later = document(notesComponent=[{"notesActionComments": "under control"}])
    del later["incidentComponent"]["notesReference"]
    assert send(neighbour, later, "m2").json()["outcome"] == "attached"
    assert "under control" in Event.objects.get(verb="incident.noted").data["text"]
    assert Incident.objects.count() == 1
    assert "secret" not in everything_stored()


def test_an_incident_that_has_ended_elsewhere_makes_none_here(neighbour: Feed) -> None:
    """A closed incident never heard of is noted, nothing more."""
    found = document()
    found["incidentComponent"]["incidentStatusCommonRegistryText"] = ["Closed"]
    assert send(neighbour, found).json()["outcome"] == "nothing"
    assert not Incident.objects.exists()


def test_alarms_and_documents_have_addresses_of_their_own(neighbour: Feed) -> None:
    """A neighbour's secret opens no alarm address."""
    neighbour.code = make.FeedFactory(kind=Feed.Kind.ALARM, secret=neighbour.secret).code
    assert send(neighbour, document()).status_code == 404


def test_what_one_county_hands_over_the_next_one_takes(take: Any, dispatcher: Any, neighbour: Feed) -> None:
    """An offer to a neighbour, as its webhook writes it in EIDO, is an incident at the neighbour's."""
    agency = make.partner("next", "neighbour")
    make.at_agency(agency)
    values = {
        "url": "https://next.example/hook",
        "events": ["linkage.offered"],
        "form": "eido",
        "active": True,
    }
    endpoints.save_endpoint(Endpoint(agency=agency), None, **values)
    linkage.offer(
        take(details="hidden-details", callback="555-0142"), agency, dispatcher, task="Runs towards you"
    )
    body = Delivery.objects.get().body
    assert [word for word in ("hidden-details", "555-0142") if word in body] == []
    assert send(neighbour, json.loads(body)).json()["outcome"] == "new"
    taken = Incident.objects.get(channel="partner")
    assert "Runs towards you" in taken.details
    assert taken.area_code.startswith(COUNTY[:6])
