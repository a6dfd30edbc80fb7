"""What happens now and then in the live day: check-ins, backup, a call queued behind another, a move-up."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from anlan.demo.generate import names
from anlan.service.incidents import domain
from anlan.service.incidents.domain.run_cards import Needs
from anlan.service.incidents.models import Assignment, Backup, Incident, Move, Stacked
from anlan.service.places.models import StandbyPost

if TYPE_CHECKING:
    from anlan.demo.live.day import Day
    from anlan.service.staff.models import Unit

S, M = Assignment.Status, Move.Status
CHECK_IN_S, BACKUP_S, DECIDE_S, STACK_S = 200.0, 200.0, 45.0, 30.0  # means, in seconds of the simulated day
ANSWER_S, STAND_S = 20.0, 1200.0
BACKUPS, STACKS = 0.12, 0.25
LOOK = timedelta(seconds=60)
RING_S, FAR_S = 300.0, 1800.0
URGENT, ROUTINE = 2, 3


class Turns:
    """Crews and dispatchers in what is not every call's course; `drawn`: chances that were taken."""

    def __init__(self) -> None:
        self.looked = datetime.min.replace(tzinfo=UTC)
        self.drawn: set[tuple[str, int]] = set()

    def go(self, day: Day, now: datetime) -> None:
        """Let everybody do the next step whose time has come; dispatchers stop while a visitor dispatches."""
        on_scene = Assignment.objects.in_county(names.COUNTY6).filter(ended_at=None, status=S.ON_SCENE)
        rows = list(on_scene.select_related("unit", "incident").exclude(pk__in=day.visitor.assignments))
        for row in rows:
            self.on_scene(day, row, now)
        self.moving(day, now)
        if not day.visitor.dispatches(now):
            self.answer_backups(day, now)
            self.queue_up(day, rows, now)
            self.move_up(day, now)

    def chance(self, day: Day, what: str, record: int, share: float) -> bool:
        """Whether something happens to a record; asked again, it does not."""
        if (what, record) in self.drawn:
            return False
        self.drawn.add((what, record))
        return float(day.rng.random()) < share

    def on_scene(self, day: Day, row: Assignment, now: datetime) -> None:
        """A crew checks in where the run card asks for it, and seldom asks for one more unit."""
        if row.check_in_due is not None and day.ripe("check-in", row.pk, CHECK_IN_S, now):
            del day.due["check-in", row.pk]
            day.attempt(domain.check_crew_in, row, day.people["sim-crews"])
        urgent = row.incident.priority <= URGENT and row.incident_id not in day.visitor.incidents
        ripe = urgent and day.ripe("backup", row.pk, BACKUP_S, now)
        if ripe and self.chance(day, "backup", row.pk, BACKUPS):
            day.attempt(ask_backup, day, row)

    def answer_backups(self, day: Day, now: datetime) -> None:
        """The dispatcher sends the nearest patrol as backup, or says that none is free."""
        rows = Backup.objects.in_county(names.COUNTY6).filter(ended_at=None).select_related("incident__type")
        for row in rows.exclude(incident__in=day.visitor.incidents):
            if day.ripe("decide", row.pk, DECIDE_S, now):
                units = day.nearest(row.incident, now, Needs({"patrol": row.missing}, row.missing))
                if units:
                    day.attempt(day.send, row.incident, units)
                else:
                    day.attempt(domain.decline_backup, row, "暂无空闲警力", day.people["sim-dispatcher"])

    def queue_up(self, day: Day, there: list[Assignment], now: datetime) -> None:
        """The dispatcher queues what can wait behind a patrol on scene nearby, instead of sending another."""
        waiting = Incident.objects.in_county(names.COUNTY6).filter(
            status=Incident.Status.OPEN, assignments=None, stacked=None, linkages=None, priority__gte=ROUTINE
        )
        for incident in waiting.filter(lon__isnull=False).exclude(pk__in=day.visitor.incidents):
            ripe = day.ripe("queue", incident.pk, STACK_S, now)
            if ripe and self.chance(day, "queue", incident.pk, STACKS):
                unit = behind(day, there, incident)
                if unit is not None:
                    day.attempt(domain.stack, incident, unit, day.people["sim-dispatcher"])

    def move_up(self, day: Day, now: datetime) -> None:
        """Where a busy car's beat is far from every free patrol, the dispatcher orders one there.

        One at a time. What the board suggests weighs the whole county's cover: too much for a second's tick.
        """
        if now - self.looked < LOOK or Move.objects.filter(ended_at=None).exists():
            return
        self.looked = now
        found = opening(day, now)
        if found is not None:
            day.attempt(order, day, *found)

    def moving(self, day: Day, now: datetime) -> None:
        """Crews ordered to a post accept, drive, arrive, and are let go after a while."""
        rows = Move.objects.filter(ended_at=None, unit__area_code__startswith=names.COUNTY6)
        for row in rows.select_related("unit"):
            if not day.visitor.holds_unit(row.unit_id, now):
                self.step(day, row, now)

    def step(self, day: Day, row: Move, now: datetime) -> None:
        """One crew's next step."""
        if row.status == M.ORDERED and day.ripe("move", row.pk, ANSWER_S, now):
            if day.attempt(domain.advance_move, row, M.ACCEPTED, day.people["sim-crews"]):
                day.travel(row.unit, (row.lon, row.lat), now)
        elif row.status == M.ACCEPTED:
            trip = day.trips.get(row.unit_id)
            if trip is None or day.gone(trip, now) >= trip.route.seconds:
                day.attempt(domain.advance_move, row, M.ARRIVED, day.people["sim-crews"])
        elif row.status == M.ARRIVED and day.ripe("stood", row.pk, STAND_S, now):
            day.attempt(domain.advance_move, row, M.ENDED, day.people["sim-dispatcher"])
            day.return_to_post(day.fresh(row.unit), now)


def order(day: Day, unit: Unit, post: StandbyPost, seconds: float) -> None:
    """Order a unit to a post."""
    domain.order_move(unit, post, day.people["sim-dispatcher"], expected_seconds=seconds)


def opening(day: Day, now: datetime) -> tuple[Unit, StandbyPost, float] | None:
    """The post of a busy car's beat that is farthest from free patrols, the nearest of them, its seconds."""
    busy = Assignment.objects.filter(ended_at=None, unit__vehicle="car").exclude(unit__beat_code="")
    posts = list(
        StandbyPost.objects.in_county(names.COUNTY6)
        .filter(active=True, lon__isnull=False, beat_code__in=busy.values("unit__beat_code"))
        .defer("geometry")
    )
    free = [unit for unit in day.free_units(now) if "patrol" in unit.capabilities and unit.vehicle == "car"]
    if not posts or not free:
        return None
    start, _ = day.router.graph.snap(*np.array([day.whereabouts(unit, now) for unit in free]).T)
    end, _ = day.router.graph.snap(*np.array([(post.lon, post.lat) for post in posts]).T)
    seconds = day.router.graph.times(start, end, limit_s=FAR_S)
    nearest = seconds.min(axis=0)
    far = np.where((nearest > RING_S) & np.isfinite(nearest), nearest, -1.0)
    place = int(np.argmax(far))
    return (
        (free[int(seconds[:, place].argmin())], posts[place], float(far[place])) if far[place] > 0 else None
    )


def ask_backup(day: Day, row: Assignment) -> None:
    """The crew asks for one more patrol."""
    domain.request_backup(
        row.incident, day.people["sim-crews"], uuid.uuid4(),
        unit=row.unit, units=1, capability="patrol", reason="围观人多，请求增援",
    )  # fmt: skip


def behind(day: Day, there: list[Assignment], incident: Incident) -> Unit | None:
    """The patrol on scene nearest to an incident, with nothing queued and in nobody's hand; None for none."""
    taken = set(Stacked.objects.filter(ended_at=None).values_list("unit_id", flat=True))
    rows = [
        row for row in there
        if "patrol" in row.unit.capabilities and row.unit_id not in taken and row.incident.lon is not None
        and row.incident_id not in day.visitor.incidents
    ]  # fmt: skip
    if not rows:
        return None
    apart = [np.hypot(row.incident.lon - incident.lon, row.incident.lat - incident.lat) for row in rows]  # type: ignore[operator]
    return rows[int(np.argmin(apart))].unit
