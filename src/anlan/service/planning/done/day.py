"""A day's orders held against what was done: every stop judged, every duty measured."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils import timezone

from anlan.engine.planning.adherence import (
    Adherence,
    Done,
    Duty,
    Kind,
    Places,
    Planned,
    Records,
    Rules,
    Status,
    adherence,
)
from anlan.service.patrol.evidence import zone_of
from anlan.service.patrol.models import DutyOrder
from anlan.service.places.models import Grid, PatrolLine, PatrolPoint, StandbyPost
from anlan.service.places.queries import county_area
from anlan.service.planning.done import read
from anlan.service.planning.done.tasks import on_task
from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date as Date  # noqa: N812 fields are called date

    from django.db.models import QuerySet

    from anlan.engine.geo.crs import LocalPlane
    from anlan.service.staff.models import Account

GRACE_S = 900.0
RULES = Rules(early_s=GRACE_S, late_s=7200.0)
"""On time: from a quarter of an hour before the planned begin to one after the planned leave; late: two
hours more. Calls come in between, so a route slips; a visit later than that is another one."""
OPEN, NO_PLACE = "open", "no_place"
KINDS = {str(kind) for kind in Kind}


@dataclass(frozen=True)
class Judged:
    """One planned thing with what became of it.

    `state` is the engine's status, OPEN while there is still time for it, or UNKNOWN with why NO_PLACE where
    the place is not known any more.
    """

    order: DutyOrder
    done: Done
    begin_s: float
    leave_s: float
    state: str
    why: str


@dataclass(frozen=True)
class DayDone:
    """A day: what was planned and done; `rates` has the engine's groups of all that is decided.

    `tasks`: seconds of duty that each unit was assigned to incidents.

    `since`: when the first order came, where that was after the first shift had begun; None otherwise.
    """

    date: Date
    judged: list[Judged]
    rates: Adherence
    orders: list[DutyOrder]
    since: datetime | None = None
    tasks: dict[int, float] = field(default_factory=dict)


def orders_of(county6: str, account: Account | None) -> QuerySet[DutyOrder]:
    """Return the orders of units that the reader may see, those never in force in their shift left out."""
    begun = Q(withdrawn_at=None) | Q(withdrawn_at__gt=Greatest("starts_at", "given_at"))
    rows = DutyOrder.objects.in_county(county6).filter(begun, given_at__lt=F("ends_at"))
    return rows if account is None else rows.visible_to(account)


def last_day(county6: str, account: Account | None, today: Date) -> Date | None:
    """Return the last day up to today that orders were given for."""
    rows = orders_of(county6, account).filter(date__lte=today).order_by("-date")
    return rows.values_list("date", flat=True).first()


def day_done(
    county6: str, account: Account | None, date: Date, *, team: str = "", beat: str = ""
) -> DayDone | None:
    """Judge a day's orders, of a team or a beat if one is given; None where no order was given."""
    rows = orders_of(county6, account).filter(date=date).select_related("unit__team")
    rows = rows.filter(unit__team__code=team) if team else rows
    orders = list(rows.filter(unit__beat_code=beat) if beat else rows)
    if not orders:
        return None
    midnight = datetime.combine(date, time(), ZoneInfo(zone_of(county_area(county6))))
    now = float(read.clock(midnight, [timezone.now()])[0])
    plane = read.plane_of(county6)
    listed = [(order, number, stop) for order in orders for number, stop in _stops(order, midnight)]
    places = _places(county6, {stop["code"] for _order, _number, stop in listed}, plane)
    plan = [_planned(*one) for one in listed]
    placed = {Kind.LINE: places.lines}
    begun = [
        one for one in plan
        if one.place in placed.get(one.kind, places.points) and one.begin_s - RULES.early_s < now
    ]  # fmt: skip
    lost = {one.key for one in plan if one.place not in placed.get(one.kind, places.points)}
    duties = [duty for order in orders if (duty := _duty(order, midnight, now)) is not None]
    records = _records(orders, midnight, plane)
    found = adherence(begun, duties, places, records, RULES)
    result = {one.key: one for one in found.done}
    judged = [
        _judged(one, stop, result.get(one.key), now, lost=one.key in lost)
        for one, stop in zip(plan, listed, strict=True)
    ]
    decided = {one.done.key for one in judged if one.state != OPEN and one.why != NO_PLACE}
    if len(decided) < len(begun):
        found = adherence([one for one in begun if one.key in decided], duties, places, records, RULES)
    first = min(order.given_at for order in orders)
    late = first > min(order.starts_at for order in orders)
    return DayDone(date, judged, found, orders, first if late else None, on_task(orders, timezone.now()))


def _stops(order: DutyOrder, midnight: datetime) -> Any:
    """Yield what an order asked for while it was in force, with its number: a crew is judged by what it knew.

    Meals and waiting at posts are nothing to be judged.
    """
    given, withdrawn = _in_force(order, midnight)
    for number, stop in enumerate(order.stops):
        if stop["kind"] in KINDS and given <= stop["begin_s"] < withdrawn:
            yield number, stop


def _in_force(order: DutyOrder, midnight: datetime) -> tuple[float, float]:
    """Return when an order was given and when it was withdrawn, inf if never, on the clock of the day."""
    given = float(read.clock(midnight, [order.given_at])[0])
    if order.withdrawn_at is None:
        return given, np.inf
    return given, float(read.clock(midnight, [order.withdrawn_at])[0])


def _planned(order: DutyOrder, number: int, stop: dict[str, Any]) -> Planned:
    begin, leave = float(stop["begin_s"]), float(max(stop["leave_s"], stop["begin_s"]))
    kind = Kind(stop["kind"])
    if kind is Kind.STOP and leave <= begin:
        kind = Kind.POINT
    dose = leave - begin if kind is Kind.STOP else 0.0
    unit = order.unit
    return Planned(
        f"{order.pk}:{number}", kind, stop["code"], str(unit.pk), begin, leave + GRACE_S, dose,
        unit.beat_code, order.shift,
    )  # fmt: skip


def _duty(order: DutyOrder, midnight: datetime, now: float) -> Duty | None:
    """Return a duty as far as it has gone with its order in force, None before it begins."""
    begin, end = read.clock(midnight, [order.starts_at, order.ends_at]).tolist()
    given, withdrawn = _in_force(order, midnight)
    begin, end = max(begin, given), min(end, withdrawn, now)
    return Duty(str(order.unit_id), begin, end, order.unit.beat_code, order.shift) if end > begin else None


def _records(orders: Sequence[DutyOrder], midnight: datetime, plane: LocalPlane) -> Records:
    units = {order.unit_id for order in orders}
    slack = timedelta(seconds=RULES.late_s + GRACE_S)
    first = min(order.starts_at for order in orders) - slack
    last = max(order.ends_at for order in orders) + slack
    return Records(
        read.positions_of(units, first, last, plane, midnight),
        read.check_ins_of(units, first, last, plane, midnight),
        stays=read.stays_of(units, first, last, midnight),
    )


def _judged(
    plan: Planned, listed: tuple[DutyOrder, int, dict[str, Any]], done: Done | None, now: float, *, lost: bool
) -> Judged:
    order, _number, stop = listed
    if lost:
        state, why = str(Status.UNKNOWN), NO_PLACE
    elif done is None:
        state, why = OPEN, ""
    else:
        over = plan.end_s + RULES.late_s <= now
        seen = done.status in (Status.ON_TIME, Status.LATE)
        state, why = (done.status, done.why) if over or seen else (OPEN, "")
    blank = Done(
        plan.key, plan.kind, plan.place, plan.unit, plan.beat, plan.shift, state, why, planned_s=plan.dose_s
    )
    return Judged(order, done or blank, float(stop["begin_s"]), float(stop["leave_s"]), str(state), str(why))


def _places(county6: str, codes: set[str], plane: LocalPlane) -> Places:
    """Return where the places are; a line of several parts by its longest."""
    points: dict[str, tuple[float, float]] = {}
    for kind in (Grid, StandbyPost, PatrolPoint):
        rows = kind.objects.filter(code__in=codes, lon__isnull=False, lat__isnull=False)
        for code, lon, lat in rows.values_list("code", "lon", "lat"):
            x, y = plane.metres(lon, lat)
            points[code] = float(x), float(y)
    lines = {}
    for row in PatrolLine.objects.filter(code__in=codes, geometry__isnull=False):
        shape = row.shape
        parts = [one for one in getattr(shape, "geoms", [shape]) if one.geom_type == "LineString"]
        if parts:
            course = np.asarray(max(parts, key=lambda part: part.length).coords)[:, :2]
            lines[row.code] = np.column_stack(plane.metres(course[:, 0], course[:, 1]))
    return Places(points, lines, _stations(county6, plane))


def _stations(county6: str, plane: LocalPlane) -> Any:
    """Return the standby posts and where the units are at home, (s, 2)."""
    posts = StandbyPost.objects.in_county(county6).filter(lon__isnull=False).values_list("lon", "lat")
    homes = Unit.objects.in_county(county6).filter(post_lon__isnull=False).values_list("post_lon", "post_lat")
    where = np.array([*posts, *homes], np.float64).reshape(-1, 2)
    return np.column_stack(plane.metres(where[:, 0], where[:, 1]))
