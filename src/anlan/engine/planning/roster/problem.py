"""What is asked of a roster: days, shifts, members, needs, rules and prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from anlan.engine.planning.roster.rules import ANY_DUTY, OFF, Rules
from anlan.engine.planning.shifts import DAY_MIN, Shift, checked

Rows = Mapping[str, tuple[str, ...]]
NIGHT_FROM, NIGHT_TO, NIGHT_MIN = 23 * 60, 30 * 60, 180


@dataclass(frozen=True)
class Wish:
    """A member's wish: the shift on a day ("" = to be off), wanted or to be avoided; `weight` 0 or more."""

    day: int
    shift: str
    want: bool = True
    weight: int = 1


@dataclass(frozen=True)
class Balance:
    """What earlier months left over, above (+) or below (-) the fair share: duties, and minutes."""

    nights: int = 0
    weekends: int = 0
    holidays: int = 0
    minutes: int = 0


@dataclass(frozen=True)
class Member:
    """Who is rostered: `before` are the codes of the days just before the first (the last is day -1).

    `weekly_min` is the contract, by which burdens are shared; `leave` are days without duty; `shifts` the
    codes that may be given (None: all); `rules` replace the problem's.
    """

    code: str
    team: str = ""
    skills: tuple[str, ...] = ()
    weekly_min: int = 2400
    leave: tuple[int, ...] = ()
    wishes: tuple[Wish, ...] = ()
    before: tuple[str, ...] = ()
    balance: Balance = Balance()
    shifts: tuple[str, ...] | None = None
    rules: Rules | None = None


@dataclass(frozen=True)
class Need:
    """People wanted in a shift of a day, all or those with a skill.

    `price` of each who is missing (None: `Prices.uncovered`), `over` of each too many; a hard one must be
    met.
    """

    day: int
    shift: str
    people: int
    skill: str = ""
    price: int | None = None
    over: int = 0
    hard: bool = False


@dataclass(frozen=True)
class Fairness:
    """Price of each duty beside the fair share (thrice beyond two), and of each full 8 hours beside it."""

    nights: int = 2
    weekends: int = 2
    holidays: int = 2
    hours: int = 2


@dataclass(frozen=True)
class Prices:
    """What things cost: a missing person ≫ rules (priced one by one) ≫ wishes ≫ fairness ≫ deviation.

    `wish` is per unit of weight, `deviation` per cell beside the pattern.
    """

    uncovered: int = 10_000
    wish: int = 20
    fairness: Fairness = Fairness()
    deviation: int = 1

    def __post_init__(self) -> None:
        each = (self.uncovered, self.wish, self.deviation, *vars(self.fairness).values())
        if min(each) < 0:
            raise ValueError("prices: must be 0 or more")


@dataclass(frozen=True)
class Cell:
    """One day of one member: a shift's code, or "" for off."""

    member: str
    day: int
    shift: str


@dataclass(frozen=True, eq=False)
class Edits:
    """By hand: cells that stay, cells that may not be, a roster to stay close to at a price per change."""

    fixed: tuple[Cell, ...] = ()
    forbidden: tuple[Cell, ...] = ()
    near: Rows | None = None
    change: int = 50


@dataclass(frozen=True, eq=False)
class Problem:
    """A roster to make, `days` days from the ISO date `start`; days are numbered from 0.

    `holidays` are days; `weekend` weekdays (0 = Monday), two of one week running at most; `nights` the codes
    that count as nights (None: at least 3 hours between 23:00 and 6:00). `base` are rows by a pattern, from
    which deviations are priced. `together`: price of each member on duty in another shift than most of the
    team that day (None: teams may mix).

    Raises:
        ValueError: names the field and who or what is wrong.

    """

    start: str
    days: int
    shifts: tuple[Shift, ...]
    members: tuple[Member, ...]
    needs: tuple[Need, ...] = ()
    rules: Rules = field(default=Rules())
    prices: Prices = Prices()
    holidays: tuple[int, ...] = ()
    weekend: tuple[int, ...] = (5, 6)
    nights: tuple[str, ...] | None = None
    base: Rows | None = None
    together: int | None = None
    edits: Edits = field(default=Edits())

    def __post_init__(self) -> None:
        _checked(self)

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes by symbol: "" (off) is 0, shifts follow from 1."""
        return (OFF, *(shift.code for shift in self.shifts))

    def weekday(self, day: int) -> int:
        """Weekday of a day, 0 = Monday; days before the first are negative."""
        return (date.fromisoformat(self.start) + timedelta(days=day)).weekday()

    def rules_of(self, member: Member) -> Rules:
        """The member's own rules, else everybody's."""
        return member.rules or self.rules

    def is_night(self, shift: Shift) -> bool:
        """Whether the shift counts as a night."""
        return shift.code in self.nights if self.nights is not None else night(shift)


def night(shift: Shift) -> bool:
    """Whether at least 3 hours lie between 23:00 and 6:00."""
    inside = 0
    for back in (0, DAY_MIN):
        inside += max(0, min(shift.end_min, NIGHT_TO - back) - max(shift.start_min, NIGHT_FROM - back))
    return inside >= NIGHT_MIN


def _checked(problem: Problem) -> None:
    try:
        date.fromisoformat(problem.start)
    except ValueError:
        raise ValueError(f"start: an ISO date, not {problem.start!r}") from None
    if problem.days < 1:
        raise ValueError(f"days: at least 1, not {problem.days}")
    checked(problem.shifts)
    codes = set(problem.codes)
    if ANY_DUTY in codes:
        raise ValueError("shifts: the code * is kept for any duty")
    _weekend(problem.weekend)
    _days("holidays", problem.holidays, problem.days)
    _known("nights", problem.nights or (), codes)
    if problem.together is not None and problem.together < 0:
        raise ValueError("together: must be 0 or more")
    _rules("rules", problem.rules, codes)
    members = [member.code for member in problem.members]
    if not members or len(set(members)) < len(members):
        raise ValueError("members: at least one, and no code twice")
    for member in problem.members:
        _member(member, codes, problem.days)
    _needs(problem.needs, codes, problem.days)
    _rows("base", problem.base, set(members), codes, problem.days)
    _edits(problem.edits, set(members), codes, problem.days)


def _weekend(weekend: tuple[int, ...]) -> None:
    days = sorted(set(weekend))
    if (
        len(days) > 2
        or (days and not 0 <= days[0] <= days[-1] <= 6)
        or days[-1:] > [days[0] + 1 if days else 0]
    ):
        raise ValueError(f"weekend: one or two weekdays 0-6 running, not {weekend}")


def _days(name: str, days: tuple[int, ...], most: int) -> None:
    for day in days:
        if not 0 <= day < most:
            raise ValueError(f"{name}: day {day} is not from 0 to {most - 1}")


def _known(name: str, shifts: tuple[str, ...], codes: set[str]) -> None:
    for code in shifts:
        if code not in codes:
            raise ValueError(f"{name}: no shift {code!r}")


def _rules(name: str, rules: Rules, codes: set[str]) -> None:
    _known(f"shifts_most of {name}", tuple(code for code, _ in rules.shifts_most), codes - {OFF})
    for sequence in rules.forbidden:
        _known(f"forbidden of {name}", sequence.codes, codes | {ANY_DUTY})


def _member(member: Member, codes: set[str], days: int) -> None:
    name = f"member {member.code}"
    if not member.code:
        raise ValueError("members: each needs a code")
    if member.weekly_min < 0:
        raise ValueError(f"weekly_min of {name}: must be 0 or more, not {member.weekly_min}")
    _days(f"leave of {name}", member.leave, days)
    _known(f"before of {name}", member.before, codes)
    _known(f"shifts of {name}", member.shifts or (), codes - {OFF})
    _days(f"wishes of {name}", tuple(wish.day for wish in member.wishes), days)
    _known(f"wishes of {name}", tuple(wish.shift for wish in member.wishes), codes)
    if any(wish.weight < 0 for wish in member.wishes):
        raise ValueError(f"wishes of {name}: weight must be 0 or more")
    if member.rules:
        _rules(name, member.rules, codes)


def _needs(needs: tuple[Need, ...], codes: set[str], days: int) -> None:
    seen: set[tuple[int, str, str]] = set()
    for need in needs:
        key = (need.day, need.shift, need.skill)
        name = f"need of day {need.day} {' '.join(key[1:])}".rstrip()
        _days("needs", (need.day,), days)
        _known("needs", (need.shift,), codes - {OFF})
        if need.people < 0 or need.over < 0 or (need.price or 0) < 0:
            raise ValueError(f"{name}: people and prices must be 0 or more")
        if key in seen:
            raise ValueError(f"{name}: twice")
        seen.add(key)


def _rows(name: str, rows: Rows | None, members: set[str], codes: set[str], days: int) -> None:
    for member, row in (rows or {}).items():
        if member not in members:
            raise ValueError(f"{name}: no member {member!r}")
        if len(row) != days:
            raise ValueError(f"{name} of member {member}: {days} days expected, not {len(row)}")
        _known(f"{name} of member {member}", tuple(row), codes)


def _edits(edits: Edits, members: set[str], codes: set[str], days: int) -> None:
    if edits.change < 0:
        raise ValueError(f"change: must be 0 or more, not {edits.change}")
    for name, cells in (("fixed", edits.fixed), ("forbidden", edits.forbidden)):
        for cell in cells:
            if cell.member not in members:
                raise ValueError(f"{name}: no member {cell.member!r}")
            _days(name, (cell.day,), days)
            _known(name, (cell.shift,), codes)
    _rows("near", edits.near, members, codes, days)
