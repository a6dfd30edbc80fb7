"""Publishing an approved plan: every unit gets its order for every shift on its phone."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.patrol.domain.common import check
from anlan.service.patrol.evidence import zone_of
from anlan.service.patrol.orders import Order, give_orders
from anlan.service.places.queries import county_area
from anlan.service.planning.domain.plans import NotReady
from anlan.service.planning.models import DeploymentPlan
from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    from anlan.service.staff.models import Account


def publish_plan(plan: DeploymentPlan, actor: Account) -> DeploymentPlan:
    """Give the plan's orders to the units, in place of those of the day before given; twice is once.

    Raises:
        PermissionDenied: the actor may not publish for the county.
        NotReady: the plan is not approved.

    """
    check(actor, "planning.publish", plan)
    county = county_area(plan.area_code[:6])
    with transaction.atomic():
        held = DeploymentPlan.objects.select_for_update().get(pk=plan.pk)
        if held.approved_at is None:
            raise NotReady(_("The plan is not approved yet: signatures are missing."))
        give_orders(county, held.date, orders_of(held), f"{held.date.isoformat()} v{held.version}", actor)
        unpublished = DeploymentPlan.objects.filter(pk=held.pk, published_at=None)
        if unpublished.update(published_at=timezone.now(), published_by=actor):
            data = {"date": held.date.isoformat(), "version": held.version}
            log.append(Verb.PLAN_PUBLISHED, held, actor=actor, area_code=held.area_code, data=data)
    plan.refresh_from_db()
    return plan


def orders_of(plan: DeploymentPlan) -> list[Order]:
    """Return the orders that a plan's body makes, one for each unit and shift that still exists."""
    zone = ZoneInfo(zone_of(county_area(plan.area_code[:6])))
    midnight = datetime.combine(plan.date, time(), zone)
    units = {str(unit.pk): unit for unit in Unit.objects.in_county(plan.area_code[:6])}
    stops = stops_of(plan.body)
    found = []
    for out in plan.body["out"]:
        if out["unit"] in units:
            begin = midnight + timedelta(minutes=out["start_min"])
            until = begin + timedelta(minutes=out["minutes"])
            way = stops.get((out["unit"], out["shift"]), [])
            where = out["post"], out["lon"], out["lat"]
            found.append(Order(units[out["unit"]], out["shift"], begin, until, *where, way))
    return found


def stops_of(body: dict[str, Any]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Return each unit's stops by (unit, shift): kind, code, and seconds after midnight."""
    found = {}
    for ways in body["ways"]:
        for unit in ways["plan"]["units"]:
            found[unit["unit"], ways["shift"]] = [
                {key: entry[key] for key in ("kind", "code", "arrive_s", "begin_s", "leave_s", "direction")}
                for entry in unit["entries"]
            ]
    return found
