"""A briefing is made from the history before its day, kept in versions, shown, published and downloaded."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from tests.factories import COUNTY
from tests.tasks import INLINE

from anlan.gateway.history import SCHEMA
from anlan.service.log.models import Event
from anlan.service.log.verbs import Verb
from anlan.service.patrol import domain, queries
from anlan.service.patrol.models import BeatAlert, Briefing
from anlan.service.places.models import Beat, Grid
from anlan.service.staff.models import Role

COUNTY6 = COUNTY[:6]
DAY = date(2026, 3, 1)
DAYS = 420


def incidents(first: date, days: int, per_day: int = 8, prefix: str = "a", **columns):
    """Return a history frame with `per_day` resident incidents a day in turn over the grids."""
    grids = list(Grid.objects.order_by("code"))
    beats = [grid.beat_id for grid in grids]
    number = days * per_day
    turn = np.arange(number)
    begin = datetime(first.year, first.month, first.day, 2, tzinfo=UTC)
    rows = {
        "key": [f"{prefix}{i}" for i in turn],
        "occurred": [begin + timedelta(days=int(i // per_day), hours=int(i % per_day)) for i in turn],
        "lon": [grids[i % 4].lon + 1e-4 * (i % 7) for i in turn],
        "lat": [grids[i % 4].lat + 1e-4 * (i % 5) for i in turn],
        "type": ["robbery-street" if i % 3 else "help-other" for i in turn],
        "category": ["robbery" if i % 3 else "help" for i in turn],
        "priority": [2] * number,
        "source": ["resident"] * number,
        "area_code": [grids[i % 4].area_code for i in turn],
        "grid_code": [grids[i % 4].code for i in turn],
        "beat_code": [beats[i % 4] for i in turn],
        "address": [""] * number,
    } | {name: [value] * number for name, value in columns.items()}
    missing = {name: [None] * number for name in SCHEMA if name not in rows}
    if "precision" in missing:
        missing["precision"] = ["time"] * number
    return pl.DataFrame(rows | missing, schema=SCHEMA)


def test_a_remake_without_news_is_the_same_version(history):
    """Nothing new in the history: no second version, no second event."""
    first = domain.make_briefing(COUNTY6, DAY, None)
    assert domain.make_briefing(COUNTY6, DAY, None).pk == first.pk
    assert Event.objects.filter(verb=Verb.BRIEFING_MADE).count() == 1


def test_new_history_makes_a_new_version(history):
    """A late record of yesterday adds version 2 and leaves version 1 alone."""
    domain.make_briefing(COUNTY6, DAY, None)
    history.write(COUNTY6, incidents(DAY - timedelta(days=1), 1, prefix="late"))
    assert domain.make_briefing(COUNTY6, DAY, None).version == 2
    assert Briefing.objects.count() == 2


def test_the_briefing_never_peeks(history):
    """Incidents of the day itself change nothing."""
    body = domain.make_briefing(COUNTY6, DAY, None).body
    history.write(COUNTY6, incidents(DAY, 1, per_day=50, prefix="today"))
    assert domain.make_briefing(COUNTY6, DAY, None).body == body


def test_what_officers_found_is_counted_but_not_learned_from(history):
    """Officer-found incidents move neither colours nor forecast."""
    before = domain.make_briefing(COUNTY6, DAY, None).body
    found = incidents(DAY - timedelta(days=3), 3, per_day=10, prefix="o", source="officer")
    history.write(COUNTY6, found)
    after = domain.make_briefing(COUNTY6, DAY, None).body
    assert after["officer_found"] == 30
    assert (after["colours"], after["expected"]) == (before["colours"], before["expected"])


def test_every_beat_has_a_colour_and_an_expectation(history):
    """Eight incidents a day over two beats: eight are expected tomorrow."""
    briefing = domain.make_briefing(COUNTY6, DAY, None)
    assert BeatAlert.objects.filter(briefing=briefing).count() == Beat.objects.count()
    assert briefing.body["expected_total"] == pytest.approx(8, rel=0.02)
    assert set(queries.latest_colours(COUNTY6, DAY)) == set(Beat.objects.values_list("code", flat=True))


def test_without_history_the_reader_is_told(county):
    """No incidents: a message, not an empty briefing."""
    with pytest.raises(domain.NoData, match="no incidents"):
        domain.make_briefing(COUNTY6, DAY, None)


def test_a_dispatcher_may_not_make_one(history, posted):
    """The domain asks who is acting, whatever the page did."""
    with pytest.raises(PermissionDenied):
        domain.make_briefing(COUNTY6, DAY, posted(Role.DISPATCHER))


def test_the_page_shows_the_day_and_its_files(history, client_as):
    """The newest briefing opens; PDF, HTML and JSON come down."""
    briefing = domain.make_briefing(COUNTY6, DAY, None)
    client = client_as(Role.PATROL)
    page = client.get(reverse("patrol:briefing"), follow=True)
    assert page.status_code == 200
    starts = {"pdf": b"%PDF", "html": b"<!doctype html>", "json": b"{"}
    for kind, start in starts.items():
        answer = client.get(reverse("patrol:briefing_file", args=[briefing.pk, kind]))
        assert answer.content.startswith(start)
    assert client.get(reverse("patrol:briefing_file", args=[briefing.pk, "exe"])).status_code == 404


def test_the_page_says_when_there_is_none(county, client_as):
    """Empty state with the way out; a made-up date is not found."""
    client = client_as(Role.ANALYST)
    assert client.get(reverse("patrol:briefing")).status_code == 200
    assert client.get(reverse("patrol:briefing_day", args=["2026-03-01"])).status_code == 404
    assert client.get(reverse("patrol:briefing_day", args=["yesterday"])).status_code == 404
    answer = client.post(reverse("patrol:briefing_make"), {"date": "soon"}, follow=True)
    assert "soon" in answer.content.decode()


def test_the_analyst_signs_and_the_watch_commander_publishes_once(history, client_as):
    """Unsigned nothing is published; the patrol may neither; twice changes nothing."""
    briefing = domain.make_briefing(COUNTY6, DAY, None)
    publish = reverse("patrol:briefing_publish", args=[briefing.pk])
    sign = reverse("patrol:briefing_sign", args=[briefing.pk])
    assert client_as(Role.PATROL).post(publish).status_code == 403
    commander = client_as(Role.WATCH_COMMANDER)
    assert "signs" in commander.post(publish, follow=True).content.decode()
    assert not Briefing.objects.filter(published_at__isnull=False).exists()
    assert commander.post(sign).status_code == 403
    assert client_as(Role.ANALYST).post(publish).status_code == 403
    client_as(Role.ANALYST).post(sign)
    commander.post(publish)
    commander.post(publish)
    assert Event.objects.filter(verb=Verb.BRIEFING_PUBLISHED).count() == 1


def test_thirty_versions_cost_no_more_queries_than_one(history, client_as, django_assert_max_num_queries):
    """The list of versions is one query however long it is."""
    briefing = domain.make_briefing(COUNTY6, DAY, None)
    client = client_as(Role.ANALYST)
    address = reverse("patrol:briefing_day", args=[DAY.isoformat()])
    client.get(address)
    with django_assert_max_num_queries(60) as one:
        client.get(address)
    for version in range(2, 31):
        Briefing.objects.create(
            area_code=COUNTY, date=DAY, version=version, made_at=briefing.made_at, body=briefing.body
        )
    with django_assert_max_num_queries(len(one.captured_queries)):
        client.get(address)


def test_a_plan_without_roads_is_refused_in_words(history, client_as, settings):
    """The planner reads what is missing and where."""
    settings.TASKS = INLINE
    domain.make_briefing(COUNTY6, DAY, None)
    client = client_as(Role.PLANNER)
    answer = client.post(reverse("planning:plan_make", args=[DAY.isoformat()]), follow=True)
    assert "no roads" in answer.content.decode()
