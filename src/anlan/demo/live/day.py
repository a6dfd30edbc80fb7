"""One tick after another of the simulated day, all through the same functions that people's clicks call."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
from django.utils import timezone

from anlan.demo.accounts import PARTNERS, SIMULATED, colleague
from anlan.demo.generate import names
from anlan.demo.live.partners import Partners, with_partners
from anlan.demo.live.room import Room
from anlan.demo.live.rounds import Rounds
from anlan.demo.live.route import Route
from anlan.demo.live.turns import Turns
from anlan.demo.live.visitor import Visitor
from anlan.service.incidents import domain
from anlan.service.incidents.domain.run_cards import Needs, needs_of
from anlan.service.incidents.models import Assignment, Incident, IncidentType, Stacked
from anlan.service.incidents.queries.board import queue
from anlan.service.patrol.positions import record_position
from anlan.service.staff.models import Account, Unit

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from anlan.demo.live.calls import Calls, LiveCall
    from anlan.demo.live.route import Router

logger = logging.getLogger(__name__)
S = Assignment.Status
ANSWER_S, LEAVE_S, READ_S, SCENE_S = 15.0, 25.0, 45.0, 780.0  # means, in seconds of the simulated day
RING_S, FORM_S = 6.0, 22.0  # means, in true seconds: until a call is answered, until it is recorded
OUTCOMES = ("handled", "handled", "handled", "handled", "transferred", "not_found", "false_alarm")
MOST_OPEN = 25
ROUND_FIX_S = 5.0  # a crew on its rounds sends its position as seldom
SLOWER = {"foot": 8.0, "bike": 3.0}  # than a car, on the same way
KEEP_ARMED_S = 900.0  # armed units go elsewhere only where nobody else is this near


@dataclass
class Trip:
    """A unit on its way since a time, then `done` seconds along; `assignment` 0: back, or on its rounds."""

    route: Route
    started: datetime
    assignment: int = 0
    done: float = 0.0
    rounds: bool = False


class Day:
    """The simulated day of the demo county.

    `speed` makes calls come, crews drive and scenes end that much faster; the times recorded are true.
    """

    def __init__(self, calls: Calls, router: Router, speed: float, rng: np.random.Generator) -> None:
        self.calls, self.router, self.speed, self.rng = calls, router, speed, rng
        everybody = (*SIMULATED, *(colleague(agency) for agency in PARTNERS))
        self.people = {row.username: row for row in Account.objects.filter(username__in=everybody)}
        self.visitor = Visitor(frozenset(account.pk for account in self.people.values()))
        self.types = {kind.code: kind for kind in IncidentType.objects.filter(county="", active=True)}
        self.trips: dict[int, Trip] = {}
        self.rounds, self.partners, self.turns, self.room = Rounds(), Partners(), Turns(), Room()
        self.fixed: dict[int, datetime] = {}
        self.due: dict[tuple[str, int], datetime] = {}
        self.left: dict[tuple[str, int], timedelta] = {}

    def open_with(self, count: int) -> None:
        """Take so many calls at once, so that the board is not empty at the start."""
        rate = self.calls.rate(timezone.localtime())
        for _ in range(count):
            self.take(self.calls.draw(rate))

    def tick(self, now: datetime, seconds: float) -> None:
        """Let `seconds` of real time pass: calls, crews, dispatchers, units on the road."""
        self.visitor.look()
        if self.takes_more():
            for call in self.calls.within(timezone.localtime(now), seconds * self.speed):
                self.attempt(self.take, call)
        if not self.visitor.dispatches(now):
            self.dispatch(now)
        self.room.go(self, now, seconds)
        self.partners.go(self, now)
        self.crews(now)
        self.turns.go(self, now)
        self.rounds.go(self, now)
        self.drive(now)
        self.wrap_up(now)

    def takes_more(self) -> bool:
        """Whether fewer incidents are open than may be."""
        return Incident.objects.exclude(status=Incident.Status.CLOSED).count() < MOST_OPEN

    def go(self, speed: float | None, now: datetime) -> None:
        """Go on at another speed, 0 to pause; units on the road go on from where they are.

        None changes nothing; the waiting times left are kept in simulated seconds.
        """
        if speed is None or speed == self.speed:
            return
        for trip in self.trips.values():
            trip.done, trip.started = self.gone(trip, now), now
        if self.speed:
            self.left = {key: (due - now) * self.speed for key, due in self.due.items()}
        if speed:
            self.due = {key: now + left / speed for key, left in self.left.items()}
        self.speed = speed

    def attempt(self, step: Callable[..., object], *arguments: object) -> bool:
        """Do a step unless a person was faster; say whether it was done."""
        try:
            step(*arguments)
        except (domain.Refused, domain.NeedsConfirmation) as refusal:
            logger.info("left to the visitor: %s", refusal)
            return False
        return True

    def ripe(self, what: str, record: int, mean: float, now: datetime) -> bool:
        """Whether the time has come for a step, which is drawn when it is first asked for."""
        due = self.due.setdefault((what, record), now + timedelta(seconds=self.wait(mean)))
        return now >= due

    def wait(self, mean: float) -> float:
        """A waiting time in real seconds."""
        return float(self.rng.gamma(4, mean / 4) / self.speed)

    # calls and dispatchers

    def take(self, call: LiveCall) -> Incident:
        """The simulated call-taker takes a call; the telephone system knows when it rang and was answered."""
        answered = timezone.now() - timedelta(seconds=float(self.rng.gamma(4, FORM_S / 4)))
        return domain.take_call(
            self.people["sim-call-taker"],
            county=names.COUNTY6,
            address=call.address,
            type=self.types[call.type_code],
            details=call.details,
            lon=call.lon,
            lat=call.lat,
            rang_at=answered - timedelta(seconds=self.answering()),
            answered_at=answered,
        )

    def answering(self) -> float:
        """Seconds until a call is answered."""
        return float(self.rng.gamma(3, RING_S / 3))

    def dispatch(self, now: datetime) -> None:
        """The simulated dispatcher sends the nearest suitable units to what waits and is nobody's."""
        waiting = Incident.objects.in_county(names.COUNTY6).filter(
            status=Incident.Status.OPEN, assignments=None
        )
        queued = Stacked.objects.filter(ended_at=None)
        for rows in (queued, with_partners()):
            waiting = waiting.exclude(pk__in=rows.values("incident_id"))
        for incident in waiting.select_related("type").order_by("priority", "waiting_since"):
            if incident.pk not in self.visitor.incidents and self.ripe("read", incident.pk, READ_S, now):
                units = self.nearest(incident, now)
                if units:
                    self.attempt(self.send, incident, units)

    def send(self, incident: Incident, units: dict[Unit, float]) -> None:
        """Assign the units with the time each will take."""
        seconds = {unit.pk: time for unit, time in units.items()}
        domain.assign(
            incident, units, self.people["sim-dispatcher"], confirmed=True, expected_seconds=seconds
        )

    def nearest(self, incident: Incident, now: datetime, needs: Needs | None = None) -> dict[Unit, float]:
        """The free units that are there first, as many as are asked for, with their travel seconds."""
        asked = needs or needs_of(incident)
        wanted = asked.capabilities
        free = [unit for unit in self.free_units(now) if suits(unit, asked)]
        if not free or incident.lon is None:
            return {}
        place = np.array([self.whereabouts(unit, now) for unit in free])
        node, _ = self.router.graph.snap(place[:, 0], place[:, 1])
        target, _ = self.router.graph.snap([incident.lon], [incident.lat])
        seconds = self.router.graph.times(node, target, limit_s=3600.0)[:, 0]
        spared = np.array(["armed" in unit.capabilities and "armed" not in wanted for unit in free])
        ranks = np.argsort(seconds + KEEP_ARMED_S * spared, kind="stable")
        order = [index for index in ranks if np.isfinite(seconds[index])]
        ready = {free[index]: float(seconds[index]) for index in order}
        return {unit: ready[unit] for unit in crewed(list(ready), asked)}

    def free_units(self, now: datetime) -> list[Unit]:
        """Units on duty, not assigned and in nobody's hand."""
        busy = Assignment.objects.filter(ended_at=None).values("unit_id")
        units = (
            Unit.objects.in_county(names.COUNTY6)
            .filter(on_duty=True)
            .exclude(pk__in=busy)
            .select_related("position")
        )
        return [unit for unit in units if not self.visitor.holds_unit(unit.pk, now)]

    def wrap_up(self, now: datetime) -> None:
        """The simulated dispatcher closes what has been attended and is nobody's."""
        for incident in [
            row.incident for row in queue(names.COUNTY6)
            if row.attended and not any(linkage.is_open for linkage in row.linkages)
        ]:  # fmt: skip
            mine = incident.pk not in self.visitor.incidents
            if mine and not self.visitor.dispatches(now) and self.ripe("close", incident.pk, READ_S, now):
                self.attempt(
                    domain.close, incident, str(self.rng.choice(OUTCOMES)), self.people["sim-dispatcher"]
                )

    # crews

    def crews(self, now: datetime) -> None:
        """Crews answer, leave, arrive and clear, each in its time."""
        assignments = Assignment.objects.in_county(names.COUNTY6).filter(ended_at=None)
        for assignment in assignments.select_related("unit__position", "incident"):
            if assignment.pk not in self.visitor.assignments:
                self.crew(assignment, now)

    def crew(self, assignment: Assignment, now: datetime) -> None:
        """One crew's next step, if it is time."""
        if assignment.status == S.ASSIGNED and self.ripe("answer", assignment.pk, ANSWER_S, now):
            self.report(assignment, S.ACCEPTED)
        elif assignment.status == S.ACCEPTED and self.ripe("leave", assignment.pk, LEAVE_S, now):
            if self.report(assignment, S.EN_ROUTE):
                self.set_out(assignment, now)
        elif assignment.status == S.EN_ROUTE:
            trip = self.trips.get(assignment.unit_id)
            if trip is None or trip.assignment != assignment.pk:
                self.set_out(assignment, now)
            elif self.gone(trip, now) >= trip.route.seconds:
                self.report(assignment, S.ON_SCENE)
        elif (
            assignment.status == S.ON_SCENE
            and self.ripe("clear", assignment.pk, SCENE_S, now)
            and self.report(assignment, S.CLEARED)
        ):
            self.return_to_post(assignment.unit, now)

    def report(self, assignment: Assignment, status: str) -> bool:
        """The crew reports a status."""
        return self.attempt(domain.advance, assignment, status, self.people["sim-crews"])

    def set_out(self, assignment: Assignment, now: datetime) -> None:
        """Start for the scene."""
        incident, unit = assignment.incident, assignment.unit
        start = self.whereabouts(unit, now)
        end = start if incident.lon is None else (incident.lon, incident.lat)
        self.trips[unit.pk] = Trip(self.router.way(start, end), now, assignment.pk)

    def return_to_post(self, unit: Unit, now: datetime) -> None:
        """Start back to the unit's post."""
        if unit.post_lon is not None and unit.post_lat is not None:
            here = self.whereabouts(unit, now)
            self.trips[unit.pk] = Trip(self.router.way(here, (unit.post_lon, unit.post_lat)), now)

    # on the road

    def travel(self, unit: Unit, target: tuple[float, float], now: datetime) -> None:
        """Start for a place of the unit's order, from where the unit is by now."""
        way = self.router.way(self.whereabouts(self.fresh(unit), now), target)
        self.along(unit, Route(way.point, way.second * SLOWER.get(unit.vehicle, 1.0)), now)

    def fresh(self, unit: Unit) -> Unit:
        """The unit with its position as it is now."""
        return Unit.objects.select_related("position").get(pk=unit.pk)

    def along(self, unit: Unit, route: Route, now: datetime) -> None:
        """Start along a way."""
        self.trips[unit.pk] = Trip(route, now, rounds=True)

    def gone(self, trip: Trip, now: datetime) -> float:
        """Seconds of the simulated day since the trip began."""
        return trip.done + (now - trip.started).total_seconds() * self.speed

    def whereabouts(self, unit: Unit, now: datetime) -> tuple[float, float]:
        """Where a unit is: on its trip, at its last position, at its post."""
        trip = self.trips.get(unit.pk)
        if trip is not None:
            return trip.route.at(self.gone(trip, now))
        position = getattr(unit, "position", None)
        return (unit.post_lon, unit.post_lat) if position is None else (position.lon, position.lat)

    def drive(self, now: datetime) -> None:
        """Report the positions of all units on the road; a trip back ends at the post."""
        units = Unit.objects.in_bulk(list(self.trips))
        for pk, trip in list(self.trips.items()):
            held = self.visitor.holds_unit(pk, now) or trip.assignment in self.visitor.assignments
            over = not trip.assignment and self.gone(trip, now) >= trip.route.seconds
            if not held and (over or self.tells(pk, trip, now)):
                self.attempt(record_position, units[pk], *trip.route.at(self.gone(trip, now)))
            if held or over:
                del self.trips[pk]

    def tells(self, unit: int, trip: Trip, now: datetime) -> bool:
        """Whether a unit on the road sends its position now: to a call always, on its rounds less often."""
        last = self.fixed.get(unit)
        if trip.rounds and last is not None and (now - last).total_seconds() < ROUND_FIX_S:
            return False
        self.fixed[unit] = now
        return True

    def stand_by(self) -> None:
        """Report every unit without a position at its post."""
        for unit in Unit.objects.in_county(names.COUNTY6).filter(on_duty=True, position=None):
            self.attempt(record_position, unit, unit.post_lon, unit.post_lat)


def crewed(units: list[Unit], needs: Needs) -> list[Unit]:
    """Of units in order of arrival, the first with each capability asked for, and the number asked for."""
    chosen: list[Unit] = []
    for name, count in needs.capabilities.items():
        lacking = max(count - sum(name in unit.capabilities for unit in chosen), 0)
        chosen += [unit for unit in units if name in unit.capabilities and unit not in chosen][:lacking]
    missing = max(needs.units - len(chosen), 0)
    return chosen + [unit for unit in units if unit not in chosen][:missing]


def suits(unit: Unit, needs: Needs) -> bool:
    """Whether a unit has something that is asked for; patrols go where nothing is asked."""
    wanted = set(needs.capabilities) or {"patrol"}
    return bool(wanted & set(unit.capabilities))
