"""The demo's plan: wanted once a day, signed as its level asks, published to the phones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.demo.test_demo_live import DEMO, visitor
from tests.factories import DeploymentPlanFactory

from anlan.demo import plan
from anlan.demo.accounts import SIMULATED
from anlan.demo.generate import names
from anlan.demo.load import local_today, places, staff
from anlan.service.patrol.models import DutyOrder
from anlan.service.staff.models import Account, Unit

if TYPE_CHECKING:
    from anlan.service.planning.models import DeploymentPlan

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def county(settings: Any, tmp_path: Any) -> None:
    """The small county with its staff."""
    settings.DATA_DIR = tmp_path
    for step in (places.store_areas, staff.store_accounts, places.store_grids, staff.store_force):
        step(DEMO)


def made(**more: Any) -> DeploymentPlan:
    """A plan of today that sends one car out."""
    unit = Unit.objects.get(call_sign="P101")
    out = {
        "unit": str(unit.pk), "shift": "day", "post": "", "lon": 150.0, "lat": 30.0, "start_min": 480,
        "minutes": 480,
    }  # fmt: skip
    given = {"area_code": f"{names.COUNTY6}000000", "date": local_today(), "body": {"out": [out], "ways": []}}
    return DeploymentPlanFactory(**given | more)


@pytest.mark.parametrize(("level", "signers"), [("III", 1), ("I", 2)])
def test_a_plan_is_signed_and_published(level: str, signers: int) -> None:
    """As many sign as the level asks; the car's crew has its order."""
    one = made(level=level)
    plan.publish(one)
    assert one.state == "published"
    assert one.signatures.count() == signers
    assert DutyOrder.objects.get().unit.call_sign == "P101"
    assert not plan.wanted()


def test_a_day_is_planned_once_and_never_against_a_visitor() -> None:
    """Wanted without a plan, and with one that was not published for want of time; not with a visitor's."""
    assert plan.wanted()
    made()
    assert plan.wanted()
    made(version=2, made_by=visitor())
    assert not plan.wanted()


def test_an_older_folder_gets_the_staff_it_lacks() -> None:
    """Simulated staff that came with a later version are added, once."""
    Account.objects.filter(username="sim-leader").delete()
    for _ in range(2):
        staff.add_simulated()
    assert Account.objects.filter(username__in=SIMULATED).count() == len(SIMULATED)
