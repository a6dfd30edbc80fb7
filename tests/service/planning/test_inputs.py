"""What a plan is made from: who serves each beat, and where incidents are expected."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from django.urls import reverse
from tests.factories import COUNTY, ELSEWHERE, TOWNSHIPS, DeploymentPlanFactory, TeamFactory
from tests.service.patrol.test_briefing_pages import COUNTY6, DAY
from tests.service.planning.conftest import SHORT

from anlan.cli.plan import _force
from anlan.engine.analysis.exposure import exposed_days
from anlan.engine.analysis.ranking import weights
from anlan.service.patrol import domain, evidence
from anlan.service.patrol.models import Briefing
from anlan.service.planning import inputs
from anlan.service.planning.domain import make_plan
from anlan.service.planning.models import DeploymentPlan
from anlan.service.staff.models import Role, Team, Unit

FIRST, SECOND = (f"{township[:9]}B001" for township in TOWNSHIPS)


def staffed(briefing: Briefing) -> tuple[str, dict[str, int]]:
    """Basis and strength of each beat."""
    beats = inputs.gather(COUNTY6, briefing, DAY).beats
    return beats.basis.value, dict(zip(beats.codes, [int(people) for people in beats.strengths], strict=True))


def test_teams_staff_the_beats_of_their_area(briefing: Briefing) -> None:
    """A station's squad serves its township, the county's guards all; volunteers do not count."""
    TeamFactory(area_code=TOWNSHIPS[0], strength=11)
    TeamFactory(area_code=COUNTY, strength=6, kind=Team.Kind.GUARDS)
    TeamFactory(area_code=COUNTY, strength=50, kind=Team.Kind.VOLUNTEERS)
    TeamFactory(area_code=ELSEWHERE, strength=70)
    basis, people = staffed(briefing)
    assert basis == "teams"
    assert sum(people.values()) == 17
    assert people[FIRST] == pytest.approx(14, abs=1)


def test_without_strengths_the_crews_on_duty_count(briefing: Briefing) -> None:
    """Two crews of two a beat; a crew off duty is not there, one without a beat serves its township."""
    TeamFactory(strength=0)
    assert staffed(briefing) == ("crews", {FIRST: 4, SECOND: 4})
    Unit.objects.filter(pk=Unit.objects.filter(beat_code=FIRST).first().pk).update(on_duty=False)
    Unit.objects.filter(beat_code=SECOND).update(beat_code="")
    assert staffed(briefing) == ("crews", {FIRST: 2, SECOND: 4})


def test_where_nobody_is_known_the_plan_says_so(briefing: Briefing) -> None:
    """Neither teams nor units: the basis is none, the command says it in words, and no plan is made."""
    Unit.objects.update(on_duty=False)
    with pytest.raises(domain.NoData, match="No patrol car"):
        make_plan(COUNTY6, DAY, None)
    assert staffed(briefing) == ("none", {FIRST: 0, SECOND: 0})
    assert "not known" in _force({"force_basis": "none", "force_total": 0, "reserve_total": 0})


@pytest.mark.parametrize(
    ("basis", "said", "unsaid"),
    [
        ("teams", "guard posts", "not known"),
        ("crews", "crews on duty", "not known"),
        ("none", "not known", "0 people"),
    ],
)
def test_the_page_says_where_the_force_comes_from(
    briefing: Briefing, client_as: Any, basis: str, said: str, unsaid: str
) -> None:
    """In words; without anybody known no zeros are shown."""
    body = make_plan(COUNTY6, DAY, None, how=SHORT).body
    DeploymentPlan.objects.all().delete()
    zeros = {"force_basis": basis, "force_total": 0, "reserve_total": 0}
    DeploymentPlanFactory(date=DAY, gap=0.0, body=body | zeros, briefing=briefing)
    text = client_as(Role.PLANNER).get(reverse("planning:plan", args=[DAY.isoformat()])).content.decode()
    assert said in text
    assert unsaid not in text


def test_a_plan_keeps_its_basis(briefing: Briefing) -> None:
    """The stored plan records it beside people that add up."""
    TeamFactory(area_code=COUNTY, strength=90)
    body = make_plan(COUNTY6, DAY, None, how=SHORT).body
    assert body["force_basis"] == "teams"
    assert body["force_total"] + body["reserve_total"] == 90


def test_expected_demand_is_that_of_the_briefings_evidence(briefing: Briefing) -> None:
    """Reading only days by beat and by grid gives the same weights as the whole evidence."""
    whole = evidence.gather(COUNTY6, DAY)
    exposed = exposed_days(whole.days.dense().sum(axis=0))[-len(whole.grids.periods) :]
    cells, weight = evidence.demand_weights(COUNTY6, DAY)
    assert cells.tolist() == whole.grids.cells.tolist()
    np.testing.assert_array_equal(weight, weights(whole.grids, exposed))
