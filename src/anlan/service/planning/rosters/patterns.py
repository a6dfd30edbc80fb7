"""The engine's patterns on a county's shifts, and how teams and their groups stand in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.engine.planning.roster import CYCLES, Pattern, dated
from anlan.engine.planning.roster.problem import night

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from anlan.engine.planning.shifts import Shift

DAY, EVENING, NIGHT = "day", "evening", "night"
LEAST_MIN = {"two_shifts_12h": 600, "day_and_night_24h": 1200}
UNTURNED = {"weekdays"}


def available(shifts: Sequence[Shift]) -> dict[str, tuple[str, ...]]:
    """Return the cycles that a county's shifts can serve, by name, in its codes and dated by them."""
    found = {}
    for name in CYCLES:
        cycle = _cycle(name, shifts)
        if cycle is not None:
            found[name] = cycle
    return found


def _cycle(name: str, shifts: Sequence[Shift]) -> tuple[str, ...] | None:
    wanted = {code for code in CYCLES[name] if code}
    long = [shift for shift in shifts if shift.minutes >= LEAST_MIN.get(name, 0)]
    codes = _codes(wanted, long)
    if codes is None:
        return None
    try:
        return dated(tuple(codes.get(code, "") for code in CYCLES[name]), shifts)
    except ValueError:
        return None


def _codes(wanted: set[str], shifts: Sequence[Shift]) -> dict[str, str] | None:
    """Return which shift is the day's, the evening's, the night's: by its code, else by its hours."""
    nights = [
        shift.code for shift in shifts if night(shift) and shift.minutes < LEAST_MIN["day_and_night_24h"]
    ]
    others = [
        shift.code for shift in sorted(shifts, key=lambda one: one.start_min) if shift.code not in nights
    ]
    guess = {NIGHT: nights[:1], DAY: others[:1], EVENING: others[1:][-1:]}
    known = {shift.code for shift in shifts}
    found = {kind: kind if kind in known else next(iter(guess[kind]), "") for kind in wanted}
    return found if all(found.values()) and len(set(found.values())) == len(wanted) else None


def placed(name: str, cycle: tuple[str, ...], groups: Iterable[tuple[str, str]], ahead: int = 0) -> Pattern:
    """Return the pattern with a place for each (team, group): a team's groups are spread over the cycle.

    Teams without groups are spread among themselves. A working week begins on Monday for all.
    """
    offsets: dict[str, int] = {}
    mates: dict[str, list[str]] = {}
    for team, group in sorted(set(groups)):
        mates.setdefault(team if group else "", []).append(named(team, group))
    for names in mates.values():
        for place, one in enumerate(names):
            turn = 0 if name in UNTURNED else place * len(cycle) // len(names)
            offsets[one] = (turn + ahead) % len(cycle)
    return Pattern(cycle, offsets)


def named(team: str, group: str) -> str:
    """Return what a team, or a group of one, is called in a roster."""
    return f"{team}/{group}" if group else team


def per_shift(cycle: tuple[str, ...], people: int) -> dict[str, int]:
    """Return how many people a cycle has in each shift on average, a tenth of them kept for leave."""
    return {code: max(1, int(0.9 * people * cycle.count(code) / len(cycle))) for code in set(cycle) - {""}}
