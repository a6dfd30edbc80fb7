"""A plan edited, tried, solved around the edits, and questioned."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.service.patrol.test_briefing_pages import COUNTY6, DAY
from tests.service.planning.conftest import SHORT
from tests.service.planning.test_plans import post
from tests.tasks import INLINE

from anlan.engine.planning.deployment import Ask
from anlan.service.log.models import Event
from anlan.service.log.verbs import Verb
from anlan.service.places.queries import county_area
from anlan.service.planning import domain
from anlan.service.planning.dispatch_rule import rule_of
from anlan.service.planning.models import (
    DeploymentPlan,
    DispatchRule,
    PlanningJob,
    Rehearsal,
)
from anlan.service.planning.trying import tried
from anlan.service.staff.models import Role

DATE = DAY.isoformat()


def test_a_try_answers_with_what_changes(plan: DeploymentPlan, client_as: Any) -> None:
    """Nothing is kept; one car less shows in its shift's figures and in the response."""
    client = client_as(Role.PLANNER)
    address = reverse("planning:plan_try", args=[plan.pk])
    ask = {"posts": {"day": {"S00": 1}}}
    answer = client.post(address, json.dumps(ask), content_type="application/json").json()
    day = next(shift for shift in answer["shifts"] if shift["code"] == "day")
    assert {code: post["cars"] for code, post in day["posts"].items()} == {"S00": 1}
    assert any("Mean response" in line["text"] for line in answer["told"])
    assert DeploymentPlan.objects.count() == 1
    same = tried(plan, Ask())
    assert same["change"]["rows"][0]["response"]["mean"]["change"]["value"] == 0


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{", "could not be read"),
        ("[]", "Input should be"),
        ('{"level": "V"}', "level"),
        ('{"cars": {"day": -3}}', "cars.day"),
        ('{"cars": {"day": 1e9}}', "cars.day"),
        ('{"posts": {"day": {"X": 1}}}', "no post X"),
        ('{"pins": {"day": ["S00", "S01"]}, "cars": {"day": 1}}', "What helps"),
        ('{"duties": {"1 day": {"start_min": -5, "minutes": 10}}}', "duties"),
        ('{"stay": {"\\u0000": "x"}}', None),
    ],
)
def test_a_wrong_try_is_told_what_is_wrong(
    plan: DeploymentPlan, client_as: Any, body: str, said: str | None
) -> None:
    """Never a server error: the field or the contradiction is named."""
    address = reverse("planning:plan_try", args=[plan.pk])
    answer = client_as(Role.PLANNER).post(address, body, content_type="application/json")
    assert answer.status_code == (422 if said else 200)
    if said:
        assert said in answer.json()["error"]


def test_changes_become_a_new_version_in_the_background(
    plan: DeploymentPlan, client_as: Any, settings: Any, monkeypatch: Any
) -> None:
    """The form queues a job, the job makes the version and leads there; a contradiction ends it in words."""
    settings.TASKS = INLINE
    client = client_as(Role.PLANNER)
    answer = client.post(
        reverse("planning:plan_solve", args=[plan.pk]), {"ask": '{"cars": {"day": 1}}'}, follow=True
    )
    made = DeploymentPlan.objects.order_by("-version").first()
    assert (made.version, made.parent, made.ask) == (2, plan, {"cars": {"day": 1}})
    assert "version=2" in answer.redirect_chain[-1][0]
    wrong = {"ask": '{"pins": {"day": ["S00", "S01"]}, "cars": {"day": 1}}'}
    text = client.post(reverse("planning:plan_solve", args=[plan.pk]), wrong, follow=True).content.decode()
    assert "2 cars are pinned" in text
    text = client.post(reverse("planning:plan_solve", args=[plan.pk]), {"ask": "nonsense"}, follow=True)
    assert "could not be read" in text.content.decode()


@pytest.mark.parametrize(
    ("kind", "ask", "said"),
    [
        ("surge", {"times": "2"}, "A day with 2.0 times the calls"),
        ("less", {}, "Without each car in turn"),
        ("rule", {"policy": "cover"}, "closest unit"),
    ],
)
def test_questions_are_answered_on_a_page(
    plan: DeploymentPlan, client_as: Any, settings: Any, kind: str, ask: dict[str, str], said: str
) -> None:
    """The form queues the question, the job answers it, the page says it in words and a table."""
    settings.TASKS = INLINE
    answer = post(client_as(Role.PLANNER), "plan_rehearse", plan, kind=kind, **ask)
    job = PlanningJob.objects.get()
    assert job.state == PlanningJob.State.DONE, job.error
    text = client_as(Role.PLANNER).get(job.result).content.decode()
    assert answer.status_code == 302
    assert said in text
    assert Rehearsal.objects.get().kind == kind


@pytest.mark.parametrize(
    "data",
    [{}, {"kind": "x"}, {"kind": "surge", "times": "many"}, {"kind": "surge", "times": "-1"},
     {"kind": "rule", "policy": "closest"}, {"kind": "compare", "other": "9" * 30},
     {"kind": "compare", "other": "x"}],
)  # fmt: skip
def test_a_wrong_question_is_refused_in_words(
    plan: DeploymentPlan, client_as: Any, data: dict[str, str]
) -> None:
    """Nothing is queued."""
    answer = client_as(Role.PLANNER).post(
        reverse("planning:plan_rehearse", args=[plan.pk]), data, follow=True
    )
    assert "alert-danger" in answer.content.decode() or "toast-error" in answer.content.decode()
    assert not PlanningJob.objects.exists()


def test_two_versions_are_compared(plan: DeploymentPlan, client_as: Any, settings: Any) -> None:
    """The answer holds the second against the first on the same calls."""
    settings.TASKS = INLINE
    other = domain.make_plan(COUNTY6, DAY, None, Ask(cars={"day": 1, "night": 1, "evening": 1}), how=SHORT)
    post(client_as(Role.PLANNER), "plan_rehearse", other, kind="compare", other=plan.pk)
    made = Rehearsal.objects.get()
    change = made.body["rows"][0]["response"]["mean"]["change"]["value"]
    assert made.other == plan
    assert change > 0


def test_another_dispatch_rule_needs_a_rehearsal_that_found_it_better(
    plan: DeploymentPlan, posted: Any
) -> None:
    """Closest is always allowed; cover only after a fresh verdict of better for this county and this rule."""
    commander, area = posted(Role.WATCH_COMMANDER), county_area(COUNTY6)
    verdict = {"answer": "unclear"}
    asked = Rehearsal.objects.create(
        plan=plan,
        area_code=area.code,
        kind="rule",
        ask={"policy": "cover"},
        body=verdict,
        made_at=timezone.now(),
    )
    assert rule_of(COUNTY6) == "closest"
    for rehearsal, policy in ((None, "cover"), (asked, "cover"), (asked, "preparedness")):
        with pytest.raises(domain.NotReady, match="30 days"):
            domain.switch_rule(area, policy, commander, rehearsal)
    Rehearsal.objects.filter(pk=asked.pk).update(body={"answer": "better"})
    asked.refresh_from_db()
    domain.switch_rule(area, "cover", commander, asked)
    domain.switch_rule(area, "cover", commander, asked)
    assert (rule_of(COUNTY6), Event.objects.filter(verb=Verb.RULE_SWITCHED).count()) == ("cover", 1)
    Rehearsal.objects.filter(pk=asked.pk).update(made_at=timezone.now() - timedelta(days=31))
    domain.switch_rule(area, "closest", commander)
    asked.refresh_from_db()
    with pytest.raises(domain.NotReady):
        domain.switch_rule(area, "cover", commander, asked)
    assert DispatchRule.objects.get().policy == "closest"
