"""The rules of a roster as a table of limits and prices, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy

from anlan.engine.planning.roster import Hours, Limit, Rules
from anlan.service.planning.rosters.ask import HOUR, MOST_DAYS, WEEK, WHOLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from anlan.engine.planning.shifts import Shift


@dataclass(frozen=True)
class Rule:
    """A row of the table: its field, what it is called, its unit, what the price is of, its range."""

    name: str
    label: Any
    unit: Any
    help_text: Any = ""
    least: float = 1
    most: float = MOST_DAYS


H, DAYS, NIGHTS, WEEKENDS = (
    gettext_lazy("h"),
    gettext_lazy("days"),
    gettext_lazy("nights"),
    gettext_lazy("weekends"),
)
A_PAIR, AN_HOUR = gettext_lazy("a short rest"), gettext_lazy("an hour")
A_DAY, A_NIGHT, A_WEEKEND = gettext_lazy("a day"), gettext_lazy("a night"), gettext_lazy("a weekend")
WHOLE_MOST = 24 * MOST_DAYS

RULES = (
    Rule("rest_min", gettext_lazy("Rest between duties at least"), H, A_PAIR, 0, 48),
    Rule("nights_running", gettext_lazy("Nights running at most"), NIGHTS, A_NIGHT),
    Rule("off_after_nights", gettext_lazy("Days off after nights at least"), DAYS, A_DAY, most=14),
    Rule("days_running", gettext_lazy("Days of duty running at most"), DAYS, A_DAY),
    Rule("days_least", gettext_lazy("Days of duty running at least"), DAYS, A_DAY, most=14),
    Rule("off_least", gettext_lazy("Days off running at least"), DAYS, A_DAY, most=14),
    Rule("week_most", gettext_lazy("Hours a calendar week at most"), H, AN_HOUR, 0, 168),
    Rule("week_least", gettext_lazy("Hours a calendar week at least"), H, AN_HOUR, 0, 168),
    Rule("whole_most", gettext_lazy("Hours in the whole roster at most"), H, AN_HOUR, 0, WHOLE_MOST),
    Rule("whole_least", gettext_lazy("Hours in the whole roster at least"), H, AN_HOUR, 0, WHOLE_MOST),
    Rule("weekends_most", gettext_lazy("Weekends with a duty at most"), WEEKENDS, A_WEEKEND, 0),
    Rule("weekend_off_in", gettext_lazy("One weekend free of any"), WEEKENDS, A_WEEKEND, 2, 14),
)
COUNTED = (
    "nights_running", "off_after_nights", "days_running", "days_least", "off_least", "weekends_most",
    "weekend_off_in",
)  # fmt: skip
SPANS = {"week": WEEK, "whole": WHOLE}


def rules_of(given: Mapping[str, Any], shifts: Sequence[Shift]) -> Rules:
    """Return the rules of a form's fields; an empty limit is no rule, an empty price a rule that must hold.

    Raises:
        ValueError: the limits contradict each other.

    """
    most = tuple(
        (shift.code, limit) for shift in shifts if (limit := _limit(given, f"most_{shift.code}")) is not None
    )
    return Rules(
        rest_min=_limit(given, "rest_min", HOUR), hours=tuple(_hours(given)), shifts_most=most,
        forbidden=given["forbidden"], **{name: _limit(given, name) for name in COUNTED},
    )  # fmt: skip


def _limit(given: Mapping[str, Any], name: str, unit: int = 1) -> Limit | None:
    value = given.get(name)
    return None if value is None else Limit(round(unit * value), given.get(f"{name}_price"))


def _hours(given: Mapping[str, Any]) -> list[Hours]:
    found = []
    for name, days in SPANS.items():
        least, most = (_limit(given, f"{name}_{end}", HOUR) for end in ("least", "most"))
        if least or most:
            found.append(Hours(days, least, most))
    return found


def values_of(rules: Rules) -> dict[str, Any]:
    """Return the fields of rules."""
    found: dict[str, Any] = {}
    _put(found, "rest_min", rules.rest_min, HOUR)
    for name in COUNTED:
        _put(found, name, getattr(rules, name))
    for code, limit in rules.shifts_most:
        _put(found, f"most_{code}", limit)
    for hours in rules.hours:
        for name, days in SPANS.items():
            if days == hours.days:
                _put(found, f"{name}_least", hours.least, HOUR)
                _put(found, f"{name}_most", hours.most, HOUR)
    return found


def _put(found: dict[str, Any], name: str, limit: Limit | None, unit: int = 1) -> None:
    if limit is not None:
        whole = limit.value % unit == 0
        found[name] = limit.value // unit if whole else limit.value / unit
        found[f"{name}_price"] = limit.price
