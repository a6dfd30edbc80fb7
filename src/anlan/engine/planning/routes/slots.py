"""Several visits of one place, kept apart: each gets a slot of its own in which it must begin.

Slots are disjoint by at least the time that two begins must lie apart, so that whichever units make the
visits, and whenever within their slots, the gap is kept. Slots are cut anew as a plan takes shape.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anlan.engine.planning.routes.inputs import Windows


def within(windows: Windows, early: int, late: int) -> Windows:
    """The parts of `windows` from `early` to `late`."""
    parts = ((max(begin, early), min(end, late)) for begin, end in windows)
    return tuple((begin, end) for begin, end in parts if begin <= end)


def most_visits(windows: Windows, apart: int, visits: int) -> int:
    """How many of `visits` begins, `apart` seconds or more from each other, the windows take."""
    return len(_earliest(windows, apart, visits))


def cut(windows: Windows, apart: int, visits: int, shares: Sequence[float] | None = None) -> list[Windows]:
    """Slots of as many of `visits` as fit, in order.

    `shares` (visits - 1), rising from 0 to 1: how much of the time to spare lies before each cut; equal parts
    without.
    """
    first = _earliest(windows, apart, visits)
    last = _latest(windows, apart, len(first))
    slots: list[Windows] = []
    begin = first[0] if first else 0
    for number, (soonest, final) in enumerate(zip(first, last, strict=True), 1):
        if number == len(first):
            end = final
        else:
            share = shares[number - 1] if shares else number / len(first)
            end = soonest + int(share * (last[number] - apart - soonest))
            end = max(end, _next(windows, begin) or begin)
        slots.append(within(windows, begin, end))
        begin = end + apart
    return slots


def recut(
    windows: Windows, apart: int, visits: int, begins: Sequence[int]
) -> tuple[list[Windows], list[int]]:
    """Slots around visits that begin at `begins` (rising, each in a window, `apart` from each other).

    Further visits, up to `visits`, get the middle of the widest time between those as long as there is any.
    Returns the slots in order and which of them holds each of `begins`.
    """
    moments = list(begins)
    while len(moments) < visits and (more := _middle_of_widest(windows, apart, sorted(moments))) is not None:
        moments.append(more)
    order = sorted(moments)
    slots: list[Windows] = []
    low = windows[0][0]
    for moment, after in zip(order, [*order[1:], None], strict=True):
        high = windows[-1][1] if after is None else moment + (after - apart - moment) // 2
        slots.append(within(windows, low, high))
        low = high + apart
    return slots, [order.index(begin) for begin in begins]


def _middle_of_widest(windows: Windows, apart: int, begins: list[int]) -> int | None:
    edges = [windows[0][0] - apart, *begins, windows[-1][1] + apart]
    free = [within(windows, before + apart, after - apart) for before, after in pairwise(edges)]
    widest = max(free, key=lambda parts: parts[-1][1] - parts[0][0] if parts else -1)
    return _next(widest, (widest[0][0] + widest[-1][1]) // 2) if widest else None


def _earliest(windows: Windows, apart: int, visits: int) -> list[int]:
    begins: list[int] = []
    when = windows[0][0] if windows else 0
    while len(begins) < visits and (found := _next(windows, when)) is not None:
        begins.append(found)
        when = found + apart
    return begins


def _latest(windows: Windows, apart: int, visits: int) -> list[int]:
    mirrored = tuple((-late, -early) for early, late in reversed(windows))
    return [-begin for begin in reversed(_earliest(mirrored, apart, visits))]


def _next(windows: Windows, when: int) -> int | None:
    """The first moment from `when` on that lies in a window."""
    return next((max(early, when) for early, late in windows if late >= when), None)
