"""Orders of a shift: given to units all at once, in place of those given before."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.patrol.models import DutyOrder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date as Date  # noqa: N812 fields are called date
    from datetime import datetime

    from anlan.service.places.models import Area
    from anlan.service.staff.models import Account, Unit


@dataclass(frozen=True)
class Order:
    """One unit's order for a shift."""

    unit: Unit
    shift: str
    starts_at: datetime
    ends_at: datetime
    post_code: str = ""
    lon: float | None = None
    lat: float | None = None
    stops: list[dict[str, Any]] = field(default_factory=list)


def give_orders(county: Area, date: Date, orders: Sequence[Order], source: str, actor: Account | None) -> int:
    """Put the orders of a county's day in place of all before; return how many there are.

    The same orders from the same source change nothing. Whoever calls has checked that the actor may.
    """
    with transaction.atomic():
        open_ = DutyOrder.objects.select_for_update().filter(
            area_code__startswith=county.code[:6], date=date, withdrawn_at=None
        )
        if [_facts(row) for row in open_.order_by("unit_id", "shift")] == sorted(
            (_asked(one, source) for one in orders), key=lambda facts: facts[:2]
        ):
            return len(orders)
        now = timezone.now()
        open_.update(withdrawn_at=now)
        DutyOrder.objects.bulk_create(_row(one, date, source, now) for one in orders)
        data = {"date": date.isoformat(), "orders": len(orders), "source": source}
        log.append(Verb.ORDERS_GIVEN, county, actor=actor, area_code=county.code, data=data)
    return len(orders)


def _facts(row: DutyOrder) -> tuple[Any, ...]:
    return (row.unit_id, row.shift, row.starts_at, row.ends_at, row.post_code, row.stops, row.source)


def _asked(one: Order, source: str) -> tuple[Any, ...]:
    return (one.unit.pk, one.shift, one.starts_at, one.ends_at, one.post_code, one.stops, source)


def _row(one: Order, date: Date, source: str, now: datetime) -> DutyOrder:
    return DutyOrder(
        unit=one.unit, area_code=one.unit.area_code, date=date, shift=one.shift, starts_at=one.starts_at,
        ends_at=one.ends_at, post_code=one.post_code, lon=one.lon, lat=one.lat, stops=one.stops,
        source=source, given_at=now,
    )  # fmt: skip


def order_now(unit: Unit, at: datetime | None = None) -> DutyOrder | None:
    """Return the order in force for a unit, else the next of the coming twelve hours."""
    moment = at or timezone.now()
    rows = DutyOrder.objects.filter(unit=unit, withdrawn_at=None, ends_at__gt=moment)
    soon = rows.filter(starts_at__lte=moment + timedelta(hours=12))
    return soon.order_by("starts_at").first()
