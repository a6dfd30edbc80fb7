"""Joint command: forces stated, plans made, in words, approved, printed, exported."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from tests.factories import COUNTY, ELSEWHERE
from tests.service.planning import joint_cases as cases
from tests.service.planning.joint_cases import COUNTY6, FIRST, GUARDS, OFFICE, SPECIAL

from anlan.engine.planning.joint import Task
from anlan.service.log.models import Event
from anlan.service.log.verbs import Verb
from anlan.service.patrol.evidence import NoData
from anlan.service.planning import domain
from anlan.service.planning.joint import queries
from anlan.service.planning.joint.ask import PinLine
from anlan.service.planning.joint.gather import gather
from anlan.service.planning.joint.page import day_table, page
from anlan.service.planning.joint.rules import OfficeRule, plain, rules_of
from anlan.service.planning.models import JointCommand, PlanningJob
from anlan.service.planning.presentation.orders import joint_command
from anlan.service.staff.models import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db
LIST = "/planning/joint/"


def pin(force: str, people: int, task: str = "CP-1", shift: str = "day") -> PinLine:
    """A pin on the first day."""
    return PinLine(FIRST, shift, force, task, people)


def test_forces_are_drawn_from_teams(county: Any) -> None:
    """Strengths by kind of team; those without people are left out; stated ones take their place."""
    cases.teams()
    assert {force.code: force.members for force in rules_of(COUNTY6).forces} == {
        "special": 10, "community": 6,
    }  # fmt: skip
    stated = cases.state()
    assert rules_of(COUNTY6) == stated


def test_stating_is_logged_once(county: Any, posted: Callable[..., Any]) -> None:
    """A second time of the same changes nothing."""
    actor = posted(Role.PLANNER, COUNTY)
    assert domain.set_joint_rules(COUNTY6, cases.rules(), actor)
    assert not domain.set_joint_rules(COUNTY6, cases.rules(), actor)
    event = Event.objects.get(verb=Verb.JOINT_RULES_CHANGED)
    assert event.data["after"] == plain(cases.rules())


@pytest.mark.parametrize(("role", "area"), [(Role.DISPATCHER, COUNTY), (Role.PLANNER, ELSEWHERE)])
def test_others_may_not(role: str, area: str, county: Any, posted: Callable[..., Any]) -> None:
    """Planners and watch commanders of the county itself."""
    cases.state()
    with pytest.raises(PermissionDenied):
        domain.set_joint_rules(COUNTY6, cases.rules(), posted(role, area))
    with pytest.raises(PermissionDenied):
        domain.make_joint(COUNTY6, cases.asked(), posted(role, area))


def test_a_week_is_manned(county: Any) -> None:
    """Both checkpoints in every shift, one armed at each, guards beside at most two each."""
    plan = cases.made()
    result, cells = plan.body["result"], plan.body["cells"]
    assert (plan.short, plan.possible, len(cells)) == (0, True, 7 * 3 * 2)
    there: dict[Any, dict[str, int]] = {}
    for one in result["sent"]:
        there.setdefault((one["code"], one["day"], one["shift"]), {})[one["force"]] = one["people"]
    assert all(sum(mix.values()) == 3 and mix["special"] >= 1 for mix in there.values())
    assert all(mix.get("guards", 0) <= 2 * mix["special"] for mix in there.values())
    assert len(there) == len(cells)
    assert page(plan)["quality"] == "Nothing is short."


def test_levels_say_which_rings_are_manned(county: Any) -> None:
    """III the inner ring, IV none; standby where its level asks for people."""
    cases.state(standby=replace(cases.NOBODY, people={"I": 0, "II": 0, "III": 2, "IV": 1}))
    found = gather(COUNTY6, cases.asked(levels=("III", "IV", "II", "IV", "IV", "IV", "IV")))
    by_day = {
        day: {(cell.code, cell.people) for cell in found.problem.cells if cell.day == day} for day in range(3)
    }
    assert by_day == {
        0: {("CP-1", 3), ("standby", 2)}, 1: {("standby", 1)}, 2: {("CP-1", 3), ("CP-2", 3)},
    }  # fmt: skip


def test_what_is_short_is_said(county: Any) -> None:
    """Four officers cannot man two checkpoints in three shifts: what, when, why, and what would help."""
    cases.state(replace(SPECIAL, members=4, max_hours=60), replace(GUARDS, members=0))
    plan = cases.made()
    shown = page(plan)
    assert plan.short > 0
    assert shown["sent"] + plan.short == shown["needed"]
    assert "Special police: all are out" in shown["short"][0]["why"][0]
    assert any("Special police" in text and "would cover up to" in text for text in shown["reliefs"])
    assert any(text.startswith("Special police: everybody is out on") for text in shown["binds"])


@pytest.mark.parametrize(
    ("force", "reason"),
    [
        (replace(GUARDS, tasks=(Task.PATROL,)), "not for this task"),
        (replace(GUARDS, shifts=("lunch",)), "not in this shift"),
        (replace(GUARDS, off=(0, 1, 2, 3, 4, 5, 6)), "day off"),
        (replace(GUARDS, beats=("nowhere",)), "not in this beat"),
        (replace(GUARDS, group=31), "too few are left for a group"),
        (replace(GUARDS, max_hours=0), "the hours of the week are used up"),
    ],
)
def test_each_rule_keeps_a_force_away(force: Any, reason: str, county: Any) -> None:
    """With one officer everywhere all else must come from the guards, whom the rule keeps away."""
    cases.state(replace(SPECIAL, members=6, most=2, max_hours=60), force)
    plan = cases.made()
    assert not any(one["force"] == "guards" for one in plan.body["result"]["sent"])
    assert all(f"Guards: {reason}" in row["why"][1] for row in page(plan)["short"])


def test_office_groups_come_out_twice_a_week(county: Any) -> None:
    """Not on days running; the next plan goes on from the last approved one."""
    cases.state(SPECIAL, OFFICE)
    plan = cases.made()
    for one in plan.body["result"]["offices"]:
        first, second = one["days"]
        assert second - first > 1
    ahead = cases.asked(first=FIRST + timedelta(days=7))
    fresh = gather(COUNTY6, ahead).problem.forces[1].offices
    assert [office.rested for office in fresh] == [7, 7]
    domain.approve_joint(plan, None)
    after = gather(COUNTY6, ahead).problem.forces[1].offices
    turns = plan.body["result"]["offices"]
    assert [office.rested for office in after] == [6 - one["days"][-1] for one in turns]
    assert [office.weekends for office in after] == [one["weekends"] for one in turns]


def test_a_pin_is_kept(county: Any) -> None:
    """So many of a force there, or none of it."""
    plan = cases.made(cases.asked(pins=(pin("guards", 0), pin("special", 3, shift="night"))))
    found = {
        (one["force"], one["shift"]): one["people"]
        for one in plan.body["result"]["sent"]
        if one["day"] == 0 and one["code"] == "CP-1"
    }
    assert ("guards", "day") not in found
    assert found["special", "night"] == 3


def test_contradicting_rules_are_said(county: Any, client_as: Callable[..., Client]) -> None:
    """More pinned than there are: both rules, the least change, and no approval."""
    cases.state(replace(SPECIAL, members=2))
    plan = cases.made(cases.asked(pins=(pin("special", 3),)))
    shown = page(plan)
    assert not plan.possible
    assert any("Special police: 3 pinned at North Gate" in text for text in shown["conflicts"])
    assert any("no more people than there are" in text for text in shown["conflicts"])
    assert len(shown["relaxed"]) == 1
    with pytest.raises(domain.NotReady):
        domain.approve_joint(plan, None)
    client = client_as("planner")
    text = client.get(f"{LIST}{plan.pk}/").content.decode()
    assert "These rules cannot all hold" in text
    assert client.get(f"{LIST}{plan.pk}/joint.xlsx").status_code == 302
    assert client.get(f"{LIST}{plan.pk}/print/").status_code == 302


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"levels": ("IV",) * 7}, "nothing to man"),
        ({"pins": (pin("special", 1, task="CP-9"),)}, "CP-9 is not manned on 2026-03-02"),
    ],
)
def test_what_cannot_be_asked_is_refused(change: Any, told: str, county: Any) -> None:
    """With the reason in words."""
    cases.state()
    with pytest.raises(NoData, match=told):
        cases.made(cases.asked(**change))


def test_asked_twice_it_is_one_version(county: Any) -> None:
    """Other rules make another."""
    one, same = cases.made(), cases.made()
    assert one == same
    cases.state(replace(SPECIAL, members=19), GUARDS)
    assert cases.made().version == 2
    assert Event.objects.filter(verb=Verb.JOINT_MADE).count() == 2


def test_the_plan_approved_last_holds(county: Any, posted: Callable[..., Any]) -> None:
    """Of those that have the day; approving twice is once."""
    one, other = cases.kept(), cases.kept()
    actor = posted(Role.LEADER, COUNTY)
    for plan in (other, one, one):
        domain.approve_joint(plan, actor)
    assert queries.in_force(COUNTY6, FIRST) == one
    assert queries.in_force(COUNTY6, FIRST + timedelta(days=2)) is None
    assert Event.objects.filter(verb=Verb.JOINT_APPROVED).count() == 2


def test_a_day_as_a_table(county: Any) -> None:
    """By class, then task, then shift: who is sent and what is missing."""
    table = day_table(cases.kept(), 0)
    (group,) = table["classes"]
    (row,) = group["rows"]
    assert (str(group["name"]), row["task"]) == ("Checkpoints, inner ring", "North Gate")
    assert row["cells"] == [
        {"shift": "Day shift", "people": 3, "sent": ["2 Special police"], "missing": "1 person"}
    ]


def test_the_workbook(county: Any, client_as: Callable[..., Client]) -> None:
    """Every assignment is a row; what is short has its reason."""
    plan = cases.kept()
    answer = client_as("planner").get(f"{LIST}{plan.pk}/joint.xlsx")
    assert f"joint-{COUNTY6}-2026-03-02-v1.xlsx" in answer["Content-Disposition"]
    sheets = pl.read_excel(io.BytesIO(answer.content), sheet_id=0)
    assert list(sheets) == ["1 Who goes where", "2 What is short", "3 Forces", "4 Office groups"]
    assert sheets["1 Who goes where"].row(0)[1:] == (
        "Day shift", "Checkpoints, inner ring", "North Gate", "Special police", 2, 3,
    )  # fmt: skip
    assert sheets["2 What is short"].row(0)[4:] == ("1 person", "Special police: all are out")


def test_the_page_the_paper_and_the_list(county: Any, client_as: Callable[..., Client]) -> None:
    """All show the plan; the approver has a button, the planner has none."""
    plan = cases.kept()
    client = client_as("planner")
    text = client.get(f"{LIST}{plan.pk}/?day=0").content.decode()
    assert "2 Special police" in text
    assert "missing: 1 person" in text
    assert "Approve" not in text
    assert "2 Special police" in client.get(f"{LIST}{plan.pk}/print/").content.decode()
    assert client.get(f"{LIST}{plan.pk}/?day=99999999").status_code == 200
    assert "2026-03-02 – 03-03" in client.get(LIST).content.decode()
    leader = client_as("leader")
    assert "Approve" in leader.get(f"{LIST}{plan.pk}/").content.decode()
    leader.post(reverse("planning:joint_approve", kwargs={"joint_id": plan.pk}))
    plan.refresh_from_db()
    assert plan.approved_at


def test_the_list_asks_as_often_for_thirty_rows(
    county: Any, client_as: Callable[..., Client], django_assert_num_queries: Any
) -> None:
    """As for one."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_as("planner")
    cases.kept()
    client.get(LIST)
    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    for _ in range(29):
        cases.kept()
    with django_assert_num_queries(len(one)):
        client.get(LIST)


def test_offices_of_a_force_keep_their_numbers(county: Any) -> None:
    """Turns and days between go to the engine as they are stated."""
    cases.state(SPECIAL, replace(OFFICE, offices=(OfficeRule("tax", 4, 3, 0),)))
    (office,) = gather(COUNTY6, cases.asked()).problem.forces[1].offices
    assert (office.code, office.people, office.turns, office.apart) == ("tax", 4, 3, 0)


def test_a_job_makes_the_plan(county: Any, client_as: Callable[..., Client]) -> None:
    """Asked for on the page, done by a worker, its address is the plan's."""
    cases.state()
    client = client_as("planner")
    sent = {"first": FIRST.isoformat(), "seconds": "5", "pins": "2026-03-02 day guards CP-1 0"}
    sent |= {f"level_{at}": "III" for at in range(7)}
    answer = client.post(f"{LIST}new/?first={FIRST.isoformat()}", sent)
    assert answer.status_code == 302
    job = PlanningJob.objects.get(kind=PlanningJob.Kind.JOINT)
    if job.state == PlanningJob.State.WAITING:
        domain.run_job(job.pk)
        job.refresh_from_db()
    assert (job.state, job.error) == (PlanningJob.State.DONE, "")
    plan = JointCommand.objects.get()
    assert job.result == f"{LIST}{plan.pk}/"
    assert plan.ask["pins"][0]["people"] == 0
    assert f"from={plan.pk}" in client.get(job.result).content.decode()
    assert "2026-03-02 day guards CP-1 0" in client.get(f"{LIST}new/?from={plan.pk}").content.decode()


def test_the_days_plan_and_orders_show_it(county: Any, client_as: Callable[..., Client]) -> None:
    """Once approved, on its days, and only where something is manned."""
    plan = cases.kept()
    client = client_as("planner")
    page_of = "/planning/plan/2026-03-0{}/".format
    assert "2 Special police" not in client.get(page_of(2)).content.decode()
    assert joint_command(COUNTY6, FIRST) == []
    domain.approve_joint(plan, None)
    assert "2 Special police" in client.get(page_of(2)).content.decode()
    assert "2 Special police" not in client.get(page_of(3)).content.decode()
    (section,) = joint_command(COUNTY6, FIRST)
    assert section.tables[0].rows == [["North Gate", "2 Special police · missing: 1 person"]]
