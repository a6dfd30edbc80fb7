"""The dispatch rule that a county has switched on is the one its dispatchers see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from tests.factories import COUNTY, LAT, LON, STEP, IncidentFactory, RehearsalFactory
from tests.service.patrol.test_briefing_pages import COUNTY6, DAY

from anlan.engine.dispatch.choice import CLOSEST
from anlan.engine.dispatch.policy import Policy
from anlan.engine.planning.standards import Rings, Standards
from anlan.service.incidents.queries.recommended import recommended
from anlan.service.planning import inputs
from anlan.service.planning.dispatch_rule import rule_in_force
from anlan.service.planning.models import CountyStandards, DispatchRule
from anlan.service.planning.standards import plain
from anlan.service.staff.models import Role, Unit

if TYPE_CHECKING:
    from anlan.service.incidents.models import Incident

WEST, EAST = LON + STEP / 2, LON + 3 * STEP / 2
SOUTH, NORTH = LAT + STEP / 2, LAT + 3 * STEP / 2


def two_units() -> tuple[Unit, Unit]:
    """One at the call, which alone reaches the demand in the north in time, and one in the south-east."""
    near, far, *rest = Unit.objects.order_by("call_sign")
    Unit.objects.filter(pk__in=[unit.pk for unit in rest]).update(on_duty=False)
    Unit.objects.filter(pk=near.pk).update(post_lon=WEST, post_lat=SOUTH)
    Unit.objects.filter(pk=far.pk).update(post_lon=EAST, post_lat=SOUTH)
    return near, far


def switched(policy: str, weight: float = 1.0) -> None:
    """A rule judged on demand in the north-west."""
    points = {"lon": [WEST], "lat": [NORTH], "weight": [weight]}
    body = {"answer": "better", "points": points}
    judged = RehearsalFactory(kind="rule", ask={"policy": policy}, body=body)
    DispatchRule.objects.create(area_code=COUNTY, policy=policy, rehearsal=judged, switched_at=timezone.now())


def suggested(incident: Incident, account: Any) -> tuple[list[str], list[str]]:
    """Call signs of the suggested and of the spared."""
    options = recommended(incident, account)
    return (
        [one.state.unit.call_sign for one in options if one.suggested],
        [one.state.unit.call_sign for one in options if one.spared],
    )


def test_the_rule_in_force_changes_who_is_suggested(ground: None, posted: Any, client_as: Any) -> None:
    """Routine calls get what leaves more behind, and the list says whom it spares; urgent ones not."""
    near, far = two_units()
    account = posted(Role.DISPATCHER)
    routine, urgent = (IncidentFactory(lon=WEST, lat=SOUTH, priority=priority) for priority in (3, 1))
    assert suggested(routine, account) == ([near.call_sign], [])
    switched("cover")
    body = plain(Standards(rings=Rings(ring_s=150)))
    CountyStandards.objects.create(area_code=COUNTY, body=body, changed_at=timezone.now())
    assert suggested(routine, account) == ([far.call_sign], [near.call_sign])
    assert suggested(urgent, account) == ([near.call_sign], [])
    text = client_as(Role.DISPATCHER).get(reverse("incidents:recommended", args=[routine.pk]))
    assert "spared" in text.content.decode()


def test_plans_are_rehearsed_by_the_rule_in_force(briefing: Any) -> None:
    """What a planner sees beforehand is how dispatchers will send."""
    assert inputs.gather(COUNTY6, briefing, DAY).rule is Policy.CLOSEST
    switched("cover")
    assert inputs.gather(COUNTY6, briefing, DAY).rule is Policy.COVER


def test_a_rule_whose_rehearsal_is_gone_is_not_followed(ground: None) -> None:
    """Without the points it was judged on there is nothing to spare units for."""
    assert rule_in_force(COUNTY6) is CLOSEST
    switched("preparedness")
    assert rule_in_force(COUNTY6).policy is Policy.PREPAREDNESS
    held = DispatchRule.objects.get()
    held.rehearsal.delete()
    assert rule_in_force(COUNTY6) is CLOSEST
