"""What an agency's account can read and do, over every address of the site."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from tests import factories as make
from tests.factories import COUNTY, LAT, LON, STEP
from tests.service.test_permissions import GUARDED, Address, by_name

from anlan.service.incidents import domain
from anlan.service.incidents.domain import linkage
from anlan.service.incidents.models import Assignment, Incident, Linkage
from anlan.service.log.audience import hears
from anlan.service.log.verbs import Verb
from anlan.service.staff.models import Agency, Role

CALLBACK, DETAILS, NOTE, OTHERS = "555-0142", "caller-is-the-neighbour", "internal-note", "gas-only-words"
SECRETS = (CALLBACK, DETAILS, NOTE, OTHERS)
ADDRESS, TASK, HAZARD = "桥头，红色的门", "Smoke on the third floor", "Ammonia tank"


@pytest.fixture
def joint(take: Any, dispatcher: Any) -> Linkage:
    """A joint incident: fire has accepted its part, gas has its own with words of its own."""
    make.PremisesFactory(lon=LON + STEP / 2, lat=LAT + STEP / 2, hazards=HAZARD)
    incident = take(address=ADDRESS, details=DETAILS, callback=CALLBACK)
    domain.note(incident, NOTE, dispatcher)
    fire, gas = make.partner(), make.partner("gas", Agency.Kind.GAS)
    for agency, task in ((fire, TASK), (gas, OTHERS)):
        make.at_agency(agency)
        linkage.offer(incident, agency, dispatcher, task=task, kind="joint")
    theirs = Linkage.objects.get(agency=gas)
    linkage.say(theirs, OTHERS, make.at_agency(gas))
    return linkage.accept(Linkage.objects.get(agency=fire), make.at_agency(fire))


def path_to(address: Address, made: Linkage) -> str:
    """Fill an address with the joint incident wherever its record can be it."""
    own = {
        "incidents pk": made.incident_id,
        "linkage_id": Linkage.objects.exclude(pk=made.pk).get().pk,
        "number": made.incident.number,
    }
    app = address.name.partition(":")[0]
    values = {
        argument: own.get(f"{app} {argument}") or own.get(argument) or address.sample(argument)()  # type: ignore[misc]
        for argument in address.arguments
    }
    if address.name == "incidents:act_on_assignment":
        values["pk"] = make.AssignmentFactory(incident=made.incident).pk
    return reverse(address.name, kwargs=values)


@pytest.mark.parametrize("address", GUARDED, ids=by_name)
def test_no_address_tells_an_agency_what_it_does_not_need(address: Address, joint: Linkage) -> None:
    """Neither the number, details and notes of the duty room nor another agency's words, by GET or POST."""
    client = make.signed_in(make.at_agency(joint.agency))
    path = path_to(address, joint)
    for answer in (client.get(path), client.post(path, {"text": "x", "reason": "x", "task": "x"})):
        body = answer.content if not answer.streaming else b""
        assert [secret for secret in SECRETS if secret in body.decode(errors="replace")] == []


def test_an_agency_changes_nothing_but_its_own_part(joint: Linkage) -> None:
    """After all addresses were asked, incident, assignments and the other agency's part are as before."""
    client = make.signed_in(make.at_agency(joint.agency))
    other = Linkage.objects.exclude(pk=joint.pk)
    incidents, assignments = list(Incident.objects.values()), list(Assignment.objects.values())
    others = list(other.values())
    for address in GUARDED:
        if address.name.startswith("incidents:") and address.name != "incidents:act_on_assignment":
            client.post(path_to(address, joint), {"text": "x", "reason": "x", "to": "withdraw", "task": "x"})
    known = Incident.objects.filter(pk__in=[row["id"] for row in incidents])
    assert list(known.values()) == incidents
    assert list(Assignment.objects.filter(pk__in=[row["id"] for row in assignments]).values()) == assignments
    assert list(other.values()) == others


def test_an_agency_reads_what_it_needs(joint: Linkage) -> None:
    """Address, pin, type, hazards, its task and its messages are on its page."""
    agent = make.at_agency(joint.agency)
    linkage.say(joint, "Two engines", agent)
    page = make.signed_in(agent).get(reverse("incidents:inbox_item", args=[joint.pk])).content.decode()
    missing = [said for said in (ADDRESS, TASK, HAZARD, "Two engines", "Theft") if said not in page]
    assert missing == []
    assert f"{LON + STEP / 2:.5f}" in page


def test_the_live_stream_tells_handlers_nothing_of_incidents_or_linkage() -> None:
    """The stream goes by area, not by agency, so it is not for agencies."""
    kinds = ("incident.", "assignment.", "linkage.", "webhook.", "feed.")
    told = [verb for verb in Verb.values if verb.startswith(kinds) and hears(Role.HANDLER, verb)]
    assert told == []


def test_a_posting_of_another_role_at_the_agency_opens_no_inbox(joint: Linkage) -> None:
    """Only the role whose inbox it is reads for the agency."""
    account = make.posted(Role.INSPECTOR, COUNTY)
    account.postings.update(agency=joint.agency)
    assert make.signed_in(account).get(reverse("incidents:inbox")).status_code == 403
