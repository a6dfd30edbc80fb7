"""What a planner asks of a roster, as the JSON that is kept with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date as Date  # noqa: N812 fields are called date
from datetime import timedelta
from typing import Any

from pydantic import TypeAdapter, ValidationError

from anlan.engine.planning.roster import CALLED, CYCLES, Hours, Limit, Prices, Rules

DAYS, MOST_DAYS, MOST_MEMBERS, MOST_TEAMS = 28, 92, 600, 60
SECONDS, MOST_SECONDS = 30, 300
SOFT = 500
WEEK, WHOLE = 7, 0
HOUR = 60
COUNTRY = "CN"
LEVELS = ("I", "II", "III", "IV")


def usual_rules() -> Rules:
    """Return the rules that the form begins with: rest and runs hard, the rest priced."""
    return Rules(
        nights_running=Limit(4), days_running=Limit(6), off_after_nights=Limit(1, SOFT),
        hours=(Hours(WEEK, most=Limit(48 * HOUR, 200)),),
    )  # fmt: skip


@dataclass(frozen=True)
class NeedRow:
    """People wanted in a shift by weekday (Monday first), all or those with a skill."""

    shift: str
    people: tuple[int, ...]
    skill: str = ""


@dataclass(frozen=True)
class OtherNeed:
    """Another need on one day."""

    date: Date
    shift: str
    people: int
    skill: str = ""


@dataclass(frozen=True)
class AlertDays:
    """An alert level from the first to the last day; those called up serve in the shift."""

    first: Date
    last: Date
    level: str
    shift: str


@dataclass(frozen=True)
class Fixed:
    """A cell set by hand: the member's key, the day, the shift's code ("" = off)."""

    member: str
    date: Date
    shift: str


@dataclass(frozen=True)
class RosterAsk:
    """The form.

    Attributes:
        teams: codes of the teams.
        first: first day.
        days: how many.
        pattern: a name of the engine's `CYCLES`; empty: by need.
        ahead: days by which the pattern is ahead of its usual place.
        needs: people by shift and weekday.
        exceptions: other needs on single days.
        hard_needs: needs must be met.
        rules: each hard or priced.
        prices: of what is not a rule.
        together: price of each member who serves in another shift than most of the group.
        country: whose holidays count, two letters; empty: none.
        alerts: days of an alert level.
        shares: share of those off duty that a level calls up.
        order: groups in the published order of call-up; empty: by name.
        every: days after which another group is first.
        seconds: how long to search at most.
        fixed: cells set by hand.

    """

    teams: tuple[str, ...]
    first: Date
    days: int = DAYS
    pattern: str = ""
    ahead: int = 0
    needs: tuple[NeedRow, ...] = ()
    exceptions: tuple[OtherNeed, ...] = ()
    hard_needs: bool = False
    rules: Rules = field(default_factory=usual_rules)
    prices: Prices = field(default_factory=Prices)
    together: int | None = None
    country: str = COUNTRY
    alerts: tuple[AlertDays, ...] = ()
    shares: Mapping[str, float] = field(default_factory=lambda: {one: float(CALLED[one]) for one in LEVELS})
    order: tuple[str, ...] = ()
    every: int = 1
    seconds: int = SECONDS
    fixed: tuple[Fixed, ...] = ()

    @property
    def last(self) -> Date:
        """The last day."""
        return self.first + timedelta(days=self.days - 1)

    @property
    def about(self) -> str:
        """What a job of it is called."""
        named = ", ".join(self.teams[:2]) + (" …" if len(self.teams) > 2 else "")
        return f"{self.first.isoformat()} {named}"[:60]


ASK: TypeAdapter[RosterAsk] = TypeAdapter(RosterAsk)


def plain(ask: RosterAsk) -> dict[str, Any]:
    """Return an ask as JSON."""
    return dict(ASK.dump_python(ask, mode="json"))


def parsed(body: Any) -> RosterAsk:
    """Return the ask of stored JSON; what is kept beside it is left aside.

    Raises:
        ValueError: names the field that is wrong.

    """
    given = {key: value for key, value in body.items() if key in RosterAsk.__dataclass_fields__}
    try:
        ask = ASK.validate_python(given)
    except ValidationError as problem:
        first = problem.errors()[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from problem
    if ask.pattern and ask.pattern not in CYCLES:
        raise ValueError(f"pattern: expected one of {', '.join(CYCLES)}, not {ask.pattern!r}")
    if not 1 <= ask.days <= MOST_DAYS:
        raise ValueError(f"days: from 1 to {MOST_DAYS}, not {ask.days}")
    return ask


def next_monday(today: Date) -> Date:
    """Return the Monday after a day."""
    return today + timedelta(days=7 - today.weekday())
