"""Plans on their way: made, tried, edited, signed, published, on paper, in calendars, questioned."""

from __future__ import annotations

import json
import re
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from tests.factories import COUNTY, ELSEWHERE, DeploymentPlanFactory
from tests.service.patrol.test_briefing_pages import COUNTY6, DAY
from tests.service.planning.conftest import SHORT

from anlan.engine.planning.deployment import Ask
from anlan.engine.planning.watch import UNWATCHED
from anlan.service.log.models import Event
from anlan.service.log.verbs import Verb
from anlan.service.patrol.domain import check_in
from anlan.service.patrol.evidence import NoData
from anlan.service.patrol.models import DutyOrder
from anlan.service.places.queries import county_area
from anlan.service.planning import asks, calendars, domain
from anlan.service.planning.domain.publishing import orders_of
from anlan.service.planning.domain.rehearsals import ask_plan
from anlan.service.planning.models import (
    CountyStandards,
    DeploymentPlan,
    PlanningJob,
)
from anlan.service.planning.presentation import page
from anlan.service.planning.queries import past_routes, posts_on_map
from anlan.service.planning.standards import parsed, plain, standards_of
from anlan.service.staff.models import Role, Unit

DATE = DAY.isoformat()


def verbs(plan: DeploymentPlan) -> list[str]:
    """What the log says of a plan."""
    rows = Event.objects.filter(record_type="planning.deploymentplan", record_id=str(plan.pk)).order_by("pk")
    return list(rows.values_list("verb", flat=True))


def post(client: Any, name: str, plan: DeploymentPlan, **data: Any) -> Any:
    """Post to one of a plan's addresses."""
    return client.post(reverse(f"planning:{name}", args=[plan.pk]), data)


def test_a_plan_holds_posts_units_routes_and_response(plan: DeploymentPlan) -> None:
    """Four cars in each of three shifts at the county's posts; points and line visited; rehearsed."""
    body = plan.body
    assert [shift["placed"] for shift in body["shifts"]] == [4, 4, 4]
    assert {post["code"] for shift in body["shifts"] for post in shift["posts"]} <= {
        "S00",
        "S01",
        "S10",
        "S11",
    }
    kinds = {
        entry["kind"] for ways in body["ways"] for unit in ways["plan"]["units"] for entry in unit["entries"]
    }
    assert {"point", "line", "stop", "meal"} <= kinds
    assert body["rehearsal"]["rows"][0]["response"]["mean"]["value"] > 0
    assert (plan.version, plan.level, plan.state, verbs(plan)) == (
        1,
        body["level"],
        "draft",
        [Verb.PLAN_MADE],
    )
    assert posts_on_map(plan)


def test_the_same_again_is_no_new_version(plan: DeploymentPlan) -> None:
    """What comes out the same is the same version; another ask makes a new one, made from the old."""
    assert domain.make_plan(COUNTY6, DAY, None, how=SHORT).version in {1, 2}
    ask = Ask(cars={"day": 2})
    other = domain.make_plan(COUNTY6, DAY, None, ask, parent=plan, how=SHORT)
    assert (other.parent, other.ask) == (plan, {"cars": {"day": 2}})
    assert asks.parsed(other.ask) == ask


def test_only_planners_of_the_county_make_plans(briefing: Any, posted: Any) -> None:
    """Dispatchers do not, nor planners elsewhere."""
    for role, area in ((Role.DISPATCHER, COUNTY), (Role.PLANNER, ELSEWHERE)):
        with pytest.raises(PermissionDenied):
            domain.make_plan(COUNTY6, DAY, posted(role, area), how=SHORT)


def test_one_signature_at_a_low_level_two_at_a_high_one(plan: DeploymentPlan, posted: Any) -> None:
    """At level III one signature approves; at level I it takes two people, and one twice is one."""
    first, second = posted(Role.WATCH_COMMANDER), posted(Role.LEADER)
    DeploymentPlan.objects.filter(pk=plan.pk).update(level="III")
    plan.refresh_from_db()
    assert domain.sign_plan(plan, first).state == "approved"
    other = DeploymentPlanFactory(area_code=COUNTY, level="I", body=plan.body, date=DAY + timedelta(days=1))
    assert domain.sign_plan(other, first).state == "signed"
    assert domain.sign_plan(other, first).state == "signed"
    assert domain.sign_plan(other, second).state == "approved"
    assert verbs(other) == [Verb.PLAN_SIGNED, Verb.PLAN_SIGNED, Verb.PLAN_APPROVED]
    with pytest.raises(PermissionDenied):
        domain.sign_plan(other, posted(Role.PLANNER))


def test_published_orders_reach_the_phones(plan: DeploymentPlan, posted: Any, client_as: Any) -> None:
    """Not before it is approved; then each unit has one for every shift; a new version replaces them."""
    planner, commander = posted(Role.PLANNER), posted(Role.WATCH_COMMANDER)
    with pytest.raises(domain.NotReady, match="signatures"):
        domain.publish_plan(plan, planner)
    DeploymentPlan.objects.filter(pk=plan.pk).update(level="IV")
    plan.refresh_from_db()
    domain.publish_plan(domain.sign_plan(plan, commander), planner)
    domain.publish_plan(plan, planner)
    orders = DutyOrder.objects.filter(withdrawn_at=None)
    assert orders.count() == len(plan.body["out"]) == 12
    assert verbs(plan)[-1] == Verb.PLAN_PUBLISHED
    assert Event.objects.filter(verb=Verb.ORDERS_GIVEN).count() == 1
    again = domain.make_plan(COUNTY6, DAY, None, Ask(cars={"day": 1}), how=SHORT)
    domain.publish_plan(domain.sign_plan(again, commander), planner)
    assert orders.filter(shift="day").count() == 1
    assert DutyOrder.objects.exclude(withdrawn_at=None).count() == 12
    assert past_routes(COUNTY6, DAY + timedelta(days=1))


def test_the_phone_shows_the_order_and_takes_check_ins_in_turn(plan: DeploymentPlan, client_as: Any) -> None:
    """Post, way with times; a stop checked in at is ticked, the second visit of the same place is not."""
    client = client_as(Role.PATROL)
    unit = Unit.objects.get(pk=plan.body["out"][0]["unit"])
    unit.crew.add(client.account)
    now = timezone.now()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    at = int((now - midnight).total_seconds())
    stops = [
        {"kind": "point", "code": "P0", "arrive_s": at, "begin_s": at, "leave_s": at + 300, "direction": ""},
        {
            "kind": "meal",
            "code": "",
            "arrive_s": at,
            "begin_s": at + 300,
            "leave_s": at + 900,
            "direction": "",
        },
        {
            "kind": "point",
            "code": "P0",
            "arrive_s": at,
            "begin_s": at + 900,
            "leave_s": at + 1200,
            "direction": "",
        },
    ]
    DutyOrder.objects.create(
        unit=unit, area_code=unit.area_code, date=midnight.date(), shift="day",
        starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=5),
        post_code="S00", lon=105.0, lat=30.0, stops=stops, given_at=now,
    )  # fmt: skip
    assert visited(client) == [False, False]
    check_in(unit, "P0", uuid.uuid4(), client.account)
    assert visited(client) == [True, False]


def visited(client: Any) -> list[bool]:
    """Return of each place to visit on the crew's phone whether it was visited."""
    legs = client.get(reverse("patrol:duty_snapshot")).json()["order"]["legs"]
    return [leg["visited_at"] is not None for leg in legs if leg["to_visit"]]


def test_a_job_tells_how_far_it_is_and_can_be_stopped(county: Any, posted: Any, client_as: Any) -> None:
    """One of a kind at a time; one that waits is cancelled, one that runs is asked to end."""
    planner = posted(Role.PLANNER)
    area = county_area(COUNTY6)
    ask = lambda: domain.ask_for(PlanningJob.Kind.PLAN, area, DATE, {}, planner)  # noqa: E731
    job = ask()
    assert ask().pk == job.pk
    client = client_as(Role.PLANNER)
    assert "Waiting for a worker" in client.get(reverse("planning:job", args=[job.pk])).content.decode()
    post(client, "job_stop", job)
    job.refresh_from_db()
    assert (job.state, job.error) == (PlanningJob.State.FAILED, "Cancelled before it began.")
    running = ask()
    PlanningJob.objects.filter(pk=running.pk).update(state=PlanningJob.State.RUNNING)
    from anlan.service.planning.domain.jobs import JobWatch

    watch = JobWatch(running.pk)
    watch.told("posts", 0.4, 0.01)
    assert not watch.stopped()
    domain.stop_job(running, planner)
    fresh = JobWatch(running.pk)
    assert fresh.stopped()
    text = client.get(reverse("planning:job", args=[running.pk])).content.decode()
    assert "Choosing standby posts" in text
    assert 'value="40"' in text


def test_a_silent_worker_is_given_up(county: Any, posted: Any) -> None:
    """Five minutes without a sign of life, and the same may be asked for again."""
    planner, area = posted(Role.PLANNER), county_area(COUNTY6)
    job = domain.ask_for(PlanningJob.Kind.PLAN, area, DATE, {}, planner)
    PlanningJob.objects.filter(pk=job.pk).update(
        state=PlanningJob.State.RUNNING, seen_at=timezone.now() - timedelta(minutes=6)
    )
    again = domain.ask_for(PlanningJob.Kind.PLAN, area, DATE, {}, planner)
    job.refresh_from_db()
    assert again.pk != job.pk
    assert job.state == PlanningJob.State.FAILED


def test_the_page_shows_every_part_and_versions_in_as_many_queries(
    plan: DeploymentPlan, client_as: Any, django_assert_max_num_queries: Any
) -> None:
    """Tiles, studio, need, response, orders; thirty versions cost no more queries than one."""
    client = client_as(Role.PLANNER)
    address = reverse("planning:plan", args=[DATE])
    text = client.get(address).content.decode()
    for part in (
        "Posts and duties",
        "Force and need",
        "Expected response, rehearsed",
        "Orders of the units",
        "Versions",
    ):
        assert part in text
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        client.get(f"{address}?version=1")
    for _ in range(29):
        DeploymentPlanFactory(date=DAY, area_code=COUNTY, body=plan.body)
    with CaptureQueriesContext(connection) as many:
        client.get(f"{address}?version=1")
    assert len(many) == len(few)


def test_an_earlier_methods_plan_is_not_shown_as_if(briefing: Any, client_as: Any) -> None:
    """Its page says so, its papers and questions are refused in words; the briefing's map has it."""
    old = DeploymentPlanFactory(date=DAY, area_code=COUNTY, body={"posts": [{"lon": 1.0, "lat": 2.0}]})
    client = client_as(Role.PLANNER)
    assert "earlier method" in client.get(reverse("planning:plan", args=[DATE])).content.decode()
    papers = client.get(reverse("planning:plan_orders", args=[old.pk]), follow=True)
    assert "earlier method" in papers.content.decode()
    answer = client.post(reverse("planning:plan_try", args=[old.pk]), "{}", content_type="application/json")
    assert answer.status_code == 422
    assert posts_on_map(old) == [[1.0, 2.0]]
    assert posts_on_map(None) == []
    with pytest.raises(NoData):
        ask_plan(old, "less", {}, None, watch=UNWATCHED)


def test_orders_are_printed_by_team(plan: DeploymentPlan, client_as: Any) -> None:
    """A PDF of all teams, and of one."""
    client = client_as(Role.PLANNER)
    address = reverse("planning:plan_orders", args=[plan.pk])
    for query in ("", "?team=nobody"):
        answer = client.get(address + query)
        assert answer.content.startswith(b"%PDF-")


def test_a_calendar_is_read_by_its_address_alone(
    plan: DeploymentPlan, posted: Any, client: Any, client_as: Any
) -> None:
    """Whoever has the address reads the published duties; another address is no calendar."""
    DeploymentPlan.objects.filter(pk=plan.pk).update(level="IV")
    plan.refresh_from_db()
    domain.publish_plan(domain.sign_plan(plan, posted(Role.LEADER)), posted(Role.PLANNER))
    DutyOrder.objects.update(ends_at=timezone.now() + timedelta(days=1), starts_at=timezone.now())
    unit = Unit.objects.get(pk=plan.body["out"][0]["unit"])
    answer = client.get(reverse("planning:calendar", args=[calendars.token("unit", unit.pk)]))
    assert answer["Content-Type"].startswith("text/calendar")
    assert answer.content.count(b"BEGIN:VEVENT") == 3
    assert unit.call_sign.encode() in answer.content
    for wrong in ("nonsense", calendars.token("unit", 0), calendars.token("other", unit.pk)):
        assert client.get(reverse("planning:calendar", args=[wrong])).status_code == 404
    page_ = client_as(Role.PLANNER).get(reverse("planning:calendars")).content.decode()
    tokens = re.findall(r"/calendars/([^/]+)/duties\.ics", page_)
    assert unit in [calendars.of_token(token) for token in tokens]


def test_standards_are_stored_as_json_and_checked(county: Any) -> None:
    """Defaults without a row; what was stored comes back; a wrong field is named."""
    default = standards_of(COUNTY6)
    body = plain(default)
    assert parsed(json.loads(json.dumps(body))) == default
    CountyStandards.objects.create(area_code=COUNTY, body=body | {"cap": 3}, changed_at=timezone.now())
    assert standards_of(COUNTY6).cap == 3
    with pytest.raises(ValueError, match="cap"):
        parsed(body | {"cap": 0})
    with pytest.raises(ValueError, match=r"rings"):
        parsed(body | {"rings": {"ring_s": "soon"}})


def test_the_index_shows_the_days_and_what_is_going_on(
    plan: DeploymentPlan, client_as: Any, posted: Any, django_assert_num_queries: Any
) -> None:
    """Days around today with their newest plans; running work with a link."""
    DeploymentPlan.objects.filter(pk=plan.pk).update(date=timezone.localdate())
    domain.ask_for(PlanningJob.Kind.PLAN, county_area(COUNTY6), DATE, {}, posted(Role.PLANNER))
    text = client_as(Role.PLANNER).get(reverse("planning:index")).content.decode()
    assert "Version 1" in text
    assert "Being worked on" in text


def test_orders_of_units_that_are_gone_are_left_out(plan: DeploymentPlan) -> None:
    """A unit removed since the plan was made gets no order, the others keep theirs."""
    gone = plan.body["out"][0]["unit"]
    Unit.objects.filter(pk=gone).delete()
    orders = orders_of(plan)
    assert orders
    assert gone not in {str(order.unit.pk) for order in orders}
    assert all(isinstance(order.starts_at, datetime) and order.starts_at < order.ends_at for order in orders)


def test_a_page_without_rehearsal_or_staffing_still_shows(plan: DeploymentPlan) -> None:
    """A plan that was stopped early has neither; its page says what it has."""
    plan.body |= {"rehearsal": None, "staffing": None, "ways": []}
    shown = page(plan)
    assert (shown["response"], shown["staffing"]) == (None, None)
    assert all(way["visits"] == 0 for way in shown["ways"])
