"""Levels by plan: who is told, the cordon, the standby force; each change confirmed, logged, said once."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from tests.factories import COUNTY, AgencyFactory, UnitFactory, posted, signed_in

from anlan.service.incidents import commands, domain
from anlan.service.incidents.domain.escalation import circle, set_level, take_note
from anlan.service.incidents.domain.escalation_plan import save_step, set_standby
from anlan.service.incidents.errors import NeedsConfirmation, Refused
from anlan.service.incidents.models import (
    Assignment,
    EscalationStep,
    IncidentLevel,
    Linkage,
    Notice,
    StandbyUnit,
)
from anlan.service.incidents.queries.escalation import graver
from anlan.service.incidents.queries.notices import open_notices
from anlan.service.log.models import Event
from anlan.service.places.models import RoadClosure
from anlan.service.places.queries.closures import closures_at
from anlan.service.staff.models import Unit

CODE = COUNTY[:6]


def plan(actor: Any, level: int, **facts: Any) -> EscalationStep:
    """A step of the plan for every type."""
    usual = {"roles": ["leader"], "cordon_m": 300, "slowdown": 1.5, "standby_units": 0, "instruction": ""}
    agencies = facts.pop("agencies", [])
    return save_step(COUNTY, facts.pop("type_code", ""), level, actor, agencies=agencies, **(usual | facts))


def test_a_raise_tells_what_it_sets_off_and_does_it(take: Any, commander: Any, dispatcher: Any) -> None:
    """First the consequences in words, then notices, the cordon and one entry in the log."""
    fire = AgencyFactory()
    plan(commander, 2, agencies=[fire])
    incident = take()
    with pytest.raises(NeedsConfirmation) as asked:
        set_level(incident, 2, "it spreads", dispatcher)
    assert "300 m" in str(asked.value)
    assert fire.label in str(asked.value)
    assert not RoadClosure.objects.exists()
    for _ in range(2):
        row = set_level(incident, 2, "it spreads", dispatcher, confirmed=True)
    assert (row.level, row.cordon_m, row.cordon.slowdown) == (2, 300, 1.5)
    assert [one.role for one in Notice.objects.all()] == ["leader"]
    asked = Linkage.objects.get()
    assert (asked.agency, asked.kind, asked.status) == (fire, "joint", "offered")
    assert "Level II" in asked.task
    set_level(incident, 0, "out", dispatcher, confirmed=True)
    assert "no level" in asked.messages.get().text
    event = Event.objects.filter(verb="incident.level_changed").order_by("pk")[0]
    assert (event.data["reason"], event.data["from"], event.data["level"]) == ("it spreads", 0, 2)
    assert event.data["agencies"] == [fire.code]


def test_the_cordon_follows_the_level_up_and_down(take: Any, commander: Any) -> None:
    """A graver level widens it, a lower one narrows it, none lifts it: one cordon at a time."""
    for level, metres in ((4, 0), (3, 200), (1, 800)):
        plan(commander, level, cordon_m=metres)
    incident = take()
    widths = []
    for level in (3, 1, 3, 4, 0):
        set_level(incident, level, "as it is", commander, confirmed=True)
        inside = [round(row.shape.area**0.5 * 111_195 / 1.772) for row in closures_at(CODE)]
        widths.append(inside)
    assert [len(one) for one in widths] == [1, 1, 1, 0, 0]
    assert (200 < widths[0][0] < 230, 800 < widths[1][0] < 900) == (True, True)
    assert IncidentLevel.objects.get().cordon is None


def test_a_circle_is_as_wide_as_it_says() -> None:
    """Metres east and north of its middle, at 30 degrees north."""
    west, south, east, north = circle(105.0, 30.0, 1000).bounds
    assert (north - south) * 111_195 == pytest.approx(2000, rel=0.01)
    assert (east - west) * 111_195 * 0.8660 == pytest.approx(2000, rel=0.01)


def test_standby_units_come_on_duty_and_are_sent(take: Any, commander: Any) -> None:
    """As many as the plan asks for, the nearest first; a unit that is busy is not called."""
    near, far, busy = (UnitFactory(on_duty=False, post_lon=105.0 + away) for away in (0.006, 0.5, 0.0))
    for unit in (near, far, busy):
        set_standby(unit, on=True, actor=commander)
    Unit.objects.filter(pk=busy.pk).update(on_duty=True)
    domain.assign(take(address="elsewhere"), [busy], None)
    plan(commander, 1, standby_units=1)
    incident = take()
    set_level(incident, 1, "riot", commander, confirmed=True)
    assert [row.unit for row in Assignment.objects.filter(incident=incident)] == [near]
    near.refresh_from_db()
    assert near.on_duty
    assert set(StandbyUnit.objects.values_list("unit", flat=True)) == {far.pk, busy.pk}
    assert Event.objects.get(verb="incident.standby_called").data["units"] == [near.call_sign]
    set_level(incident, 2, "calmer", commander, confirmed=True)
    set_level(incident, 1, "again", commander, confirmed=True)
    assert {row.unit for row in Assignment.objects.filter(incident=incident)} == {near, far}


def test_a_plan_of_the_type_goes_before_that_of_every_type(take: Any, commander: Any, theft: Any) -> None:
    """The county may plan a type apart; the log says who was told."""
    plan(commander, 3)
    plan(commander, 3, type_code=theft.code, roles=["planner"], cordon_m=0)
    set_level(take(type=theft), 3, "why", commander, confirmed=True)
    assert [one.role for one in Notice.objects.all()] == ["planner"]


@pytest.mark.parametrize(("level", "reason"), [(5, "why"), (-1, "why"), (2, "  ")])
def test_a_wrong_level_or_no_reason_is_refused(take: Any, commander: Any, level: int, reason: str) -> None:
    """Said with the mend; nothing is written."""
    with pytest.raises(Refused):
        set_level(take(), level, reason, commander, confirmed=True)
    assert not IncidentLevel.objects.exists()


def test_a_level_without_a_plan_is_noted_alone(take: Any, commander: Any) -> None:
    """The confirmation says that nothing follows."""
    with pytest.raises(NeedsConfirmation, match="no plan"):
        set_level(take(), 4, "why", commander)


def test_one_is_the_gravest() -> None:
    """I is above II, and any level above none."""
    assert [graver(*pair) for pair in ((1, 2), (4, 0), (2, 1), (0, 4), (3, 3))] == [
        True, True, False, False, False,
    ]  # fmt: skip


def test_a_notice_waits_on_the_board_until_somebody_takes_note(take: Any, commander: Any) -> None:
    """The role sees it, others do not; the first who takes note is kept."""
    plan(commander, 2)
    set_level(take(), 2, "why", commander, confirmed=True)
    leader, planner = posted("leader"), posted("planner")
    assert [len(open_notices(CODE, one)) for one in (leader, planner)] == [1, 0]
    notice = Notice.objects.get()
    with pytest.raises(Refused):
        take_note(notice, planner)
    url = reverse("incidents:notice", args=[notice.pk])
    for one in (leader, posted("leader")):
        assert signed_in(one).post(url).status_code == 302
    notice.refresh_from_db()
    assert notice.noted_by == leader
    assert open_notices(CODE, leader) == []
    assert Event.objects.filter(verb="incident.level_noted").count() == 1


def test_the_plan_is_edited_by_commander_and_leader(commander: Any, dispatcher: Any) -> None:
    """Saved again unchanged, nothing is logged; a dispatcher may not; a bad value names its field."""
    for actor in (commander, posted("leader")):
        plan(actor, 3)
    assert Event.objects.filter(verb="escalation.edited").count() == 1
    with pytest.raises(PermissionDenied):
        plan(dispatcher, 3)
    with pytest.raises(Refused) as refused:
        plan(commander, 3, slowdown=0.5)
    assert refused.value.field == "slowdown"


def test_the_pages_of_the_plan(commander: Any, county: Any) -> None:
    """A step is written from its form and stands in the table."""
    client = signed_in(commander)
    fire = AgencyFactory()
    url = reverse("incidents:escalation_step", args=["every-type", 1])
    facts = {"roles": ["leader"], "agencies": [fire.pk], "cordon_m": "500", "slowdown": "2",
             "standby_units": "4", "instruction": "Ring the county leader"}  # fmt: skip
    assert client.post(url, facts | {"slowdown": "0.5"}).status_code == 422
    assert client.post(url, facts).status_code == 302
    page = client.get(reverse("incidents:escalation")).content.decode()
    assert "Ring the county leader" in page
    assert fire.label in page
    assert client.get(reverse("incidents:escalation_step", args=["nothing", 1])).status_code == 404
    assert client.get(reverse("incidents:escalation_step", args=["every-type", 7])).status_code == 404


def test_the_card_and_the_command_line_raise_a_level(take: Any, dispatcher: Any) -> None:
    """Both ask before they do it."""
    incident, client = take(), signed_in(dispatcher)
    url = reverse("incidents:act", args=[incident.pk, "level"])
    asked = client.post(url, {"level": "3", "reason": "smoke"})
    assert "Level III" in asked.content.decode()
    assert client.post(url, {"level": "3", "reason": "smoke", "confirmed": "1"}).status_code == 302
    with pytest.raises(NeedsConfirmation):
        commands.run(CODE, dispatcher, f"level {incident.number} II it burns")
    done = commands.run(CODE, dispatcher, f"level {incident.number} II it burns", confirmed=True)
    assert "II" in done.message
    assert "it burns" in client.get(reverse("incidents:card", args=[incident.pk])).content.decode()


def test_closing_lifts_the_level_and_opens_the_roads(take: Any, commander: Any) -> None:
    """No cordon outlives its incident; who was told hears of the end when the level is lifted by hand."""
    plan(commander, 2)
    first, second = take(), take(address="elsewhere")
    for incident in (first, second):
        set_level(incident, 2, "why", commander, confirmed=True)
    domain.close(first, "handled", commander)
    set_level(second, 0, "over", commander, confirmed=True)
    assert list(IncidentLevel.objects.values_list("level", "cordon")) == [(0, None)] * 2
    assert not closures_at(CODE).exists()
    assert [(one.level, one.role) for one in Notice.objects.filter(incident=second).order_by("pk")] == [
        (2, "leader"), (0, "leader"),
    ]  # fmt: skip
    assert Event.objects.filter(verb="incident.level_changed", data__level=0).count() == 2
