"""What a roster must keep: each rule hard, or soft with the price of breaking it."""

from __future__ import annotations

from dataclasses import dataclass

REST_MIN = 660
OFF = ""
ANY_DUTY = "*"


@dataclass(frozen=True)
class Limit:
    """A figure to keep; `price` of each unit beyond it, None where it must not be broken.

    Raises:
        ValueError: names the field that is out of range.

    """

    value: int
    price: int | None = None

    def __post_init__(self) -> None:
        if self.value < 0:
            raise ValueError(f"value: must be 0 or more, not {self.value}")
        if self.price is not None and self.price < 0:
            raise ValueError(f"price: must be 0 or more (None for a hard rule), not {self.price}")


@dataclass(frozen=True)
class Hours:
    """Least and most minutes of duty in each stretch of `days` days; the price is per hour begun.

    `days` 7: calendar weeks from Monday, days of `Member.before` counted; 0: the whole horizon; else blocks
    from the first day. A stretch that the horizon cuts has no least.

    Raises:
        ValueError: names the field that is out of range.

    """

    days: int
    least: Limit | None = None
    most: Limit | None = None

    def __post_init__(self) -> None:
        if self.days < 0:
            raise ValueError(f"days of hours: must be 0 or more, not {self.days}")
        if self.least and self.most and self.least.value > self.most.value:
            raise ValueError(f"least of hours: {self.least.value} is above most, {self.most.value}")


@dataclass(frozen=True)
class Forbidden:
    """Codes that must not stand on consecutive days: a shift's, "" for off, "*" for any duty.

    Raises:
        ValueError: no code at all, or a negative price.

    """

    codes: tuple[str, ...]
    price: int | None = None

    def __post_init__(self) -> None:
        if not self.codes:
            raise ValueError("codes of a forbidden sequence: at least one")
        if self.price is not None and self.price < 0:
            raise ValueError(f"price: must be 0 or more (None for a hard rule), not {self.price}")


@dataclass(frozen=True)
class Rules:
    """The rules of one member's row; None: no such rule.

    rest_min            minutes between the end of a duty and the begin of the next; price per broken pair
    nights_running      most nights on days running; price per night beyond
    days_running        most days of duty running; price per day beyond
    days_least          fewest days of duty running (runs cut by the horizon are let off); per day short
    off_least           fewest days off running (the same); per day short
    off_after_nights    fewest days off after the last night of a run; per day short
    hours               minutes in weeks, blocks or the whole horizon
    weekends_most       most weekends with a duty, in the horizon
    weekend_off_in      k: of any k weekends running one is free; price per k without
    shifts_most         most duties of a shift in the horizon
    forbidden           sequences of codes on days running

    Raises:
        ValueError: names the rule that is out of range.

    """

    rest_min: Limit | None = Limit(REST_MIN)
    nights_running: Limit | None = None
    days_running: Limit | None = None
    days_least: Limit | None = None
    off_least: Limit | None = None
    off_after_nights: Limit | None = None
    hours: tuple[Hours, ...] = ()
    weekends_most: Limit | None = None
    weekend_off_in: Limit | None = None
    shifts_most: tuple[tuple[str, Limit], ...] = ()
    forbidden: tuple[Forbidden, ...] = ()

    def __post_init__(self) -> None:
        if self.weekend_off_in and self.weekend_off_in.value < 2:
            raise ValueError(f"weekend_off_in: at least 2, not {self.weekend_off_in.value}")
        codes = [code for code, _ in self.shifts_most]
        if len(set(codes)) < len(codes):
            raise ValueError("shifts_most: a shift twice")
