"""One run of the discrete-event simulation: what every unit did for every call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.engine.planning.rehearsal.model import NO_ZONES, Calls, Setup, Travel, Zones

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.planning.rehearsal.kernels import World

SAMPLE_S = 900.0


@dataclass(frozen=True, eq=False)
class Run:
    """Per slot (N,): the unit sent (-1 none), when sent, on scene (NaN: called off or nobody), free again.

    `cover` (S,): share of demand within the ring of a free unit, every `SAMPLE_S` from the start; empty
    without zones. `diverted`: how many units were.
    """

    calls: Calls
    unit: NDArray[np.int64]
    sent_s: NDArray[np.float64]
    arrived_s: NDArray[np.float64]
    freed_s: NDArray[np.float64]
    cover: NDArray[np.float64]
    diverted: int

    def first_on_scene(self) -> NDArray[np.int64]:
        """The slot of the first unit on scene of each call, (C,); -1 where none came."""
        order = np.lexsort((self.arrived_s, self.calls.call))
        _, first = np.unique(self.calls.call[order], return_index=True)
        slot = order[first]
        return np.where(np.isfinite(self.arrived_s[slot]), slot, -1)

    def response_s(self) -> NDArray[np.float64]:
        """From receipt to the first unit on scene, (C,); NaN where none came."""
        slot = self.first_on_scene()
        return np.where(slot >= 0, self.arrived_s[slot] - self.calls.time_s, np.nan)

    def reach_s(self) -> NDArray[np.float64]:
        """From order to scene of the first unit on scene, (C,); NaN where none came."""
        slot = self.first_on_scene()
        return np.where(slot >= 0, self.arrived_s[slot] - self.sent_s[slot], np.nan)

    def wait_s(self) -> NDArray[np.float64]:
        """From ready to the first unit sent, (C,); NaN where none was."""
        sent = np.where(self.unit >= 0, self.sent_s, np.inf)
        first = np.minimum.reduceat(sent, _firsts(self.calls)) if len(self.calls) else np.zeros(0)
        return np.where(np.isfinite(first), first - self.calls.ready_s, np.nan)

    def unserved(self) -> NDArray[np.bool_]:
        """Calls that did not get all their units, (C,)."""
        none = self.unit < 0
        return np.bincount(self.calls.call, none, len(self.calls)) > 0

    def busy_s(self, units: int) -> NDArray[np.float64]:
        """Seconds from order to free of each unit, (U,)."""
        sent = self.unit >= 0
        return np.bincount(self.unit[sent], (self.freed_s - self.sent_s)[sent], units)

    def runs(self, units: int) -> NDArray[np.int64]:
        """How often each unit was sent, (U,); a unit diverted before its arrival not counted."""
        return np.bincount(self.unit[self.unit >= 0], minlength=units)


def _firsts(calls: Calls) -> NDArray[np.int64]:
    return np.searchsorted(calls.call, np.arange(len(calls)))


def simulate(setup: Setup, calls: Calls, travel: Travel, zones: Zones = NO_ZONES) -> Run:
    """Run the calls through the plan.

    Deterministic: the same input gives the same run. After `calls.until_s` it goes on until all is done or
    nobody is on duty any more.

    Raises:
        ValueError: a post, a call or a zone at an unknown place; a rule that needs zones has none.

    """
    from anlan.engine.planning.rehearsal import kernels  # noqa: PLC0415  Numba is slow to import

    _check(setup, calls, travel, zones)
    world = _world(setup, calls, travel, zones)
    kernels.run(world)
    done = world.slots
    return Run(
        calls, done["unit"].copy(), done["sent"].copy(), done["arrived"].copy(), done["freed"].copy(),
        world.cover, int(world.counts[1]),
    )  # fmt: skip


def _check(setup: Setup, calls: Calls, travel: Travel, zones: Zones) -> None:
    for name, places in (("post", setup.force.post), ("place", calls.place), ("zones", zones.place)):
        if len(places) and not ((places >= 0) & (places < travel.places)).all():
            raise ValueError(f"{name}: expected places from 0 to {travel.places - 1}")
    if len(calls) and not (calls.end < travel.places).all():
        raise ValueError(f"end: expected places from 0 to {travel.places - 1}, or -1")
    if (setup.rules.policy or setup.rules.move_up) and not zones.weight.sum() > 0:
        raise ValueError("zones: the rule weighs cover and needs zones with weight")


def _world(setup: Setup, calls: Calls, travel: Travel, zones: Zones) -> World:
    from anlan.engine.planning.rehearsal import kernels  # noqa: PLC0415

    force, rules = setup.force, setup.rules
    samples = int(np.ceil(calls.until_s / SAMPLE_S)) if len(zones.place) else 0
    first = np.searchsorted(calls.call, np.arange(len(calls) + 1))
    weight = zones.weight / (zones.weight.sum() or 1.0)
    return kernels.World(
        travel.into,
        np.ascontiguousarray(travel.classes, np.int64),
        _units(force.skills),
        _slots(calls),
        _records(
            kernels.CALL, ready=calls.ready_s, place=calls.place, priority=calls.priority, first=first[:-1],
            last=first[1:],
        ),
        _records(kernels.WINDOW, unit=force.unit, post=force.post),
        _agenda(setup, calls, samples),
        _records(kernels.ZONE, place=zones.place, weight=weight),
        np.array([(
            rules.policy, rules.ring_s, rules.spare_from, rules.busy, rules.preempt, rules.move_up,
            rules.rolling, zones.needs,
        )], kernels.RULES),
        np.unique(force.post).astype(np.int64),
        np.zeros(calls.slots, np.int64),
        np.zeros(2, np.int64),
        np.zeros(samples),
    )  # fmt: skip


def _records(dtype: np.dtype[Any], **columns: Any) -> NDArray[Any]:
    """Records from columns; what is not given is 0."""
    table = np.zeros(len(next(iter(columns.values()))), dtype)
    for name, values in columns.items():
        table[name] = values
    return table


def _units(skills: NDArray[np.int64]) -> NDArray[Any]:
    """Nobody on duty yet."""
    from anlan.engine.planning.rehearsal.kernels import UNIT  # noqa: PLC0415

    none, never = np.full(len(skills), -1), np.full(len(skills), np.inf)
    return _records(UNIT, skills=skills, slot=none, post=none, left=-never, free_at=never, a=none, b=none)


def _slots(calls: Calls) -> NDArray[Any]:
    """Nobody sent yet."""
    from anlan.engine.planning.rehearsal.kernels import SLOT  # noqa: PLC0415

    nothing = np.full(calls.slots, np.nan)
    return _records(
        SLOT, call=calls.call, needs=calls.needs, turnout=calls.turnout_s, pace=calls.pace,
        service=calls.service_s, cancel=calls.cancel_s, end=calls.end, unit=np.full(calls.slots, -1),
        sent=nothing, arrived=nothing, freed=nothing,
    )  # fmt: skip


def _agenda(setup: Setup, calls: Calls, samples: int) -> NDArray[Any]:
    """What is known beforehand, by time, kind and number."""
    from anlan.engine.planning.rehearsal.kernels import BEGINS, COVER, ENDS, EVENT, READY  # noqa: PLC0415

    parts = (
        (ENDS, setup.force.end_s), (BEGINS, setup.force.start_s), (READY, calls.ready_s),
        (COVER, SAMPLE_S * np.arange(samples)),
    )  # fmt: skip
    time = np.concatenate([times for _, times in parts])
    kind = np.concatenate([np.full(len(times), kind) for kind, times in parts])
    which = np.concatenate([np.arange(len(times)) for _, times in parts])
    order = np.lexsort((which, kind, time))
    return _records(EVENT, time=time[order], kind=kind[order], which=which[order])
