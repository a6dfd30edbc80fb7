"""The forms of joint command: forces and needs as rows, a week's levels and pins; errors by their place."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.factories import COUNTY
from tests.service.planning import joint_cases as cases
from tests.service.planning.joint_cases import COUNTY6, FIRST, GUARDS, OFFICE, SPECIAL

from anlan.engine.planning.joint import Task
from anlan.service.planning.joint.gather import gather
from anlan.service.planning.joint.rules import ForceRule, OfficeRule, PointNeed, rules_of
from anlan.service.planning.models import JointRules, PlanningJob

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from anlan.service.planning.models import DeploymentPlan

pytestmark = pytest.mark.django_db
FORCES, NEW = "/planning/joint/forces/", f"/planning/joint/new/?first={FIRST.isoformat()}"


def shown(form: Any) -> dict[str, Any]:
    """What a form sends as it stands."""
    found = {}
    for name, field in form.fields.items():
        value = form.get_initial_for_field(field, name)
        if value is True:
            value = "on"
        if value is not None and value is not False and value not in ("", []):
            found[form.add_prefix(name)] = (
                [str(one) for one in value] if isinstance(value, list | tuple) else str(value)
            )
    return found


def sent(client: Client, **changes: Any) -> dict[str, Any]:
    """What the page of forces sends, with some fields changed; None leaves one out."""
    form = client.get(FORCES).context["form"]
    found = shown(form.needs) | shown(form.forces.management_form)
    for one in form.forces:
        found |= shown(one)
    found |= {name.replace("__", "-"): value for name, value in changes.items()}
    return {name: value for name, value in found.items() if value is not None}


def test_the_page_as_it_stands_changes_nothing_but_states_it(
    county: Any, client_as: Callable[..., Client]
) -> None:
    """What is drawn from the teams becomes stated; rules of every kind come back as they were."""
    cases.ground()
    cases.teams()
    client = client_as("planner")
    before = rules_of(COUNTY6)
    assert client.post(FORCES, sent(client)).status_code == 302
    assert JointRules.objects.count() == 1
    assert rules_of(COUNTY6) == before
    odd = replace(GUARDS, shifts=("night",), off=(5, 6), beats=("B1",), colours=("red",), most=3, group=2)
    cases.state(SPECIAL, odd, OFFICE)
    stated = rules_of(COUNTY6)
    assert client.post(FORCES, sent(client)).status_code == 302
    assert rules_of(COUNTY6) == stated


def test_a_force_is_added_and_one_taken_away(county: Any, client_as: Callable[..., Client]) -> None:
    """The blank row becomes a force; an empty code takes one away."""
    cases.state(SPECIAL, GUARDS)
    client = client_as("planner")
    changes = {
        "force__1__code": "", "force__2__code": "walkers", "force__2__name": "Walkers",
        "force__2__members": "12", "force__2__tasks": ["patrol"], "force__2__police": None,
        "people_1": "5", "armed_1": "2", "rings_III": ["1", "2"], "standby_I": "9", "factor": "2",
    }  # fmt: skip
    assert client.post(FORCES, sent(client, **changes)).status_code == 302
    found = rules_of(COUNTY6)
    assert found.forces == (SPECIAL, ForceRule("walkers", "Walkers", 12, tasks=(Task.PATROL,)))
    assert (found.points[1], found.rings["III"], found.factor) == (PointNeed(5, 2), (1, 2), 2)
    assert found.standby.people["I"] == 9


def test_office_groups_are_lines(county: Any, client_as: Callable[..., Client]) -> None:
    """A code and people; turns and days between may be left out."""
    cases.state(SPECIAL, OFFICE)
    client = client_as("planner")
    assert client.post(FORCES, sent(client, force__1__offices="tax 4\nlaw 3 1 2")).status_code == 302
    assert rules_of(COUNTY6).forces[1].offices == (OfficeRule("tax", 4), OfficeRule("law", 3, 1, 2))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"force__0__name": ""}, "A force needs it."),
        ({"force__0__members": ""}, "A force needs people, or office groups."),
        ({"force__0__members": "-1"}, "greater than or equal to 0"),
        ({"force__0__members": "9" * 30}, "less than or equal to 9999"),
        ({"force__0__tasks": []}, "Tick a task at least."),
        ({"force__0__tasks": ["fly"]}, "fly"),
        ({"force__0__code": "no spaces"}, "Letters, digits, hyphens"),
        ({"force__0__code": "guards"}, "The code guards stands twice."),
        ({"force__0__offices": "tax"}, "Line 1: a code, people"),
        ({"force__0__offices": "tax 4 9"}, "Line 1: a code, people"),
        ({"force__0__offices": "tax 4\ntax 5"}, "The office group tax stands twice."),
        ({"force__0__max_hours": "1e400"}, "Enter a number."),
        ({"force__0__name": "a\0b"}, "Null characters"),
        ({"armed_1": "4"}, "No more than the people there."),
        ({"factor": "9"}, "less than or equal to 5"),
        ({"rings_I": ["7"]}, "7"),
        ({"force__TOTAL_FORMS": "x"}, "cut short"),
        ({f"force__{row}__code": "" for row in range(2)}, "State a force at least."),
    ],
)
def test_what_is_wrong_is_told(
    changes: dict[str, Any], told: str, county: Any, client_as: Callable[..., Client]
) -> None:
    """And nothing is kept."""
    stated = cases.state()
    client = client_as("planner")
    answer = client.post(FORCES, sent(client, **changes))
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert rules_of(COUNTY6) == stated


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"pins": "2026-03-02 day special CP-1"}, "Line 1: day, shift, force, task and a number"),
        ({"pins": "2026-04-02 day special CP-1 1"}, "Line 1: 2026-04-02 is not a day of this week"),
        ({"pins": "2026-03-02 lunch special CP-1 1"}, "Line 1: there is no shift lunch"),
        ({"pins": "\n2026-03-02 day navy CP-1 1"}, "Line 2: there is no force navy"),
        ({"pins": "2026-03-02 day special CP-2 1"}, "CP-2 is not manned on 2026-03-02 (level III)"),
        ({f"level_{at}": "IV" for at in range(7)}, "There is nothing to man"),
        ({"level_0": "V"}, "V is not one of the available choices"),
        ({"first": "1066-10-14"}, "A year from 2000 to 2199."),
        ({"first": ""}, "This field is required."),
        ({"seconds": "0"}, "greater than or equal to 1"),
    ],
)
def test_a_week_that_cannot_be_planned_is_told(
    changes: dict[str, str], told: str, county: Any, client_as: Callable[..., Client]
) -> None:
    """And nothing is queued."""
    cases.state()
    client = client_as("planner")
    given = {"first": FIRST.isoformat(), "seconds": "5"} | {f"level_{at}": "III" for at in range(7)}
    answer = client.post(NEW, given | changes)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not PlanningJob.objects.exists()


def test_levels_begin_as_the_days_plans_have_them(county: Any, client_as: Callable[..., Client]) -> None:
    """III where a day has none."""
    from tests.factories import DeploymentPlanFactory

    cases.state()
    DeploymentPlanFactory(area_code=COUNTY, date=FIRST, level="I")
    form = client_as("planner").get(NEW).context["form"]
    assert [form.initial[f"level_{at}"] for at in range(3)] == ["I", "III", "III"]


def test_patrols_are_those_that_the_days_plan_needs(plan: DeploymentPlan) -> None:
    """People by beat and shift as staffing found them, an officer in each unit; other days are told."""
    cases.state(officers=1)
    first = plan.date - timedelta(days=1)
    found = gather(COUNTY6, cases.asked(first=first, patrols=True))
    needs = [one for one in plan.body["staffing"]["needs"] if one["units"]]
    walks = [cell for cell in found.problem.cells if cell.task == Task.PATROL]
    assert {(cell.code, cell.shift, cell.people, cell.needs["police"]) for cell in walks} == {
        (one["beat"], one["shift"], 2 * one["units"], one["units"]) for one in needs
    }
    assert needs
    assert {cell.day for cell in walks} == {1}
    assert len(found.unplanned) == 6
    assert all(cell.code in found.tasks for cell in walks)
