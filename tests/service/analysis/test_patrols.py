"""Visits by beat and day, held against what residents report."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from tests.factories import PatrolPointFactory
from tests.service.analysis.conftest import LAST, checked_in

from anlan.service.analysis.ground import Ground
from anlan.service.analysis.methods import METHODS
from anlan.service.analysis.visits import called, visits
from anlan.service.patrol.models import BeatAlert, Briefing
from anlan.service.places.models import Beat
from anlan.service.staff.models import Role


@pytest.fixture
def beats(county):
    """The codes of both beats, with a patrol point in the first."""
    codes = list(Beat.objects.order_by("code").values_list("code", flat=True))
    PatrolPointFactory(code="bridge", beat_code=codes[0], area_code=codes[0][:9] + "000")
    return codes


def test_visits_fall_on_the_local_day_and_beat_of_their_place(county, beats):
    """Check-ins count for the beat of the point on the county's own day; other days are left out."""
    checked_in("bridge", LAST, 3)
    checked_in("bridge", LAST - timedelta(days=9), 2)
    found = visits(Ground(county), beats, LAST - timedelta(days=6), LAST + timedelta(days=1))
    assert found.tolist() == [[0] * 6 + [3], [0] * 7]


def test_only_published_colours_above_green_call(county, beats):
    """A briefing that was not published, and a green beat, sent nobody."""
    for day, published in ((1, True), (2, False)):
        briefing = Briefing.objects.create(
            area_code=county.code, date=date(2026, 2, day), made_at="2026-02-01T00:00Z",
            published_at="2026-02-01T01:00Z" if published else None,
        )  # fmt: skip
        for beat, colour in zip(beats, ("orange", "green"), strict=True):
            BeatAlert.objects.create(
                briefing=briefing, beat_code=beat, area_code=county.code, colour=colour, expected=1.0
            )
    found = called(Ground(county), beats, date(2026, 2, 1), date(2026, 2, 4))
    assert found.tolist() == [[True, False, False], [False] * 3]


def test_a_beat_with_half_the_harm_and_all_visits_has_twice_its_share(history, client_as):
    """The page says how many visits would have to move, and the ratio of each beat."""
    sheet = answer(client_as).context["finding"].sheets["beats"].frame
    assert sheet["patrol"].to_list() == [1.0, 0.0]
    assert sheet["ratio"][0] == pytest.approx(1 / sheet["harm"][0])


def test_too_few_visits_are_no_ground_for_an_answer(history, client_as):
    """A week with a handful of check-ins gets the number that is missing, not a ratio."""
    page = answer(client_as, start=str(LAST - timedelta(days=14)))
    assert "this needs 100" in page.content.decode()


def test_the_card_holds_alarms_against_the_budget_and_forecasts_against_what_came(history, client_as):
    """Red, orange, yellow with budget and share that came; the trial tells expected and came."""
    found = answer(client_as, "card").context["finding"]
    assert found.sheets["alarms"].frame["budget"].to_list() == pytest.approx([0.01, 0.04, 0.15])
    assert found.sheets["forecasts"].frame["value"][1] == pytest.approx(28 * 14)


def answer(client_as, kind="patrols", **given):
    """Get a method's result as an analyst."""
    assert kind in METHODS
    return client_as(Role.ANALYST).get(
        reverse("analysis:result", args=[kind]), given, headers={"HX-Request": "true"}
    )
