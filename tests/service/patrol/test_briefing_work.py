"""A briefing on its way: asked for, made in the background, edited, signed, published, revised, exported."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import openpyxl
import polars as pl
import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from tests.factories import COUNTY, TOWNSHIPS, BriefingJobFactory
from tests.service.patrol.test_briefing_pages import COUNTY6, DAY, DAYS, incidents
from tests.tasks import INLINE

from anlan.gateway.history import HistoryStore
from anlan.service.log.models import Event
from anlan.service.log.verbs import Verb
from anlan.service.patrol import domain, exports, queries, tasks
from anlan.service.patrol.models import BeatAlert, Briefing, BriefingJob
from anlan.service.patrol.presentation import report_of
from anlan.service.patrol.subjects import subject_of
from anlan.service.places.models import Area, Beat
from anlan.service.staff.models import Role

State = BriefingJob.State


@pytest.fixture
def analyst(posted):
    """An analyst of the county."""
    return posted(Role.ANALYST)


@pytest.fixture
def made(history):
    """The day's briefing of the county."""
    return domain.make_briefing(COUNTY6, DAY, None)


def asked(client, **change):
    """Ask for a briefing by the form and follow to where that leads."""
    form = {"date": DAY.isoformat(), "period": "day", "area": ""} | change
    return client.post(reverse("patrol:briefing_make"), form, follow=True)


def test_the_button_leads_to_the_briefing(history, client_as, settings):
    """Asked for, made by the worker, shown: any day of a month leads to that month's briefing."""
    settings.TASKS = INLINE
    answer = asked(client_as(Role.ANALYST), period="month")
    briefing = Briefing.objects.get()
    assert (briefing.period, briefing.date) == ("month", DAY.replace(day=1))
    assert "Monthly briefing" in answer.content.decode()
    assert BriefingJob.objects.get().state == State.DONE


def test_asking_twice_makes_it_once(history, analyst):
    """While one waits, the second asking gets the same job; a job done by one worker is nobody else's."""
    subject = subject_of(COUNTY6, DAY)
    first, second = (domain.ask_for_briefing(subject, analyst) for _ in range(2))
    assert first.pk == second.pk
    domain.run_job(first.pk)
    domain.run_job(first.pk)
    assert Event.objects.filter(verb=Verb.BRIEFING_MADE).count() == 1
    again = domain.ask_for_briefing(subject, analyst)
    domain.run_job(again.pk)
    again.refresh_from_db()
    assert (again.state, again.briefing.version) == (State.DONE, 1)


def test_a_failure_is_told_and_tried_again(county, client_as, settings):
    """Without a history the job says so, with a button; with one, trying again succeeds."""
    settings.TASKS = INLINE
    client = client_as(Role.ANALYST)
    page = asked(client).content.decode()
    assert "no incidents" in page
    assert "Try again" in page
    HistoryStore(settings.HISTORY_DIR).write(COUNTY6, incidents(DAY - timedelta(days=DAYS), DAYS))
    assert "Daily briefing" in asked(client).content.decode()
    assert sorted(BriefingJob.objects.values_list("state", flat=True)) == [State.DONE, State.FAILED]


def test_a_crash_leaves_a_clear_error(history, analyst, monkeypatch):
    """Whatever breaks, the job ends and names its kind; the text of the fault stays in the server's log."""
    monkeypatch.setattr("anlan.service.patrol.evidence.gather", lambda *_: 1 / 0)
    job = domain.ask_for_briefing(subject_of(COUNTY6, DAY), analyst)
    tasks.make.func(job.pk)
    job.refresh_from_db()
    assert job.state == State.FAILED
    assert "ZeroDivisionError" in job.error


def test_a_silent_worker_is_given_up(history, analyst):
    """After five minutes without a sign of life the next asking starts afresh."""
    old = BriefingJobFactory(
        date=DAY, state=State.RUNNING, seen_at=timezone.now() - timedelta(minutes=6), area_code=COUNTY
    )
    new = domain.ask_for_briefing(subject_of(COUNTY6, DAY), analyst)
    old.refresh_from_db()
    assert new.pk != old.pk
    assert (old.state, new.state) == (State.FAILED, State.WAITING)


def test_progress_is_polled_until_it_is_done(history, analyst, client_as):
    """The page asks each second; once done it is told where to go."""
    client = client_as(Role.ANALYST)
    job = domain.ask_for_briefing(subject_of(COUNTY6, DAY), analyst)
    address = reverse("patrol:briefing_job", args=[job.pk])
    assert "every 1s" in client.get(address, headers={"HX-Request": "true"}).content.decode()
    domain.run_job(job.pk)
    done = client.get(address, headers={"HX-Request": "true"})
    assert done.headers["HX-Redirect"].startswith(f"/patrol/briefing/{DAY}/")


def test_a_township_and_a_beat_have_briefings_of_their_own(history):
    """Each has its versions; only the county's day gives the colours that count."""
    beat = Beat.objects.order_by("code").first()
    scopes = (TOWNSHIPS[0], beat.code)
    for area in scopes:
        briefing = domain.make_briefing(COUNTY6, DAY, None, area=area)
        assert briefing.version == 1
        assert not BeatAlert.objects.filter(briefing=briefing).exists()
    assert briefing.body["beats"] == [beat.code]
    assert queries.latest_colours(COUNTY6, DAY) == {}
    assert domain.make_briefing(COUNTY6, DAY, None).version == 1
    with pytest.raises(domain.NoData, match="no area or beat"):
        domain.make_briefing(COUNTY6, DAY, None, area="990101999")


@pytest.mark.parametrize("period", ["week", "half-month", "month"])
def test_pages_of_every_period_and_scope_open(history, client_as, period):
    """Made, they open with their title, and their address is theirs."""
    beat = Beat.objects.order_by("code").first()
    briefing = domain.make_briefing(COUNTY6, DAY, None, period=period, area=beat.code)
    address = reverse("patrol:briefing_day", args=[DAY.isoformat()])
    page = client_as(Role.PATROL).get(address, {"period": period, "area": beat.code}).content.decode()
    assert beat.label in page
    assert f"version {briefing.version}" in page


def test_each_wording_is_kept_and_logged(made, analyst):
    """A suggestion reworded twice, one left out, one added: revisions in the table, events in the log."""
    key = made.body["suggestions"][0]["key"]
    for words in ("Patrol the market", "Patrol the market at night", "Patrol the market at night"):
        domain.write_text(made, key, words, analyst)
    domain.write_text(made, made.body["suggestions"][1]["key"], "", analyst)
    domain.write_text(made, "", "Talk to the shops", analyst)
    assert [row.revision for row in made.texts.filter(key=key)] == [2, 1]
    assert Event.objects.filter(verb=Verb.BRIEFING_EDITED).count() == 4
    report = report_of(made, Area.objects.get(code=COUNTY), queries.texts(made))
    told = next(part for part in report.sections if part.key == "suggestions").bullets
    assert told[0] == "Patrol the market at night"
    assert told[-1] == "Talk to the shops"
    assert len(told) == len(made.body["suggestions"])


def test_words_stand_once_signed(made, analyst, posted):
    """Signed, nothing is edited; an unknown suggestion and an endless text are refused before."""
    with pytest.raises(ValueError, match="no suggestion"):
        domain.write_text(made, "patrol:nowhere", "x", analyst)
    with pytest.raises(ValueError, match="at most"):
        domain.write_text(made, "", "x" * 1001, analyst)
    with pytest.raises(PermissionDenied):
        domain.write_text(made, "", "x", posted(Role.PATROL))
    domain.sign_briefing(made, analyst)
    with pytest.raises(domain.AlreadySigned):
        domain.write_text(made, "", "x", analyst)


def test_a_revision_takes_the_words_along_and_takes_over_once_published(made, analyst, posted):
    """The published version holds until the revised one is signed and published too."""
    commander = posted(Role.WATCH_COMMANDER)
    domain.write_text(made, "", "Talk to the shops", analyst)
    domain.sign_briefing(made, analyst)
    domain.publish_briefing(made, commander)
    revised = domain.revise_briefing(made, analyst)
    assert [row.text for row in revised.texts.all()] == ["Talk to the shops"]
    assert (revised.version, revised.signed_at) == (2, None)
    assert queries.colours_briefing(COUNTY6, DAY) == made
    with pytest.raises(domain.NotSigned):
        domain.publish_briefing(revised, commander)
    domain.sign_briefing(revised, analyst)
    domain.publish_briefing(revised, commander)
    assert queries.colours_briefing(COUNTY6, DAY) == revised


def test_published_colours_reach_phones_and_plan_before_drafts(made, analyst, posted):
    """A newer draft changes neither."""
    domain.sign_briefing(made, analyst)
    domain.publish_briefing(made, posted(Role.WATCH_COMMANDER))
    draft = domain.revise_briefing(made, analyst)
    BeatAlert.objects.filter(briefing=draft).update(colour="red")
    assert "red" not in queries.latest_colours(COUNTY6, DAY).values()
    assert queries.colours_briefing(COUNTY6, DAY) == made


def test_the_page_offers_what_the_reader_may_do(made, client_as):
    """The analyst edits and signs; then the commander publishes; the patrol only reads."""
    address = reverse("patrol:briefing_day", args=[DAY.isoformat()])
    analyst, commander = client_as(Role.ANALYST), client_as(Role.WATCH_COMMANDER)
    assert "Add a suggestion" in analyst.get(address).content.decode()
    assert "Add a suggestion" not in client_as(Role.PATROL).get(address).content.decode()
    words = {"key": "", "text": "Talk to the shops"}
    page = analyst.post(reverse("patrol:briefing_text", args=[made.pk]), words, follow=True).content.decode()
    assert "Talk to the shops" in page
    analyst.post(reverse("patrol:briefing_sign", args=[made.pk]))
    page = commander.get(address).content.decode()
    assert reverse("patrol:briefing_publish", args=[made.pk]) in page
    assert "Add a suggestion" not in page


def test_every_file_holds_the_findings(made):
    """The workbook's and the archive's tables, the map's layers and the picture say the same briefing."""
    book = openpyxl.load_workbook(io.BytesIO(exports.export(made, "xlsx")))
    assert len(book.sheetnames) >= 7
    with zipfile.ZipFile(io.BytesIO(exports.export(made, "parquet"))) as archive:
        expected = pl.read_parquet(archive.read("expected.parquet"))
        changes = pl.read_parquet(archive.read("changes.parquet"))
    assert expected["expected"].sum() == pytest.approx(made.body["expected_total"])
    assert set(changes["part"]) == {"total", "categories", "types", "beats"}
    features = json.loads(exports.export(made, "geojson"))["features"]
    beats = [feature["properties"] for feature in features if feature["properties"]["layer"] == "beat"]
    assert {beat["code"] for beat in beats} == set(Beat.objects.values_list("code", flat=True))
    assert all("colour" in beat and "expected" in beat for beat in beats)
    assert {feature["properties"]["layer"] for feature in features} >= {"beat", "cell", "hot_spot"}
    assert exports.export(made, "png").startswith(b"\x89PNG")


def test_a_briefing_of_the_first_release_still_opens(made, client_as):
    """Its content knows no period and calls the verdict `yesterday`."""
    new = ("period", "until", "start", "end", "beats", "rhythm_days", "colour_days", "expected_low", "cells")
    old = {key: value for key, value in made.body.items() if key not in (*new, "clusters", "suggestions")}
    old["yesterday"] = {key: old["verdict"][key] for key in ("date", "expected", "observed", "beats")}
    del old["verdict"], old["expected_high"]
    Briefing.objects.filter(pk=made.pk).update(body=old)
    page = client_as(Role.PATROL).get(reverse("patrol:briefing_day", args=[DAY.isoformat()]))
    assert page.status_code == 200
    assert exports.export(Briefing.objects.get(pk=made.pk), "pdf").startswith(b"%PDF")


def test_two_periods_are_compared_by_an_address_that_can_be_shared(history, client_as):
    """Page and files answer the same address; twice the incidents are a clear difference."""
    history.write(COUNTY6, incidents(DAY - timedelta(days=28), 28, prefix="more"))
    client = client_as(Role.PATROL)
    query = {"a": "2026-02-01", "a_to": "2026-02-28", "b": "2026-01-04", "b_to": "2026-01-31"}
    page = client.get(reverse("patrol:compare"), query).content.decode()
    assert "+100" in page
    assert page.count("<svg") >= 3
    for kind in exports.KINDS:
        answer = client.get(reverse("patrol:compare_file", args=[kind]), query)
        assert answer.status_code == 200, kind
    found = json.loads(client.get(reverse("patrol:compare_file", args=["json"]), query).content)
    assert (found["total"]["observed"], found["total"]["baseline"]) == (448, 224)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"a": "soon"}, "year-month-day"),
        ({"a": "2026-02-28", "a_to": "2026-02-01"}, "before it begins"),
        ({"a": "2016-02-28", "a_to": "2026-02-01"}, "At most"),
        ({"area": "nowhere"}, "no area or beat"),
        ({"a": "2006-02-01", "b": "2006-01-01"}, "no incidents"),
    ],
)
def test_what_cannot_be_compared_is_said(history, client_as, query, told):
    """The page says which part of the address is wrong; the file answers 400."""
    client = client_as(Role.PATROL)
    assert told in client.get(reverse("patrol:compare"), query).content.decode()
    assert client.get(reverse("patrol:compare_file", args=["xlsx"]), query).status_code == 400
