"""Rosters: asked for, made, why there is none, approved, printed, exported, in calendars and orders."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from tests.factories import COUNTY, ELSEWHERE, AbsenceFactory, DeploymentPlanFactory, TeamFactory, posted
from tests.service.planning import roster_cases as cases
from tests.service.planning.test_trial_pages import INLINE

from anlan.engine.planning.roster import Forbidden, Limit
from anlan.service.log.models import Event
from anlan.service.log.verbs import Verb
from anlan.service.patrol.evidence import NoData
from anlan.service.planning import domain
from anlan.service.planning.models import Member, PlanningJob, Roster, Wish
from anlan.service.planning.rosters import ask as asks
from anlan.service.planning.rosters import defaults
from anlan.service.planning.rosters.ask import AlertDays, Fixed, NeedRow, OtherNeed
from anlan.service.planning.rosters.gather import gather
from anlan.service.planning.rosters.page import page
from anlan.service.staff.models import Role, Unit

NEW = "/planning/rosters/new/"
COUNTY6, FIRST = cases.COUNTY6, cases.FIRST


# asking


def test_the_way_from_teams_to_a_roster(county: Any, client_as: Any, settings: Any) -> None:
    """Choose, go on with a form that is filled in, ask; the worker makes it and its page shows who serves."""
    settings.TASKS = INLINE
    cases.squad()
    client = client_as(Role.PLANNER)
    assert "squad 队 (8)" in cases.text_of(client.get(NEW))
    address = f"{NEW}?team=squad&first={FIRST}"
    assert "Begins with what the members can man" in cases.text_of(client.get(address))
    answer = client.post(
        address, cases.filled(client, address, days="2", pattern="", seconds="2"), follow=True
    )
    made = Roster.objects.get()
    assert PlanningJob.objects.get().state == "done"
    assert answer.redirect_chain[-1][0] == reverse("planning:roster", args=[made.pk])
    assert (made.first, made.days, made.version, made.made_by) == (FIRST, 2, 1, client.account)
    rows = made.body["result"]["rows"].values()
    assert all(sum(row[day] == shift for row in rows) >= 1 for day in range(2) for shift in cases.SHIFTS)
    said = cases.text_of(answer)
    assert "Every need is met" in said
    assert f"Roster {FIRST} – 03-03" in said


def test_the_form_goes_round(county: Any, client_as: Any) -> None:
    """Every part of an ask comes back from the form as it was."""
    cases.squad()
    rules = cases.lenient(
        rest_min=Limit(690), weekends_most=Limit(2, 30), shifts_most=(("night", Limit(3, 70)),),
        forbidden=(Forbidden(("night", "", "day"), 300), Forbidden(("evening", "day"))),
    )  # fmt: skip
    ask = cases.wanted(
        days=3, ahead=2, rules=rules, hard_needs=True, together=40, country="DE", every=7, seconds=9,
        needs=(*cases.needs(2), NeedRow("night", (1,) * 7, "driver")),
        exceptions=(OtherNeed(FIRST, "day", 5), OtherNeed(FIRST, "night", 2, "driver")),
        alerts=(AlertDays(FIRST, FIRST + timedelta(days=1), "II", "evening"),),
        order=("squad/B", "squad/A"), shares={"I": 0.9, "II": 0.5, "III": 0.3, "IV": 0.1},
        fixed=(Fixed(str(cases.member().pk), FIRST, "night"),),
    )  # fmt: skip
    held = cases.kept(ask)
    client, address = client_as(Role.PLANNER), f"{NEW}?from={held.pk}"
    answer = client.post(address, cases.filled(client, address))
    assert answer.status_code == 302
    assert asks.parsed(PlanningJob.objects.get().ask) == ask


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"days": "0"}, "greater than or equal to 1"),
        ({"days": "9" * 30}, "less than or equal to 92"),
        ({"pattern": "none"}, "Select a valid choice"),
        ({"country": "XX"}, "holidays of this country are not known"),
        ({"need_day_0": "-1"}, "greater than or equal to 0"),
        ({"need_day_0": ""}, "required"),
        ({"rest_min": "nan"}, "Enter a number"),
        ({"rest_min_price": "x"}, "Enter a whole number"),
        ({"skills": "driver night"}, "Line 1: a skill, a shift (day, evening, night) and a number"),
        ({"exceptions": "2026-03-02 day 2\nsoon day 2"}, "Line 2: a day, a shift"),
        ({"forbidden": "night"}, "Line 1: two to seven of"),
        ({"forbidden": "night\0day"}, "Null characters"),
        ({"order": "nobody"}, "There is no “nobody” among these teams: squad/A"),
        ({"alert_0_level": "I", "alert_0_first": ""}, "From which day?"),
        (
            {"alert_0_level": "I", "alert_0_first": "2026-03-03", "alert_0_last": "2026-03-02"},
            "before the first",
        ),
        ({"share_I": "101"}, "less than or equal to 100"),
        ({"week_least": "50", "week_most": "40"}, "contradict each other"),
        ({"seconds": "100000"}, "less than or equal to 300"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named(county: Any, client_as: Any, change: dict[str, str], said: str) -> None:
    """400, the mend at the field, nothing queued."""
    cases.squad()
    client, address = client_as(Role.PLANNER), f"{NEW}?team=squad&first={FIRST}"
    answer = client.post(address, cases.filled(client, address) | change)
    assert answer.status_code == 400
    assert said in cases.text_of(answer)
    assert not PlanningJob.objects.exists()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("team=none&first=2026-03-02", 400), ("team=squad&first=soon", 400),
        ("team=squad&first=0001-01-01", 400),
        ("team=%00&first=2026-03-02", 400), ("from=x", 200), (f"from={'9' * 18}", 404),
        (f"from={'9' * 40}", 200), ("from=%00", 200),
    ],
)  # fmt: skip
def test_a_wrong_choice_is_refused(county: Any, client_as: Any, query: str, status: int) -> None:
    """Never an error of ours, posted or not."""
    cases.squad()
    client = client_as(Role.PLANNER)
    assert client.get(f"{NEW}?{query}").status_code == status
    assert client.post(f"{NEW}?{query}").status_code in {status, 400}


def test_without_members_the_page_sends_to_them(county: Any, client_as: Any) -> None:
    """A team without members cannot be chosen."""
    TeamFactory(area_code=COUNTY)
    assert "No team has members yet" in cases.text_of(client_as(Role.PLANNER).get(NEW))


def test_the_form_begins_with_the_newest_plans_crews(county: Any) -> None:
    """People of the team's cars that are out by shift, else what the members can man."""
    cases.squad()
    ask, source = defaults.usual(COUNTY6, ["squad"], FIRST)
    assert (source, ask.pattern) == ("strength", "four_teams_8")
    unit = Unit.objects.order_by("pk")[0]
    DeploymentPlanFactory(
        area_code=COUNTY, body={"out": [{"team": "squad", "unit": str(unit.pk), "shift": "night"}]}
    )
    ask, source = defaults.usual(COUNTY6, ["squad"], FIRST)
    assert source == "plan"
    assert {row.shift: row.people[0] for row in ask.needs} == {
        "day": 0,
        "evening": 0,
        "night": unit.crew_size,
    }


def test_the_next_roster_begins_where_the_last_ends(county: Any, client_as: Any) -> None:
    """The day after the last approved one of the team; without any, the Monday to come."""
    today = timezone.localdate()
    monday = asks.next_monday(today)
    assert defaults.first_day(COUNTY6, ["squad"], today) == monday
    assert (monday.weekday(), 0 < (monday - today).days <= 7) == (0, True)
    held = cases.kept(cases.wanted(first=today), approved=True)
    after = held.last + timedelta(days=1)
    assert defaults.first_day(COUNTY6, ["squad"], today) == after
    choose = client_as(Role.PLANNER).get(f"{NEW}?team=squad").context["choose"]
    assert choose.initial == {"team": ["squad"], "first": after}


# making


def test_the_same_ask_makes_no_second_version(county: Any) -> None:
    """Asked again with nothing changed, the version that is there is the answer."""
    cases.squad()
    first = domain.make_roster(COUNTY6, cases.short(), None)
    assert domain.make_roster(COUNTY6, cases.short(), None) == first
    assert domain.make_roster(COUNTY6, cases.short(days=3), None).version == 2
    assert Event.objects.filter(verb=Verb.ROSTER_MADE).count() == 2


def test_leave_and_wishes_are_kept(county: Any) -> None:
    """Who is away has no duty, who wishes a free day or a night gets it where it costs nothing."""
    away, free, night = (cases.member(code) for code in ("01", "02", "03"))
    AbsenceFactory(member=away, first=FIRST, last=FIRST)
    for member, shift, want in ((free, "", False), (night, "night", True)):
        Wish.objects.create(member=member, area_code=member.area_code, date=FIRST, shift=shift, want=want)
    made = domain.make_roster(COUNTY6, cases.short(), None)
    rows = made.body["result"]["rows"]
    assert [rows[str(one.pk)][0] for one in (away, free, night)] == ["", "", "night"]
    assert sum(one["wishes_met"] for one in made.body["result"]["tallies"]) == 2


def test_a_wish_that_is_not_met_is_marked(county: Any, client_as: Any) -> None:
    """The cell has its mark and says why; a day away has another."""
    cases.squad()
    wanted = cases.wanted()
    rows = gather(COUNTY6, wanted).problem.base or {}
    key = next(key for key, row in rows.items() if row[0])
    one = Member.objects.get(pk=int(key))
    Wish.objects.create(member=one, area_code=one.area_code, date=FIRST, shift="", want=False)
    other = Member.objects.get(pk=int(next(key for key, row in rows.items() if not row[0])))
    AbsenceFactory(member=other, first=FIRST, last=FIRST)
    said = cases.text_of(client_as(Role.PLANNER).get(reverse("planning:roster", args=[cases.kept().pk])))
    assert 'title="a wish is not met"' in said
    assert 'title="away">×' in said


def test_a_roster_goes_on_from_the_approved_one(county: Any) -> None:
    """Days before and what was left over come from it, of a draft nothing."""
    cases.squad()
    held = cases.kept(cases.wanted(first=FIRST - timedelta(days=14)))
    key = str(cases.member().pk)

    def told() -> Any:
        members = gather(COUNTY6, cases.wanted()).problem.members
        return next(one for one in members if one.code == key)

    assert told().before == ()
    domain.approve_roster(held, None)
    tally = next(one for one in held.body["result"]["tallies"] if one["member"] == key)
    assert told().before == tuple(held.body["result"]["rows"][key])
    assert told().balance.nights == tally["balance_nights"]


def test_a_level_calls_up_its_share_of_those_off_duty(county: Any) -> None:
    """Half of the two; the page says who and in which order, the cell has its mark."""
    cases.squad()
    alert = AlertDays(FIRST, FIRST, "II", "day")
    shares = {"I": 1.0, "II": 0.5, "III": 0.0, "IV": 0.0}
    rest = cases.lenient()
    ask = cases.wanted(days=4, alerts=(alert,), shares=shares, order=("squad/D",), rules=rest)
    made = domain.make_roster(COUNTY6, ask, None)
    shown = page(made)
    called = [Member.objects.get(pk=int(one["member"])).group for one in made.body["called"]]
    assert called == ["A"]
    turned = [f"squad 队 {group}" for group in "CDAB"]  # D, A, B, C turns by a place a day since 2024
    assert shown["order"] == turned
    assert (shown["called"][0]["level"], shown["short"]) == ("II", [])
    assert all(made.body["result"]["rows"][one["member"]][0] == "day" for one in made.body["called"])
    marks = [cell["text"] for block in shown["groups"] for row in block["rows"] for cell in row["cells"]]
    assert marks.count("D+") == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"needs": (NeedRow("noon", (1,) * 7),)}, "There is no shift “noon”"),
        ({"pattern": "day_and_night_24h"}, "does not fit the county's shifts"),
        ({"country": "XX"}, "holidays of this country are not known"),
    ],
)
def test_what_cannot_be_asked_is_said(county: Any, change: dict[str, Any], said: str) -> None:
    """What changed since the form was filled in ends the job with words."""
    cases.squad()
    with pytest.raises(NoData, match=said):
        domain.make_roster(COUNTY6, cases.wanted(**change), None)


def test_teams_without_members_are_said(county: Any) -> None:
    """No members, no roster."""
    with pytest.raises(NoData, match="no members yet"):
        domain.make_roster(COUNTY6, cases.wanted(), None)


def test_only_planners_make_rosters(county: Any) -> None:
    """The domain checks it again."""
    cases.squad()
    with pytest.raises(PermissionDenied):
        domain.make_roster(COUNTY6, cases.wanted(), posted(Role.PATROL, COUNTY))


# none that keeps all rules


@pytest.mark.parametrize("name", ["roster", "roster_print"])
def test_the_grid_has_a_row_a_member_and_a_cell_a_day(county: Any, client_as: Any, name: str) -> None:
    """Letters, cover below, tallies beside."""
    held = cases.kept()
    said = cases.text_of(client_as(Role.PATROL).get(reverse(f"planning:{name}", args=[held.pk])))
    assert said.count("data-member=") == 8
    assert said.count("data-day=") == 8 * 14
    assert said.count("data-cover=") == 3
    assert "roster-edit" not in said


def test_day_by_day_names_who_serves(county: Any, client_as: Any) -> None:
    """The other view has a card a day."""
    held = cases.kept()
    said = cases.text_of(
        client_as(Role.PATROL).get(reverse("planning:roster", args=[held.pk]), {"view": "days"})
    )
    assert said.count('<section class="panel" aria-labelledby="day-') == 14
    assert "03-02 (Monday)" in said


def test_somebody_away_since_is_told(county: Any, client_as: Any) -> None:
    """A duty on a day of leave noted later stands on top of the page."""
    held = cases.kept()
    one = cases.member()
    AbsenceFactory(member=one, first=FIRST, last=held.last)
    said = cases.text_of(client_as(Role.PLANNER).get(reverse("planning:roster", args=[held.pk])))
    assert "Away since this roster was made, but with a duty: 01." in said


def test_the_workbook_holds_the_roster(county: Any, client_as: Any) -> None:
    """Sheets of who serves, tallies, cover, broken rules, shifts; as many duties as there are."""
    held = cases.kept()
    answer = client_as(Role.PATROL).get(reverse("planning:roster_file", args=[held.pk]))
    sheets = pl.read_excel(io.BytesIO(answer.content), sheet_id=0, infer_schema_length=0)
    assert list(sheets) == ["1 Roster", "2 Tallies", "3 Cover", "4 Broken rules", "5 Shifts"]
    grid = sheets["1 Roster"]
    assert grid.shape == (8, 3 + 14)
    letters = [cell for row in grid.rows() for cell in row[3:] if cell]
    assert len(letters) == sum(bool(code) for row in held.body["result"]["rows"].values() for code in row)
    assert set(letters) == {"D", "E", "N"}
    assert len(sheets["3 Cover"]) == 3 * 14


def test_rosters_stay_in_the_county(county: Any, client_as: Any) -> None:
    """Another county's planner finds none, nor may begin from one."""
    held = cases.kept()
    client = client_as(Role.PLANNER, ELSEWHERE)
    assert client.get(reverse("planning:roster", args=[held.pk])).status_code in {403, 404}
    assert client.get(f"{NEW}?from={held.pk}").status_code in {403, 404}
