"""Members of teams: entered, imported all or none, retired; absences, wishes; a member's own page."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests.factories import COUNTY, ELSEWHERE, TOWNSHIPS, AbsenceFactory, TeamFactory, posted, signed_in
from tests.service.planning import roster_cases as cases

from anlan.service.log.models import Event
from anlan.service.log.verbs import Verb
from anlan.service.planning import calendars, domain
from anlan.service.planning.models import Absence, Member, Wish
from anlan.service.staff.models import Role

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

IMPORT = "/planning/rosters/members/import/"


def text_of(answer: Any) -> str:
    """What a page says."""
    return str(answer.content.decode())


def sent(client: Client, text: str | bytes, name: str = "members.csv", **extra: Any) -> HttpResponse:
    """Import a file."""
    content = text.encode() if isinstance(text, str) else text
    answer: HttpResponse = client.post(IMPORT, {"file": SimpleUploadedFile(name, content)}, **extra)
    return answer


def test_a_team_is_filled_up_to_its_strength(county: Any, client_as: Any) -> None:
    """Ten people in four groups: two groups of three, two of two; filled once, full."""
    team = TeamFactory(strength=10, area_code=TOWNSHIPS[0])
    client, address = client_as(Role.PLANNER), reverse("planning:members_fill", args=[team.pk])
    said = text_of(client.post(address, {"groups": "4"}, follow=True))
    groups = list(team.members.values_list("group", flat=True))
    assert "10 members added." in said
    assert [groups.count(name) for name in "ABCD"] == [3, 3, 2, 2]
    assert sorted(team.members.values_list("code", flat=True)) == [f"{n:02}" for n in range(1, 11)]
    assert "0 members added." in text_of(client.post(address, {"groups": "4"}, follow=True))
    assert Event.objects.filter(verb=Verb.MEMBERS_SAVED).count() == 1


@pytest.mark.parametrize("groups", ["", "0", "27", "-1", "9" * 30, "four", "\0"])
def test_a_wrong_number_of_groups_fills_nothing(county: Any, client_as: Any, groups: str) -> None:
    """The team's page says which numbers do."""
    team = TeamFactory(area_code=TOWNSHIPS[0])
    address = reverse("planning:members_fill", args=[team.pk])
    assert "From 1 to 26 groups." in text_of(
        client_as(Role.PLANNER).post(address, {"groups": groups}, follow=True)
    )
    assert not team.members.exists()


def test_a_file_of_members_is_taken(county: Any, client_as: Any) -> None:
    """New ones come, those that are there get the new facts, nobody goes; said again it changes nothing."""
    squad = cases.squad(people=2, groups=1)
    text = (
        "team,code,group,skills,weekly_hours\n"
        "squad,01,A,driver; first aid,36\n"
        "squad,A-03,B,,37.5\n"
        "\n"
        "squad,A-04,,driver；arms,\n"
    )
    client = client_as(Role.PLANNER)
    assert "3 of 3 members were new or changed." in text_of(sent(client, text, follow=True))
    assert list(squad.members.order_by("code").values_list("code", "group", "skills", "weekly_minutes")) == [
        ("01", "A", ["driver", "first aid"], 2160),
        ("02", "", [], 2400),
        ("A-03", "B", [], 2250),
        ("A-04", "", ["arms", "driver"], 2400),
    ]
    assert "0 of 3 members" in text_of(sent(client, text, follow=True))


def test_the_workbook_of_members_can_be_imported(county: Any, client_as: Any) -> None:
    """What the template holds goes back in unchanged, and a changed cell changes one member."""
    cases.squad(people=3)
    client = client_as(Role.PLANNER)
    held = client.get(reverse("planning:members_template")).content
    assert "0 of 3 members" in text_of(sent(client, held, "members.xlsx", follow=True))
    frame = pl.read_excel(io.BytesIO(held), infer_schema_length=0)
    changed = io.BytesIO()
    frame.with_columns(pl.lit("driver").alias("skills")).head(1).write_excel(changed)
    assert "1 of 1 members" in text_of(sent(client, changed.getvalue(), "members.xlsx", follow=True))
    assert Member.objects.filter(skills=["driver"]).count() == 1


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("squad,A-01,,,40\nnone,A-02,,,40", "Row 3, team: there is no team with the code “none”"),
        ("squad,A-01,,,40\nsquad,,A,,40", "Row 3, code: a member needs a code"),
        ("squad,A-01,,,40\nsquad,A-01,,,40", "Row 3, code: A-01 stands twice in team squad"),
        ("squad,A-01,,,40\nsquad,A-02,,,forty", "Row 3, weekly_hours: “forty” is no number of hours"),
        ("squad,A-01,,,40\nsquad,A-02,,,0", "Row 3, weekly_hours: above 0 and at most 84"),
        ("squad,A-01,,,nan", "Row 2, weekly_hours: “nan” is no number"),
        ("squad,A-01,a/b,,40", "Row 2, group: at most 20 characters, no slash"),
        (f"squad,A-01,,{'x' * 21},40", "Row 2, skills: at most 10, of at most 20 characters"),
        (f"squad,{'x' * 21},,,40", "Row 2, code: a member needs a code of at most 20"),
        ("squad,A-01,,,40\nsquad,A-02,,,40,more,still", "Row 3: it has more or fewer fields"),
    ],
)  # fmt: skip
def test_an_import_is_all_or_nothing(county: Any, client_as: Any, rows: str, said: str) -> None:
    """400, the row and field named with the mend, and no row of the file taken."""
    squad = cases.squad(people=0)
    answer = sent(client_as(Role.PLANNER), f"team,code,group,skills,weekly_hours\n{rows}\n")
    assert answer.status_code == 400
    assert said in text_of(answer)
    assert not squad.members.exists()


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "members.csv", "empty"),
        (b"team,name\nsquad,A-01\n", "members.csv", "Column “code” is missing"),
        (b"team,code\n", "members.csv", "The file has no rows."),
        (b"PK\x03\x04 no workbook", "members.xlsx", "Nothing was imported"),
        (b"\xff\xfe\x00\x01", "members.csv", "Nothing was imported"),
        (b"%PDF", "members.pdf", "Nothing was imported"),
    ],
)
def test_an_unreadable_file_is_refused(
    county: Any, client_as: Any, content: bytes, name: str, said: str
) -> None:
    """400 with what to do, never an error of ours."""
    answer = sent(client_as(Role.PLANNER), content, name)
    assert answer.status_code == 400
    assert said in text_of(answer)


def test_another_countys_teams_are_unknown_to_an_import(county: Any, client_as: Any) -> None:
    """A file cannot reach outside."""
    TeamFactory(code="far", area_code=ELSEWHERE)
    assert "no team with the code “far”" in text_of(sent(client_as(Role.PLANNER), "team,code\nfar,01\n"))


def test_a_member_is_added_changed_retired_and_back(county: Any, client_as: Any) -> None:
    """By the forms; a code that is taken is said at its field, doing it twice is doing it once."""
    squad, client = cases.squad(people=1, groups=1), client_as(Role.PLANNER)
    page = reverse("planning:members_team", args=[squad.pk])
    facts = {"code": "A-07", "group": "A", "skills": "driver", "weekly_hours": "36"}
    assert "A-07" in text_of(client.post(page, facts, follow=True))
    taken = client.post(page, facts)
    assert (taken.status_code, "This code is taken in the team." in text_of(taken)) == (400, True)
    one = squad.members.get(code="A-07")
    own = reverse("planning:member", args=[one.pk])
    account = posted(Role.PATROL, COUNTY, username="li")
    client.post(own, facts | {"code": "A-08", "account": account.pk})
    one.refresh_from_db()
    assert (one.code, one.account, one.weekly_minutes) == ("A-08", account, 2160)
    wrong = client.post(own, facts | {"code": "01"})
    assert (wrong.status_code, "This code is taken in the team." in text_of(wrong)) == (400, True)
    for _ in range(2):
        assert "retired" in text_of(
            client.post(reverse("planning:member_retire", args=[one.pk]), follow=True)
        )
    client.post(own, facts | {"code": "A-08"})
    one.refresh_from_db()
    assert one.active
    assert Event.objects.filter(verb=Verb.MEMBERS_SAVED, record_id=str(one.pk)).count() == 3


@pytest.mark.parametrize(
    "facts",
    [
        {}, {"code": "a\0b", "weekly_hours": "40"}, {"code": "x" * 21, "weekly_hours": "40"},
        {"code": "A", "weekly_hours": "nan"}, {"code": "A", "weekly_hours": "1e400"},
        {"code": "A/1", "weekly_hours": "40"},
        {"code": "A", "weekly_hours": "40", "skills": ";".join("abcdefghijkl")},
    ],
)  # fmt: skip
def test_wrong_facts_of_a_member_are_refused(county: Any, client_as: Any, facts: dict[str, str]) -> None:
    """400 on both forms, nothing kept."""
    one = cases.member()
    for name, pk in (("members_team", one.team_id), ("member", one.pk)):
        assert client_as(Role.PLANNER).post(reverse(f"planning:{name}", args=[pk]), facts).status_code == 400
    assert Member.objects.filter(team=one.team).count() == 8


def test_an_account_of_elsewhere_is_refused(county: Any) -> None:
    """Only who is posted in the county may be linked."""
    one, stranger = cases.member(), posted(Role.PATROL, ELSEWHERE)
    row = domain.MemberRow("squad", one.code)
    with pytest.raises(ValidationError, match="not posted in the county"):
        domain.change_member(one, row, stranger, posted(Role.PLANNER))


def test_absences_are_noted_once_and_taken_back(county: Any, client_as: Any) -> None:
    """They stand on the member's page and in the log."""
    one, client, today = cases.member(), client_as(Role.PLANNER), timezone.localdate()
    away = reverse("planning:member_away", args=[one.pk])
    last = today + timedelta(days=3)
    for _ in range(2):
        said = text_of(client.post(away, {"kind": "leave", "first": today, "last": last}, follow=True))
    assert f"{today} – {last}: Leave" in said
    held = Absence.objects.get()
    day = {"first": today, "last": last}
    backwards, ages = {"first": last, "last": today}, {"first": "0001-01-01", "last": "9999-12-31"}
    for wrong in ({}, {"kind": "leave"} | backwards, {"kind": "x"} | day, {"kind": "leave"} | ages):
        assert client.post(away, wrong).status_code == 400
    client.post(reverse("planning:absence_remove", args=[held.pk]))
    assert client.post(reverse("planning:absence_remove", args=[held.pk])).status_code == 404
    assert not Absence.objects.exists()
    assert Event.objects.filter(verb=Verb.ABSENCE_SAVED).count() == 2


def test_a_member_wishes_for_itself_and_for_nobody_else(county: Any) -> None:
    """Its page has the form; another's membership is not found; a planner may for each."""
    one, other = cases.member("01"), cases.member("02")
    client = signed_in(posted(Role.PATROL, COUNTY))
    Member.objects.filter(pk=one.pk).update(account=client.account)
    day = timezone.localdate() + timedelta(days=10)
    mine = reverse("planning:my_wish", args=[one.pk])
    said = text_of(client.post(mine, {"date": day, "wish": "-:night"}, follow=True))
    assert "not: Night" in said
    wish = Wish.objects.get()
    assert (wish.member, wish.shift, wish.want) == (one, "night", False)
    assert (
        client.post(reverse("planning:my_wish", args=[other.pk]), {"date": day, "wish": "-:"}).status_code
        == 404
    )
    assert (
        client.post(reverse("planning:member_wish", args=[one.pk]), {"date": day, "wish": "-:"}).status_code
        == 403
    )
    with pytest.raises(PermissionDenied):
        domain.save_wish(other, day, "", wants=False, actor=client.account)
    domain.save_wish(other, day, "", wants=False, actor=posted(Role.PLANNER))
    client.post(mine, {"remove": wish.pk})
    assert list(Wish.objects.values_list("member", flat=True)) == [other.pk]


@pytest.mark.parametrize(
    "given",
    [
        {}, {"wish": "-:"}, {"date": "2001-01-01", "wish": "-:"}, {"date": "9999-12-31", "wish": "-:"},
        {"date": "today", "wish": "-:nonsense"}, {"date": "today", "wish": "\0"},
    ],
)  # fmt: skip
def test_wrong_wishes_are_refused(county: Any, given: dict[str, str]) -> None:
    """400 on the member's own page, and the others' parts of it stand."""
    client = signed_in(posted(Role.PATROL, COUNTY))
    one = cases.member()
    Member.objects.filter(pk=one.pk).update(account=client.account)
    day = {"date": timezone.localdate()} if given.get("date") == "today" else {}
    answer = client.post(reverse("planning:my_wish", args=[one.pk]), given | day)
    assert answer.status_code == 400
    assert not Wish.objects.exists()


def test_removing_a_wish_that_is_none_changes_nothing(county: Any, client_as: Any) -> None:
    """Garbage in `remove` is no error of ours."""
    one, client = cases.member(), client_as(Role.PLANNER)
    for wrong in ("x", "9" * 30, "\0", "-1", "0"):
        assert (
            client.post(reverse("planning:member_wish", args=[one.pk]), {"remove": wrong}).status_code == 302
        )


def test_my_duty_shows_the_approved_roster(county: Any) -> None:
    """Nothing of a draft; of an approved one the coming duties, with whom, and the calendar's address."""
    one = cases.member()
    client, page = signed_in(posted(Role.PATROL, COUNTY)), reverse("planning:my_duty")
    assert "No member is linked to your account" in text_of(client.get(page))
    Member.objects.filter(pk=one.pk).update(account=client.account)
    draft = cases.kept(cases.wanted(first=timezone.localdate()))
    assert "No duty in the approved rosters" in text_of(client.get(page))
    domain.approve_roster(draft, None)
    said = text_of(client.get(page))
    duties = [code for code in draft.body["result"]["rows"][str(one.pk)] if code]
    assert said.count('<th scope="row">') == len(duties)
    assert said.count('<td class="wide">05</td>') == len(duties)
    assert f"Rosters are approved up to {draft.last}" in said
    (token,) = set(re.findall(r"/calendars/([^/]+)/duties\.ics", said))
    assert calendars.of_token(token) == one


@pytest.mark.parametrize("name", ["members", "members_team", "rosters"])
def test_lists_ask_the_same_of_one_row_and_of_thirty(county: Any, client_as: Any, name: str) -> None:
    """The number of queries does not grow."""
    one, client = cases.member(), client_as(Role.PLANNER)
    cases.kept()
    address = reverse(f"planning:{name}", args=[one.team_id] if name == "members_team" else [])
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(29):
        TeamFactory(area_code=COUNTY)
        cases.kept(version=number + 2)
        Member.objects.create(team=one.team, area_code=one.area_code, code=f"B-{number}")
        AbsenceFactory(member=one, first=timezone.localdate(), last=timezone.localdate())
    with CaptureQueriesContext(connection) as many:
        answer = client.get(address)
    assert len(answer.context["page"].object_list) == 30
    assert len(many) == len(few)


def test_members_stay_in_the_county(county: Any, client_as: Any) -> None:
    """Another county's planner finds neither team, member nor absence."""
    one = cases.member()
    absence = AbsenceFactory(member=one)
    client = client_as(Role.PLANNER, ELSEWHERE)
    for name, pk in (("members_team", one.team_id), ("member", one.pk), ("absence_remove", absence.pk)):
        send = client.post if name == "absence_remove" else client.get
        assert send(reverse(f"planning:{name}", args=[pk])).status_code in {403, 404}
    assert Absence.objects.exists()
