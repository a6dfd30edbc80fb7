"""The peer of the rehearsal: the same rules written as SimPy processes, in plain Python, sharing no code."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import simpy

from anlan.engine.dispatch.policy import Policy
from anlan.engine.planning.rehearsal.model import Calls, Setup, Travel, Zones

Waits = Generator[simpy.Event, Any, None]
GAMMA = (1.0, 0.5, 0.25)


@dataclass(eq=False)
class Car:
    """A unit: what it can, whether on duty, what it does, where it is between two places."""

    number: int
    skills: int
    on_duty: bool = False
    slot: int | None = None
    task: simpy.Process | None = None
    on_scene: bool = False
    post: int = -1
    off_at: float = -math.inf
    leg: tuple[int, int, float, float] = (-1, -1, 0.0, 0.0)
    behind: float = 0.0


@dataclass(eq=False)
class County:
    """The county in SimPy: fill `unit`, `sent`, `arrived`, `freed` by slot."""

    setup: Setup
    calls: Calls
    travel: Travel
    zones: Zones
    env: simpy.Environment = field(default_factory=simpy.Environment)
    queue: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cars = [Car(number, int(bits)) for number, bits in enumerate(self.setup.force.skills)]
        slots = self.calls.slots
        self.unit: list[int] = [-1] * slots
        self.sent, self.arrived, self.freed = ([math.nan] * slots for _ in range(3))
        self.diverted = 0
        self.table = self.travel.seconds.tolist()
        self.place, self.priority = self.calls.place.tolist(), self.calls.priority.tolist()
        self.ready, self.of = self.calls.ready_s.tolist(), self.calls.call.tolist()
        self.needs, self.turnout = self.calls.needs.tolist(), self.calls.turnout_s.tolist()
        self.pace, self.service = self.calls.pace.tolist(), self.calls.service_s.tolist()
        self.cancel, self.end = self.calls.cancel_s.tolist(), self.calls.end.tolist()
        self.classes = self.travel.classes.tolist()
        self.slots_of: list[list[int]] = [[] for _ in range(len(self.calls))]
        for slot, call in enumerate(self.of):
            self.slots_of[call].append(slot)

    def run(self) -> None:
        """Start every process and run until none is left."""
        force = self.setup.force
        for window in range(len(force.unit)):
            self.env.process(self.window_ends(window))
            self.env.process(self.window_begins(window))
        for call in range(len(self.calls)):
            self.env.process(self.call_comes(call))
        self.env.run()

    # where things are

    def seconds(self, start: int, to: int) -> float:
        """From the table of the present hour class."""
        hour = int(self.env.now // 3600)
        return float(self.table[self.classes[hour % len(self.classes)]][start][to])

    def reach(self, car: Car, to: int) -> float:
        """From where a car is on its leg: Stewart's theorem, and no less than the triangle's sides leave."""
        start, goal, begins, ends = car.leg
        now = self.env.now
        if now >= ends:
            return self.seconds(goal, to)
        first, second, way = self.seconds(start, to), self.seconds(goal, to), self.seconds(start, goal)
        share = car.behind
        if now > begins and ends < math.inf:
            share += (1 - share) * (now - begins) / (ends - begins)
        if share == 0 or way == math.inf:
            return first
        square = (1 - share) * first * first + share * second * second - share * (1 - share) * way * way
        return max(math.sqrt(max(square, 0.0)), first - share * way, second - (1 - share) * way)

    def set_leg(self, car: Car, to: int, drive: float, begins: float, ends: float) -> None:
        """A car leaves: the leg is named from the nearer end of its last one, so much of it already done."""
        start, goal, before, after = car.leg
        start = goal if self.env.now >= (before + after) / 2 else start
        whole = self.seconds(start, to)
        car.behind = max(0.0, 1 - drive / whole) if 0 < whole < math.inf else 0.0
        car.leg = (start, to, begins, ends)

    def go_home(self, car: Car, post: int) -> None:
        """A free car drives to a post."""
        drive = self.reach(car, post)
        self.set_leg(car, post, drive, self.env.now, self.env.now + drive)

    # processes

    def window_begins(self, window: int) -> Waits:
        """A crew comes on duty."""
        force = self.setup.force
        yield self.env.timeout(float(force.start_s[window]))
        car, post = self.cars[int(force.unit[window])], int(force.post[window])
        car.on_duty, car.post = True, post
        if car.slot is not None:
            return
        if car.off_at != self.env.now:
            car.leg = (post, post, self.env.now, self.env.now)
        elif car.leg[1] != post:
            self.go_home(car, post)
        self.take_waiting(car, rolling=self.env.now < car.leg[3])

    def window_ends(self, window: int) -> Waits:
        """A crew goes off duty, when done if busy."""
        force = self.setup.force
        yield self.env.timeout(float(force.end_s[window]))
        car = self.cars[int(force.unit[window])]
        car.on_duty, car.off_at = False, self.env.now

    def call_comes(self, call: int) -> Waits:
        """A call is ready for dispatch: a unit for each of its slots."""
        yield self.env.timeout(self.ready[call])
        for slot in self.slots_of[call]:
            self.ask(slot)

    def answer(self, car: Car, slot: int, turnout: float, drive: float) -> Waits:
        """Turn out, drive, work; called off or diverted on the way."""
        patience = self.env.process(self.call_off(car, slot)) if self.cancel[slot] < math.inf else None
        try:
            yield self.env.timeout(turnout)
            yield self.env.timeout(drive)
            car.on_scene, self.arrived[slot] = True, self.env.now
            if patience is not None and patience.is_alive:
                patience.interrupt()
            yield self.env.timeout(self.service[slot])
            there = self.end[slot] if self.end[slot] >= 0 else self.place[self.of[slot]]
            car.leg = (there, there, self.env.now, self.env.now)
        except simpy.Interrupt as stop:
            if stop.cause == "diverted":
                if patience is not None and patience.is_alive:
                    patience.interrupt()
                return
        self.done(car, slot)

    def call_off(self, car: Car, slot: int) -> Waits:
        """The unit is not needed any more."""
        try:
            yield self.env.timeout(self.cancel[slot])
        except simpy.Interrupt:
            return
        if car.task is not None:
            car.task.interrupt("off")

    # decisions

    def send(self, car: Car, slot: int, rolling: bool) -> None:
        """Order a car to a slot."""
        to = self.place[self.of[slot]]
        nominal = self.reach(car, to)
        drive = nominal * self.pace[slot]
        turnout = self.turnout[slot] * self.setup.rules.rolling if rolling else self.turnout[slot]
        self.set_leg(car, to, nominal, self.env.now + turnout, self.env.now + turnout + drive)
        car.slot, car.on_scene = slot, False
        self.unit[slot], self.sent[slot] = car.number, self.env.now
        car.task = self.env.process(self.answer(car, slot, turnout, drive))

    def fits(self, car: Car, slot: int) -> bool:
        """Whether a car has all that a slot needs."""
        return car.skills & self.needs[slot] == self.needs[slot]

    def ask(self, slot: int) -> None:
        """Send the car that the rule chooses, divert one, or wait."""
        to, urgency = self.place[self.of[slot]], self.priority[self.of[slot]]
        free = [car for car in self.cars if car.on_duty and car.slot is None and self.fits(car, slot)]
        free = [car for car in free if self.reach(car, to) < math.inf]
        if free:
            car = self.rule(free, to, urgency)
            self.send(car, slot, rolling=self.env.now < car.leg[3])
            return
        late = [
            car
            for car in self.cars
            if car.on_duty and car.slot is not None and not car.on_scene and self.fits(car, slot)
            and self.priority[self.of[car.slot]] > urgency and self.reach(car, to) < math.inf
        ]  # fmt: skip
        if not self.setup.rules.preempt or not late:
            self.queue.append(slot)
            return
        car = min(late, key=lambda one: self.reach(one, to))
        left = car.slot
        assert left is not None
        assert car.task is not None
        car.task.interrupt("diverted")
        self.unit[left], self.sent[left] = -1, math.nan
        self.diverted += 1
        self.send(car, slot, rolling=True)
        self.ask(left)

    def rule(self, free: list[Car], to: int, urgency: int) -> Car:
        """The closest, or inside the ring the one whose leaving costs least."""
        rules = self.setup.rules
        inside = [car for car in free if self.reach(car, to) <= rules.ring_s]
        if rules.policy == Policy.CLOSEST or urgency < rules.spare_from or not inside:
            return min(free, key=lambda one: self.reach(one, to))
        loss = {car.number: self.loss(car) for car in inside}
        least = min(loss.values())
        even = [car for car in inside if loss[car.number] <= least + 1e-12 * max(1.0, abs(least))]
        return min(even, key=lambda one: self.reach(one, to))

    def watching(self) -> list[Car]:
        """Free cars that count for cover."""
        need = self.zones.needs
        return [car for car in self.cars if car.on_duty and car.slot is None and car.skills & need == need]

    def loss(self, car: Car) -> float:
        """What the county loses when a car leaves."""
        others = [one for one in self.watching() if one is not car]
        if self.setup.rules.policy == Policy.COVER:
            return self.expected_cover(self.watching()) - self.expected_cover(others)
        return -self.least_prepared(others)

    def expected_cover(self, cars: list[Car]) -> float:
        """MEXCLP: share of demand that finds a free car in the ring, each being busy with probability q."""
        rules, total = self.setup.rules, float(self.zones.weight.sum())
        return sum(
            float(weight)
            / total
            * (1 - rules.busy ** sum(self.reach(car, zone) <= rules.ring_s for car in cars))
            for zone, weight in zip(self.zones.place.tolist(), self.zones.weight, strict=True)
        )

    def least_prepared(self, cars: list[Car]) -> float:
        """Andersson and Värbrand's preparedness of the worst zone."""
        total = float(self.zones.weight.sum())
        found = []
        for zone, weight in zip(self.zones.place.tolist(), self.zones.weight, strict=True):
            near = sorted(time for time in (self.reach(car, zone) for car in cars) if time < math.inf)
            parts = sum(gamma / max(time, 1.0) for gamma, time in zip(GAMMA, near, strict=False))
            if weight > 0:
                found.append(parts / (float(weight) / total))
        return min(found)

    def done(self, car: Car, slot: int) -> None:
        """A car is free: the first of the queue that it fits, or home."""
        self.freed[slot], car.slot, car.task = self.env.now, None, None
        if car.on_duty and not self.take_waiting(car, rolling=True):
            home = self.best_post(car) if self.setup.rules.move_up else car.post
            self.go_home(car, home)

    def best_post(self, car: Car) -> int:
        """The post where it adds most expected cover to where the others are bound."""
        bound = [one.leg[1] for one in self.watching() if one is not car]
        gains = {post: self.gain(bound, post) for post in {car.post, *self.setup.force.post.tolist()}}
        most = max(gains.values())
        if gains[car.post] >= most - 1e-12:
            return car.post
        return min(post for post, gain in gains.items() if gain >= most - 1e-12)

    def gain(self, bound: list[int], post: int) -> float:
        """Expected cover that one more car at a post adds."""
        rules, total = self.setup.rules, float(self.zones.weight.sum())
        return sum(
            float(weight) / total * (1 - rules.busy)
            * rules.busy ** sum(self.seconds(place, zone) <= rules.ring_s for place in bound)
            for zone, weight in zip(self.zones.place.tolist(), self.zones.weight, strict=True)
            if self.seconds(post, zone) <= rules.ring_s
        )  # fmt: skip

    def take_waiting(self, car: Car, *, rolling: bool) -> bool:
        """Send a car that has become available to the most urgent, longest waiting slot that it fits."""
        can = [slot for slot in self.queue if self.fits(car, slot)]
        can = [slot for slot in can if self.reach(car, self.place[self.of[slot]]) < math.inf]
        if not can:
            return False
        slot = min(can, key=lambda one: (self.priority[self.of[one]], self.ready[self.of[one]], one))
        self.queue.remove(slot)
        self.send(car, slot, rolling)
        return True


def simpy_run(setup: Setup, calls: Calls, travel: Travel, zones: Zones) -> dict[str, np.ndarray]:
    """Columns by slot: unit, sent, arrived, freed."""
    county = County(setup, calls, travel, zones)
    county.run()
    names = ("unit", "sent", "arrived", "freed")
    return {name: np.array(getattr(county, name)) for name in names} | {"diverted": np.array(county.diverted)}
