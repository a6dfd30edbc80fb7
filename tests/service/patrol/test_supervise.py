"""What supervisors see of the crews' work: place reports, shifts, printed codes."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests.factories import (
    LAT,
    LON,
    TOWNSHIPS,
    PatrolPointFactory,
    PictureFactory,
    PlaceReportFactory,
    ShiftFactory,
    posted,
    signed_in,
)

from anlan.gateway.qr import qr_svg
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import Incident, IncidentType
from anlan.service.log.models import Event
from anlan.service.patrol import domain
from anlan.service.patrol.domain import Problem
from anlan.service.patrol.models import Picture, PlaceReport
from anlan.service.patrol.place_codes import code_of, payload
from anlan.service.staff.models import Role, Unit

NOW = timezone.now()


@pytest.fixture
def kind(county: Any) -> IncidentType:
    """A type of incident."""
    return IncidentType.objects.get(code="theft-shop")


@pytest.fixture
def report(unit: Unit) -> PlaceReport:
    """A lamp that is out, with its place."""
    problem = Problem("light", "dark since Monday", "Pier 2", LON, LAT)
    return domain.report_place(unit, problem, uuid.uuid4(), None)


def test_a_report_lies_where_it_was_made(report: PlaceReport) -> None:
    """Its position gives area, grid and beat once."""
    assert (report.area_code, report.grid_code) == (TOWNSHIPS[0], f"{TOWNSHIPS[0]}0001")


def test_a_report_becomes_one_incident(report: PlaceReport, kind: IncidentType) -> None:
    """Made twice it is one; place, words and channel come from the crew; then nobody settles it."""
    actor = posted(Role.DISPATCHER)
    made = domain.make_incident(report, kind, "Pier 2", actor)
    assert domain.make_incident(report, kind, "Pier 2", actor) == made
    assert (made.channel, made.details, made.lon, made.address) == (
        "patrol",
        "dark since Monday",
        LON,
        "Pier 2",
    )
    assert Incident.objects.count() == 1
    with pytest.raises(Refused, match="Made an incident"):
        domain.settle_report(report, "too late", actor)


def test_of_two_who_settle_a_report_one_wins(report: PlaceReport) -> None:
    """The same words again are the same act; other words are told what was done."""
    coordinator = posted(Role.COORDINATOR, TOWNSHIPS[0])
    domain.settle_report(report, "lamp changed", coordinator)
    domain.settle_report(report, "lamp changed", coordinator)
    assert Event.objects.filter(verb="report.settled").count() == 1
    with pytest.raises(Refused, match="Settled"):
        domain.settle_report(report, "something else", coordinator)


def test_reports_are_settled_in_ones_own_area(report: PlaceReport, kind: IncidentType) -> None:
    """A coordinator of the other township may not; a planner takes no calls."""
    with pytest.raises(PermissionDenied):
        domain.settle_report(report, "x", posted(Role.COORDINATOR, TOWNSHIPS[1]))
    with pytest.raises(PermissionDenied):
        domain.make_incident(report, kind, "x", posted(Role.PLANNER))


def test_pages_of_a_report_lead_to_its_end(report: PlaceReport, client_as: Any, kind: IncidentType) -> None:
    """Listed, opened, made an incident from its page; a slip is told with what was typed."""
    client = client_as(Role.DISPATCHER)
    assert "Pier 2" in client.get(reverse("patrol:reports")).content.decode()
    url = reverse("patrol:report_incident", args=[report.pk])
    assert client.post(url, {"address": "Pier 2", "type": "no such"}).status_code == 400
    assert client.post(url, {"address": "Pier 2", "type": kind.code}).status_code == 302
    assert "Pier 2" not in client.get(reverse("patrol:reports")).content.decode()
    assert (
        Incident.objects.get().number
        in client.get(reverse("patrol:report", args=[report.pk])).content.decode()
    )


def test_settling_without_a_word_is_refused(report: PlaceReport, client_as: Any) -> None:
    """The page says which field is missing; with a word it is settled."""
    client = client_as(Role.COORDINATOR)
    url = reverse("patrol:report_settle", args=[report.pk])
    assert client.post(url, {"outcome": ""}).status_code == 400
    assert client.post(url, {"outcome": "lamp changed"}).status_code == 302
    report.refresh_from_db()
    assert report.state == "settled"


@pytest.mark.parametrize(("name", "make"), [("reports", PlaceReportFactory), ("shifts", ShiftFactory)])
def test_lists_take_as_many_queries_for_thirty_rows(
    client_as: Any, county: Any, name: str, make: Any
) -> None:
    """One row or thirty cost the same."""
    client, counts = client_as(Role.PLANNER), []
    for more in (1, 29):
        make.create_batch(more)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            client.get(reverse(f"patrol:{name}"))
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_a_picture_is_shown_in_its_area_alone(client_as: Any, county: Any) -> None:
    """As a JPEG, not to be kept by others; elsewhere it does not exist."""
    url = reverse("patrol:picture", args=[PictureFactory().pk])
    answer = client_as(Role.PLANNER).get(url)
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/jpeg", "private, max-age=3600")
    assert client_as(Role.PLANNER, TOWNSHIPS[1]).get(url).status_code == 404


def test_old_pictures_go_but_those_of_open_reports(county: Any) -> None:
    """Deleted after the days that are set; an open report keeps its picture, an ended one does not."""
    old = NOW - timedelta(days=91)
    alone, of_open, of_settled = PictureFactory.create_batch(3, at=old)
    fresh = PictureFactory(at=NOW)
    PlaceReportFactory(picture=of_open)
    PlaceReportFactory(picture=of_settled, state="settled")
    assert domain.purge_pictures() == 2
    assert set(Picture.objects.all()) == {of_open, fresh}
    assert alone not in Picture.objects.all()


def test_a_crew_sees_the_shifts_of_its_own_units(county: Any, unit: Unit) -> None:
    """Its own with what was written, no other unit's."""
    account = posted(Role.PATROL)
    unit.crew.add(account)
    mine, other = ShiftFactory(unit=unit, begun_at=NOW - timedelta(hours=2)), ShiftFactory()
    domain.write_entry(unit, "bridge is closed", uuid.uuid4(), account, at=NOW - timedelta(hours=1))
    client = signed_in(account)
    assert "bridge is closed" in client.get(reverse("patrol:shift", args=[mine.pk])).content.decode()
    assert client.get(reverse("patrol:shift", args=[other.pk])).status_code == 404
    assert other.unit.call_sign not in client.get(reverse("patrol:shifts")).content.decode()


def test_codes_of_a_beat_are_printed(client_as: Any, county: Any, unit: Unit) -> None:
    """A PDF with a code for each place; a beat without places is told so."""
    PatrolPointFactory(code="bridge", beat_code=unit.beat_code)
    client = client_as(Role.PLANNER)
    assert "PDF" in client.get(reverse("patrol:codes")).content.decode()
    answer = client.get(reverse("patrol:codes_file"), {"beat": unit.beat_code})
    assert answer.content.startswith(b"%PDF")
    assert client.get(reverse("patrol:codes_file"), {"beat": "x\x00"}).status_code == 400


def test_a_code_names_its_place_and_cannot_be_made_up() -> None:
    """What is printed reads back; a letter changed is no code any more."""
    assert code_of(payload("bridge")) == "bridge"
    for forged in (
        "anlan:place:bridge",
        payload("bridge").replace("bridge", "market"),
        "https://example.org",
    ):
        with pytest.raises(Refused):
            code_of(forged)


def test_a_code_is_drawn_with_its_quiet_zone() -> None:
    """A whole SVG of its own size, four modules of white around."""
    size = re.search(r'width="(\d+)" height="(\d+)"', qr_svg(payload("990101-P0007")))
    assert size is not None
    modules = int(size[1]) // 8 - 8
    assert size[1] == size[2]
    assert (modules - 17) % 4 == 0
