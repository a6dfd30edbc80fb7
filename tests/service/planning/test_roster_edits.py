"""A roster changed by hand: checked without keeping, kept, searched around, taken over from who is ill."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from tests.factories import COUNTY, ELSEWHERE, posted
from tests.service.planning import roster_cases as cases
from tests.service.planning.roster_cases import short, text_of
from tests.service.planning.test_trial_pages import INLINE

from anlan.engine.planning.roster import Cell
from anlan.service.planning import domain
from anlan.service.planning.models import Absence, Roster
from anlan.service.planning.rosters import ask as asks
from anlan.service.planning.rosters import records
from anlan.service.planning.rosters.ask import NeedRow
from anlan.service.staff.models import Role

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

FIRST = cases.FIRST
EVENINGS = tuple(
    NeedRow(shift, (people,) * 7) for shift, people in (("day", 1), ("evening", 2), ("night", 1))
)
WRONG = ["", "x", "\0", "{}", "[1]", "null", '[{"member": "1", "day": -1, "shift": ""}]', "[" * 2000]


def cell(roster: Roster, code: str, day: int, shift: str) -> dict[str, Any]:
    """A change as the page sends it."""
    key = next(one["key"] for one in roster.body["people"] if one["code"] == code)
    return {"member": key, "day": day, "shift": shift}


def check(client: Client, roster: Roster, body: Any) -> HttpResponse:
    """Ask what a change would break."""
    address = reverse("planning:roster_check", args=[roster.pk])
    text = body if isinstance(body, str) else json.dumps(body)
    answer: HttpResponse = client.post(address, text, content_type="application/json")
    return answer


def edit(client: Client, roster: Roster, **given: Any) -> Any:
    """Send the form."""
    return client.post(reverse("planning:roster_edit", args=[roster.pk]), given, follow=True)


def serving(roster: Roster, day: int, shift: str) -> list[str]:
    """Codes of who serves."""
    rows = roster.body["result"]["rows"]
    return [one["code"] for one in roster.body["people"] if rows[one["key"]][day] == shift]


def test_a_check_tells_and_keeps_nothing(county: Any, client_as: Any) -> None:
    """Evening then day: the broken rest is told, with the new cover; the roster stays as it was."""
    held = cases.kept()
    client = client_as(Role.PLANNER)
    given = json.loads(check(client, held, [cell(held, "01", 0, "evening")]).content)
    assert "01: 8 h of rest before the Day shift of 03-03 (Tue), 11 h asked for." in given["html"]
    assert [0, "evening", "", 3, 1] in given["cover"]
    assert Roster.objects.get().body == held.body


def test_a_check_tells_what_the_change_adds(county: Any, client_as: Any) -> None:
    """Three missing in every shift before: only the shift that loses another one is told."""
    held = cases.kept(cases.wanted(needs=cases.needs(5)))
    moved = [cell(held, "03", 0, "night")]
    told = json.loads(check(client_as(Role.PLANNER), held, moved).content)["html"]
    assert told.count("of 5 people") == 1
    assert "Evening shift of 03-02 (Mon): 1 of 5 people." in told


@pytest.mark.parametrize("body", WRONG)
def test_an_unreadable_check_is_refused(county: Any, client_as: Any, body: str) -> None:
    """422 with words."""
    answer = check(client_as(Role.PLANNER), cases.kept(), body)
    assert answer.status_code == 422
    assert "Reload" in json.loads(answer.content)["error"]


@pytest.mark.parametrize(("member", "day", "shift"), [("0", 0, "day"), ("", 99, "day"), ("", 0, "noon")])
def test_a_cell_the_roster_has_not_is_refused(
    county: Any, client_as: Any, member: str, day: int, shift: str
) -> None:
    """Member, day and shift must be its own, checked or kept."""
    held, client = cases.kept(), client_as(Role.PLANNER)
    one = cell(held, "01", day, shift) | ({"member": member} if member else {})
    assert check(client, held, [one]).status_code == 422
    said = text_of(edit(client, held, cells=json.dumps([one]), do="keep"))
    assert "a member, day or shift that this roster has not" in said
    assert Roster.objects.count() == 1


def test_a_change_is_kept_as_a_version(county: Any, client_as: Any) -> None:
    """Only the cells change; they are marked and stay when it is searched again."""
    held, client = cases.kept(), client_as(Role.PLANNER)
    said = text_of(edit(client, held, cells=json.dumps([cell(held, "01", 0, "day")]), do="keep"))
    made = Roster.objects.get(parent=held)
    assert (made.version, made.approved_at, made.made_by) == (2, None, client.account)
    assert "Kept as version 2." in said
    assert 'title="set by hand">D' in said
    key = next(one["key"] for one in held.body["people"] if one["code"] == "01")
    before, after = held.body["result"]["rows"], made.body["result"]["rows"]
    assert after == {**before, key: ["day", *before[key][1:]]}
    assert [(one.member, one.date, one.shift) for one in asks.parsed(made.ask).fixed] == [(key, FIRST, "day")]


def test_the_form_without_script_changes_one_cell(county: Any, client_as: Any) -> None:
    """Member, day and shift as plain fields; off is empty."""
    held = cases.kept()
    edit(client_as(Role.PLANNER), held, **cell(held, "03", 0, ""), do="keep")
    assert "03" in serving(held, 0, "evening")
    assert "03" not in serving(Roster.objects.get(parent=held), 0, "evening")


def test_keeping_nothing_is_told(county: Any, client_as: Any) -> None:
    """An empty form makes no version."""
    held, client = cases.kept(), client_as(Role.PLANNER)
    for given in ({}, {"cells": "[]", "do": "keep"}, *({"cells": text, "do": "keep"} for text in WRONG)):
        assert edit(client, held, **given).status_code == 200
    assert Roster.objects.count() == 1
    with pytest.raises(domain.NotReady, match="Nothing was changed"):
        domain.edit_roster(held, [], client.account)


def test_it_is_searched_around_changes(county: Any, client_as: Any, settings: Any) -> None:
    """What was set stays, needs are met again, and most others keep their duties."""
    settings.TASKS = INLINE
    cases.squad()
    held = domain.make_roster(cases.COUNTY6, short(days=3), None)
    client, code = client_as(Role.PLANNER), serving(held, 0, "night")[0]
    edit(client, held, cells=json.dumps([cell(held, code, 0, "")]), do="solve")
    made = Roster.objects.get(parent=held)
    assert code not in serving(made, 0, "night")
    assert all(serving(made, day, shift) for day in range(3) for shift in cases.SHIFTS)
    rows, now = (records.rows_of(one) for one in (held, made))
    assert sum(rows[key][day] != now[key][day] for key in rows for day in range(3)) <= 3


def test_another_countys_rosters_cannot_be_changed(county: Any, client_as: Any) -> None:
    """Neither checked nor kept; the domain checks again."""
    held = cases.kept()
    client = client_as(Role.PLANNER, ELSEWHERE)
    assert check(client, held, []).status_code in {403, 404}
    with pytest.raises(PermissionDenied):
        domain.edit_roster(held, [Cell("1", 0, "")], client.account)


# somebody is ill


def test_who_could_take_over_is_ranked(county: Any, client_as: Any) -> None:
    """One of two in the evening ill and two needed: those who may, the best proposed, of a shift to spare."""
    held = cases.kept(cases.wanted(needs=EVENINGS))
    ill = cell(held, "03", 0, "")["member"]
    day = {"member": ill, "first": FIRST, "last": FIRST}
    answer = client_as(Role.PLANNER).get(reverse("planning:roster_ill", args=[held.pk]), day)
    (gap,) = answer.context["gaps"]
    assert (gap["covered"], gap["shift"]) == (False, "Evening shift")
    assert gap["proposed"] == gap["takers"][0]["key"]
    costs = [one["change"] for one in gap["takers"]]
    assert costs == sorted(costs)
    assert ill not in {one["key"] for one in gap["takers"]}


def test_nobody_is_proposed_who_would_only_move_the_gap(county: Any, client_as: Any) -> None:
    """Two needed in every shift: who leaves another one leaves it short."""
    held = cases.kept(cases.wanted(needs=cases.needs(2)))
    day = {"member": cell(held, "03", 0, "")["member"], "first": FIRST, "last": FIRST}
    answer = client_as(Role.PLANNER).get(reverse("planning:roster_ill", args=[held.pk]), day)
    (gap,) = answer.context["gaps"]
    assert (gap["covered"], gap["proposed"], bool(gap["takers"])) == (False, "", True)


def test_where_the_need_is_met_nobody_is_proposed(county: Any, client_as: Any) -> None:
    """One is needed and another is there."""
    held = cases.kept()
    day = {"member": cell(held, "03", 0, "")["member"], "first": FIRST, "last": FIRST}
    answer = client_as(Role.PLANNER).get(reverse("planning:roster_ill", args=[held.pk]), day)
    assert [(gap["covered"], gap["proposed"]) for gap in answer.context["gaps"]] == [(True, "")]


def test_the_duty_goes_to_who_takes_over(county: Any, client_as: Any) -> None:
    """The absence is noted, the approved roster's new version is approved at once by who may."""
    held = cases.kept(cases.wanted(needs=EVENINGS), approved=True)
    client = client_as(Role.WATCH_COMMANDER)
    ill, last = cell(held, "03", 0, "")["member"], FIRST + timedelta(days=1)
    day = {"member": ill, "first": FIRST, "last": last}
    address = reverse("planning:roster_ill", args=[held.pk])
    takers = {f"taker_{gap['day']}": gap["proposed"] for gap in client.get(address, day).context["gaps"]}
    client.post(reverse("planning:roster_takeover", args=[held.pk]), day | takers)
    made, absence = Roster.objects.get(parent=held), Absence.objects.get()
    assert (str(absence.member_id), absence.first, absence.last) == (ill, FIRST, last)
    rows = records.rows_of(made)
    assert rows[ill][:2] == ("", "")
    assert rows[takers["taker_0"]][0] == "evening"
    assert made.approved_by == client.account


def test_a_planner_s_takeover_waits_for_approval(county: Any, client_as: Any) -> None:
    """Who may not approve leaves a draft; the old version stays in force."""
    held = cases.kept(approved=True)
    day = {"member": cell(held, "03", 0, "")["member"], "first": FIRST, "last": FIRST}
    client_as(Role.PLANNER).post(reverse("planning:roster_takeover", args=[held.pk]), day)
    assert Roster.objects.get(parent=held).approved_at is None


def test_a_taker_who_would_break_a_rule_is_refused(county: Any, client_as: Any) -> None:
    """Posted by hand: the rule is named, neither absence nor version is kept."""
    held = cases.kept(cases.wanted(needs=EVENINGS))
    day = {"member": cell(held, "03", 0, "")["member"], "first": FIRST, "last": FIRST}
    taker = {"taker_0": cell(held, "01", 0, "")["member"]}
    answer = client_as(Role.PLANNER).post(
        reverse("planning:roster_takeover", args=[held.pk]), day | taker, follow=True
    )
    assert "This would break a rule: 01: 8 h of rest before the Day shift of 03-03 (Tue)" in text_of(answer)
    assert (Roster.objects.count(), Absence.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    "given",
    [
        {}, {"member": "x", "first": "2026-03-02", "last": "2026-03-02"},
        {"member": "01", "first": "2026-03-05", "last": "2026-03-02"},
        {"member": "01", "first": "2020-01-01", "last": "2026-03-02"},
        {"member": "01", "first": "soon", "last": "\0"},
    ],
)  # fmt: skip
def test_a_wrong_absence_is_refused(county: Any, client_as: Any, given: dict[str, str]) -> None:
    """400 when asked, words when posted, nothing kept."""
    held, client = cases.kept(), client_as(Role.PLANNER)
    sent = given | ({"member": cell(held, "01", 0, "")["member"]} if given.get("member") == "01" else {})
    asked = client.get(reverse("planning:roster_ill", args=[held.pk]), sent)
    assert asked.status_code == (400 if sent else 200)
    said = client.post(reverse("planning:roster_takeover", args=[held.pk]), sent, follow=True)
    assert "Say who is away" in text_of(said)
    assert not Absence.objects.exists()


def test_only_planners_take_over(county: Any) -> None:
    """The domain checks it again."""
    held = cases.kept()
    with pytest.raises(PermissionDenied):
        domain.take_over(held, cases.member(), FIRST, FIRST, {}, posted(Role.PATROL, COUNTY))
