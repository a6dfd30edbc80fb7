"""The table of slots: when each visit of each stop may begin, cut evenly or around a plan's visits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from anlan.engine.planning.routes.model import Slot
from anlan.engine.planning.routes.slots import cut, recut, within

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from anlan.engine.planning.routes.edits import Pin
    from anlan.engine.planning.routes.inputs import Windows
    from anlan.engine.planning.routes.model import Ground, Stop

type Table = dict[str, list[Slot]]
type Begins = Mapping[str, Sequence[tuple[int, int]]]  # per stop: (begin, unit) of its visits


def even_table(
    ground: Ground, pins: Sequence[Pin] = (), shares: Mapping[str, Sequence[float]] | None = None
) -> Table:
    """Slots of equal length, or cut at `shares` of the time to spare."""
    table: Table = {}
    for stop in ground.stops:
        fixed, free, left = _pinned(ground, stop, pins)
        windows = cut(free, stop.apart, left, (shares or {}).get(stop.code)) if left else []
        table[stop.code] = _ranked(stop, fixed, windows, range(len(windows)))
        _give_to_units(ground, table[stop.code], _units_only(stop, pins), {})
    return table


def recut_table(ground: Ground, begins: Begins, pins: Sequence[Pin] = ()) -> Table:
    """Slots around the visits of a plan, so that those stay possible and the next search has more freedom."""
    table: Table = {}
    for stop in ground.stops:
        fixed, free, left = _pinned(ground, stop, pins)
        visits = sorted(begins.get(stop.code, ()))
        for slot in fixed:
            held = next((one for one in visits if within(slot.windows, one[0], one[0])), None)
            visits = [one for one in visits if one != held]
        visits = [one for one in visits if within(free, one[0], one[0])][:left]
        windows, held_by = recut(free, stop.apart, left, [begin for begin, _ in visits]) if left else ([], [])
        rest = [row for row in range(len(windows)) if row not in held_by]
        table[stop.code] = _ranked(stop, fixed, windows, [*held_by, *rest])
        made_by = {len(fixed) + row: unit for row, (_, unit) in zip(held_by, visits, strict=True)}
        _give_to_units(ground, table[stop.code], _units_only(stop, pins), made_by)
    return table


def _pinned(ground: Ground, stop: Stop, pins: Sequence[Pin]) -> tuple[list[Slot], Windows, int]:
    """Slots of the pins with a time, the windows that those leave to other visits, and how many of those."""
    fixed = []
    free = stop.windows
    for pin in pins:
        if pin.stop == stop.code and pin.window:
            early, late = pin.window
            units = None if pin.unit is None else frozenset((_row(ground, pin.unit),))
            fixed.append(
                Slot(within(stop.windows, early, late), must=True, prize=0.0, units=units, pinned=True)
            )
            before, after = within(free, 0, early - stop.apart), within(free, late + stop.apart, 10**9)
            free = (*before, *after)
    return fixed, free, max(0, stop.visits - len(fixed)) if free else 0


def _ranked(stop: Stop, fixed: list[Slot], windows: list[Windows], order: Sequence[int]) -> list[Slot]:
    """Pins first, then the windows; `order` names them from the visit that is worth most on."""
    rank = {row: len(fixed) + place for place, row in enumerate(order)}
    slots = [replace(slot, prize=stop.prize * stop.again**number) for number, slot in enumerate(fixed)]
    return slots + [
        Slot(part, must=rank[row] < stop.musts, prize=stop.prize * stop.again ** rank[row])
        for row, part in enumerate(windows)
    ]


def _units_only(stop: Stop, pins: Sequence[Pin]) -> list[str]:
    return [pin.unit for pin in pins if pin.stop == stop.code and pin.unit and not pin.window]


def _give_to_units(ground: Ground, slots: list[Slot], units: list[str], made_by: Mapping[int, int]) -> None:
    """Bind a slot to each pinned unit: the one it already fills, else the first that is free."""
    for unit in (_row(ground, code) for code in units):
        open_rows = [row for row, slot in enumerate(slots) if not slot.pinned]
        mine = [row for row in open_rows if made_by.get(row) == unit] or open_rows
        if mine:
            slots[mine[0]] = replace(slots[mine[0]], must=True, units=frozenset((unit,)), pinned=True)
        else:
            slots.append(Slot((), must=True, prize=0.0, units=frozenset((unit,)), pinned=True))


def _row(ground: Ground, code: str) -> int:
    return [unit.code for unit in ground.units].index(code)
