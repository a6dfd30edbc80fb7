"""What a planner asks of a trial, as the JSON that is kept with it; the engine's protocol made from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date as Date  # noqa: N812 fields are called date
from datetime import timedelta
from typing import Any

from pydantic import TypeAdapter, ValidationError

from anlan.engine.planning.trials import Eligibility, Kind, Plays, Protocol

DAYS_OF = {"week": 7, "day": 1}
BACK_WEEKS = 104
FEWEST_WEEKS = 26
STRETCH_WEEKS = 4
CANDIDATES_A_PLACE = 4
MANY_COINS, DRAWS, FEWER_DRAWS = 1_000, 9_999, 1_999


@dataclass(frozen=True)
class TrialAsk:
    """The design form.

    Attributes:
        name: what the trial is called.
        first: its first day, if it is started by then.
        weeks: its length.
        coin: "week" or "day": the period that a coin, or a hold of `hold` periods, is tossed for.
        kind: what one coin decides, see `Kind`.
        hold: periods for which a coin holds.
        washout: first periods of a hold that are not counted.
        looks: weeks done at which it is looked at.
        types: incident types, `category:` for a whole category; none: all.
        area: digits of a township, or a beat's code; "" for the county.
        places: how many hot spots take part at most.
        rings: rings of spill-over around each place.
        ring_m: width of one.
        least: incidents a week that a hot spot must have.
        effect: the change it is planned for, -0.15 = 15 % fewer.
        power: the power wanted.
        dose_min: minutes in a period that count as a dose.
        left_out: codes of grids that take no part, with the reason.

    """

    name: str
    first: Date
    weeks: int = 26
    coin: str = "week"
    kind: Kind = Kind.CROSSOVER
    hold: int = 1
    washout: int = 0
    looks: tuple[int, ...] = (6, 13)
    types: tuple[str, ...] = ()
    area: str = ""
    places: int = 40
    rings: int = 1
    ring_m: float = 150.0
    least: float = 0.5
    effect: float = -0.15
    power: float = 0.8
    dose_min: float = 10.0
    left_out: dict[str, str] = field(default_factory=dict)

    @property
    def period_days(self) -> int:
        """Days in a period."""
        return DAYS_OF[self.coin]

    @property
    def in_week(self) -> int:
        """Periods in a week."""
        return 7 // self.period_days

    @property
    def candidates(self) -> int:
        """How many of the busiest grids are looked at."""
        return CANDIDATES_A_PLACE * self.places + len(self.left_out)

    def protocol(self) -> Protocol:
        """Return what is fixed beforehand; with very many coins fewer assignments are drawn.

        Raises:
            ValueError: names the field that is out of range.

        """
        made = Protocol(
            periods=self.weeks * self.in_week, period_days=self.period_days, kind=self.kind, hold=self.hold,
            washout=self.washout, looks=tuple(week * self.in_week for week in self.looks),
            effect=self.effect, power=self.power, draws=DRAWS, prior=8.0 * self.in_week,
        )  # fmt: skip
        if made.coins * self.places // 2 <= MANY_COINS:
            return made
        return Protocol(**{**vars(made), "draws": FEWER_DRAWS})

    def rules(self) -> Eligibility:
        """Return who may take part.

        Raises:
            ValueError: names the field that is out of range.

        """
        return Eligibility(
            rings=self.rings, ring_m=self.ring_m, least=self.least / self.in_week,
            least_periods=FEWEST_WEEKS * self.in_week, most=self.places, left_out=self.left_out,
        )  # fmt: skip

    def plays(self, number: int = 1_000) -> Plays:
        """Return how the power is stated: stretches of four weeks."""
        return Plays(number=number, stretch=STRETCH_WEEKS * self.in_week)


ASK: TypeAdapter[TrialAsk] = TypeAdapter(TrialAsk)


def plain(ask: TrialAsk) -> dict[str, Any]:
    """Return an ask as JSON."""
    return dict(ASK.dump_python(ask, mode="json"))


def parsed(body: dict[str, Any]) -> TrialAsk:
    """Return the ask of stored JSON; what is kept beside it (the number drawn in public) is left aside.

    Raises:
        ValueError: names the field that is wrong.

    """
    try:
        return ASK.validate_python({key: value for key, value in body.items() if key != "beacon"})
    except ValidationError as problem:
        first = problem.errors()[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from problem


def next_monday(today: Date) -> Date:
    """Return the Monday after a day: weeks of the schedule then are calendar weeks."""
    return today + timedelta(days=7 - today.weekday())
