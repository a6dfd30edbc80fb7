"""Containment of an incident: proposed, approved with orders to the units, ended."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from tests.factories import COUNTY, LAT, LON, STEP, UnitFactory, signed_in

from anlan.engine.geo.roads import RoadGraph, road_links
from anlan.service.incidents import commands
from anlan.service.incidents.domain.containment import (
    approve_containment,
    end_containment,
    propose_containment,
)
from anlan.service.incidents.errors import NeedsConfirmation, Refused
from anlan.service.incidents.models import Assignment, ContainmentPlan
from anlan.service.incidents.queries.command import closing_order
from anlan.service.incidents.queries.containment import Ask
from anlan.service.log.models import Event
from anlan.service.places.network import store_network
from anlan.service.staff.models import Unit

CODE = COUNTY[:6]
SIDE = 9


def lattice() -> RoadGraph:
    """Streets of the county in squares of some 270 m, 10 m/s."""
    node = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    pairs = np.concatenate([
        np.column_stack((node[:, :-1].ravel(), node[:, 1:].ravel())),
        np.column_stack((node[:-1].ravel(), node[1:].ravel())),
    ])  # fmt: skip
    tail, head = np.concatenate((pairs[:, 0], pairs[:, 1])), np.concatenate((pairs[:, 1], pairs[:, 0]))
    lon, lat = np.meshgrid(
        np.linspace(LON + 0.0005, LON + 2 * STEP - 0.0005, SIDE),
        np.linspace(LAT + 0.0005, LAT + 2 * STEP - 0.0005, SIDE),
    )
    return RoadGraph.from_links(
        road_links(lon.ravel(), lat.ravel(), tail, head, np.full(len(tail), 250.0), np.full(len(tail), 10.0))
    )


@pytest.fixture
def roads(county: Any) -> RoadGraph:
    """The county's roads in use, and eight more units around the middle."""
    graph = lattice()
    store_network(CODE, graph, "test", None)
    Unit.objects.all().update(on_duty=False)
    for row, column in ((2, 2), (2, 6), (6, 2), (6, 6), (4, 2), (4, 6), (2, 4), (6, 4)):
        node = row * SIDE + column
        UnitFactory(post_lon=graph.node_lon[node], post_lat=graph.node_lat[node])
    return graph


def ask(**facts: Any) -> Ask:
    """A slow car that just left the middle of the county."""
    return Ask(**({"kind": "car", "lon": LON + STEP, "lat": LAT + STEP, "factor": 0.3,
                   "delay_s": 0.0, "margin_s": 0.0} | facts))  # fmt: skip


@pytest.fixture
def plan(take: Any, dispatcher: Any, roads: Any) -> ContainmentPlan:
    """A proposal that closes the ring."""
    return propose_containment(take(), ask(), dispatcher, uuid.uuid4())


def test_a_proposal_says_who_closes_which_point_when(plan: ContainmentPlan) -> None:
    """Every point has its own unit, its place, and a margin that is what it says."""
    assert plan.body["closed"] is True
    assert len({post["unit"] for post in plan.posts}) == len(plan.posts) > 1
    assert all(abs(post["threat_s"] - post["arrives_s"] - post["margin_s"]) <= 1 for post in plan.posts)
    assert all(post["place"] for post in plan.posts)
    assert plan.body["area"]["type"] == "Polygon"


def test_the_same_key_makes_one_proposal(take: Any, dispatcher: Any, roads: Any) -> None:
    """A form sent twice makes one plan and one entry in the log."""
    incident, key = take(), uuid.uuid4()
    first, second = (propose_containment(incident, ask(), dispatcher, key) for _ in range(2))
    assert first == second
    assert Event.objects.filter(verb="incident.containment_made").count() == 1


def test_approval_gives_each_unit_its_order(plan: ContainmentPlan, commander: Any) -> None:
    """The units are sent to the incident with the point that each closes; approved again, nothing changes."""
    for _ in range(2):
        approve_containment(plan, commander)
    assert Assignment.objects.filter(incident=plan.incident, ended_at=None).count() == len(plan.posts)
    for post in plan.posts:
        order = closing_order(Unit.objects.get(pk=post["unit_id"]))
        assert (order.place, order.lon) == (post["place"], post["lon"])
    assert Event.objects.filter(verb="incident.containment_approved").count() == 1


def test_a_dispatcher_proposes_and_does_not_approve(plan: ContainmentPlan, dispatcher: Any) -> None:
    """Approving is the watch commander's."""
    with pytest.raises(PermissionDenied):
        approve_containment(plan, dispatcher)
    plan.refresh_from_db()
    assert plan.status == "proposed"
    assert not Assignment.objects.exists()


def test_a_unit_sent_elsewhere_meanwhile_blocks_the_approval(
    plan: ContainmentPlan, commander: Any, take: Any
) -> None:
    """Nothing of the plan is done when one of its units is no longer free, and the refusal names it."""
    from anlan.service.incidents.domain import assign

    unit = Unit.objects.get(pk=plan.posts[0]["unit_id"])
    assign(take(address="elsewhere"), [unit], None)
    with pytest.raises(Refused, match=unit.call_sign):
        approve_containment(plan, commander)
    plan.refresh_from_db()
    assert plan.status == "proposed"
    assert not plan.incident.assignments.exists()


def test_an_old_plan_asks_before_it_sends_anyone_too_late(plan: ContainmentPlan, commander: Any) -> None:
    """Margins shrink while nobody decides: the points that have become late are named."""
    ContainmentPlan.objects.update(made_at=plan.made_at - timedelta(minutes=30))
    plan.refresh_from_db()
    with pytest.raises(NeedsConfirmation, match="too late"):
        approve_containment(plan, commander)
    assert approve_containment(plan, commander, confirmed=True).status == "approved"


def test_one_containment_of_an_incident_is_in_force(
    plan: ContainmentPlan, commander: Any, dispatcher: Any
) -> None:
    """A second plan is refused until the first has ended; ending needs a reason and is said once."""
    approve_containment(plan, commander)
    other = propose_containment(plan.incident, ask(kind="spill", radius_m=100.0), dispatcher, uuid.uuid4())
    with pytest.raises(Refused):
        approve_containment(other, commander, confirmed=True)
    with pytest.raises(Refused, match="why"):
        end_containment(plan, " ", commander)
    for _ in range(2):
        assert end_containment(plan, "car found", commander).status == "ended"
    assert Event.objects.filter(verb="incident.containment_ended").count() == 1
    assert closing_order(Unit.objects.get(pk=plan.posts[0]["unit_id"])) is None


def test_a_leak_is_told_and_needs_a_confirmation(
    take: Any, dispatcher: Any, commander: Any, roads: Any
) -> None:
    """With too few cars the plan names what it cannot hold, and approving it asks."""
    Unit.objects.filter(
        pk__in=list(Unit.objects.filter(on_duty=True).values_list("pk", flat=True))[3:]
    ).update(on_duty=False)
    found = propose_containment(take(), ask(factor=1.5), dispatcher, uuid.uuid4())
    assert found.leaks
    assert {leak["reason"] for leak in found.leaks} <= {"late", "taken"}
    if found.posts:
        with pytest.raises(NeedsConfirmation):
            approve_containment(found, commander)


def test_without_roads_the_answer_says_so(take: Any, dispatcher: Any) -> None:
    """No graph, no plan: could not check is no zero."""
    with pytest.raises(Refused, match="roads"):
        propose_containment(take(), ask(), dispatcher, uuid.uuid4())


def test_the_command_line_makes_a_plan(take: Any, dispatcher: Any, roads: Any) -> None:
    """``contain 1 0`` for a car, ``contain 1 150m`` for a spill."""
    incident = take()
    for said in ("0.5", "150m"):
        done = commands.run(CODE, dispatcher, f"contain {incident.number} {said}")
        assert incident.number in done.message
    assert set(incident.containments.values_list("kind", flat=True)) == {"car", "spill"}
    with pytest.raises(Refused):
        commands.run(CODE, dispatcher, f"contain {incident.number} soon")


def test_the_pages_ask_show_and_approve(take: Any, dispatcher: Any, commander: Any, roads: Any) -> None:
    """From the form to the plan to the orders, and bad input names its field."""
    incident = take()
    client = signed_in(dispatcher)
    url = reverse("incidents:contain", args=[incident.pk])
    assert client.get(url).status_code == 200
    facts = {"kind": "car", "minutes": "0", "factor": "0.3", "radius_m": "", "delay_s": "0", "margin_s": "0",
             "lon": LON + STEP, "lat": LAT + STEP, "client_key": str(uuid.uuid4())}  # fmt: skip
    bad = client.post(url, facts | {"factor": ""})
    assert bad.status_code == 422
    assert "factor" in bad.context["form"].errors
    for _ in range(2):
        answer = client.post(url, facts, follow=True)
    assert incident.containments.count() == 1
    assert b"Points to close" in answer.content
    made = incident.containments.get()
    act = reverse("incidents:containment_act", args=[made.pk, "approve"])
    assert client.post(act).status_code == 403
    assert signed_in(commander).post(act, {"confirmed": "1"}).status_code == 302
    made.refresh_from_db()
    assert made.status == "approved"
