"""The smallest relaxation of rules that conflict, as changes of what was asked."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from anlan.engine.planning.roster import Limit, Rules
from anlan.service.planning.rosters import ask as asks
from anlan.service.planning.rosters.ask import HOUR, SOFT, OtherNeed
from anlan.service.tags import number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from anlan.engine.planning.roster import Hours
    from anlan.service.planning.models import Roster
    from anlan.service.planning.rosters.ask import RosterAsk
    from anlan.service.planning.rosters.words import Names

COUNTED = {"nights_running", "days_running"}
LOWERED = {"rest_min", "days_least", "off_least", "off_after_nights"}
CELLS = {"fixed", "forbidden_cell"}


@dataclass(frozen=True)
class Change:
    """A change that helps: its number, in words, and the member it sends to (leave) or the new ask."""

    number: int
    words: str
    member: str = ""
    ask: RosterAsk | None = None


def changes(roster: Roster, names: Names) -> list[Change]:
    """Return the changes that together make the roster possible, each of one rule."""
    ask, found = asks.parsed(roster.ask), list[Change]()
    for rule, ones in grouped(roster):
        if rule == "leave":
            who = ones[0]["member"]
            days = ", ".join(names.day(one["day"]) for one in ones)
            told = _("Let %(member)s serve on %(days)s: shorten the absence.")
            found.append(Change(len(found), told % {"member": names.member(who), "days": days}, who))
            continue
        made, told = changed(roster, ask, rule, ones, names)
        if made != ask:
            found.append(Change(len(found), told, ask=made))
    return found


def applied(roster: Roster, names: Names, which: str) -> RosterAsk:
    """Return the ask with one change (its number), or with all of them ("all"), or as it was."""
    ask = asks.parsed(roster.ask)
    if which == "all":
        for rule, ones in grouped(roster):
            if rule != "leave":
                ask = changed(roster, ask, rule, ones, names)[0]
        return ask
    found = {str(one.number): one.ask for one in changes(roster, names)}
    return found.get(which) or ask


def grouped(roster: Roster) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the relaxations by what one change would mend: a rule's limit, a need, a member's leave."""
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for one in roster.body["why"]["relaxations"]:
        rule = one["rule"]
        if rule == "need":
            key: tuple[Any, ...] = (rule, one["day"], one["shift"], one["skill"])
        elif rule == "leave":
            key = (rule, one["member"])
        elif rule in CELLS:
            key = (rule, one["member"], one["day"])
        else:
            key = (rule, one["limit"], one["shift"] if rule == "shifts_most" else "")
        found.setdefault(key, []).append(one)
    return [(key[0], ones) for key, ones in found.items()]


def changed(
    roster: Roster, ask: RosterAsk, rule: str, ones: list[dict[str, Any]], names: Names
) -> tuple[RosterAsk, str]:
    """Return the ask with a rule relaxed as far as these ask for, and that in words."""
    one = ones[0]
    if rule == "need":
        return _need(ask, one, names)
    if rule in CELLS:
        day = ask.first + timedelta(days=one["day"])
        kept = tuple(cell for cell in ask.fixed if (cell.member, cell.date) != (one["member"], day))
        told = _("Let go of %(member)s on %(day)s, which was set by hand.")
        return replace(ask, fixed=kept), told % {
            "member": names.member(one["member"]), "day": names.day(one["day"])
        }  # fmt: skip
    if rule == "forbidden":
        return _forbidden(roster, ask, ones)
    if rule.startswith("hours"):
        return _hours(ask, rule, ones)
    return _limit(ask, rule, ones, names)


def _need(ask: RosterAsk, one: Mapping[str, Any], names: Names) -> tuple[RosterAsk, str]:
    day = ask.first + timedelta(days=one["day"])
    others = tuple(
        other for other in ask.exceptions
        if (other.date, other.shift, other.skill) != (day, one["shift"], one["skill"])
    )  # fmt: skip
    new = OtherNeed(day, one["shift"], one["value"], one["skill"])
    told = _("%(people)s instead of %(limit)s people%(skill)s in the %(shift)s of %(day)s")
    return replace(ask, exceptions=(*others, new)), told % {
        **names.figures(one), "people": one["value"]
    }  # fmt: skip


def _forbidden(roster: Roster, ask: RosterAsk, ones: Iterable[Mapping[str, Any]]) -> tuple[RosterAsk, str]:
    """Price the sequences that stand in the rows of the relaxation."""
    rows, before = roster.body["why"]["rows"], _before(roster)
    ends = [
        [*before.get(one["member"], []), *rows[one["member"]][: one["day"] + 1]]
        for one in ones if one["member"] in rows
    ]  # fmt: skip
    new = tuple(
        replace(one, price=SOFT) if one.price is None and any(_ends(row, one.codes) for row in ends) else one
        for one in ask.rules.forbidden
    )
    broken = [" ".join(one.codes) for one, was in zip(new, ask.rules.forbidden, strict=True) if one != was]
    told = _("Allow the sequence %(codes)s at a price of %(price)s.")
    made = replace(ask, rules=replace(ask.rules, forbidden=new))
    return made, told % {"codes": ", ".join(broken), "price": SOFT}


def _before(roster: Roster) -> dict[str, list[str]]:
    return {one["code"]: one["before"] for one in roster.body["problem"]["members"]}


def _ends(row: list[str], codes: tuple[str, ...]) -> bool:
    end = row[-len(codes) :]
    return len(end) == len(codes) and all(
        code == have or (code == "*" and have != "") for code, have in zip(codes, end, strict=True)
    )


def _hours(ask: RosterAsk, rule: str, ones: list[dict[str, Any]]) -> tuple[RosterAsk, str]:
    """Move the bound of hours with this limit, to whole hours."""
    least, limit = rule == "hours_least", ones[0]["limit"]
    reached = [one["value"] for one in ones]
    value = HOUR * (math.floor(min(reached) / HOUR) if least else math.ceil(max(reached) / HOUR))
    rules = tuple(_bounded(one, limit, value, least=least) for one in ask.rules.hours)
    told = _("At least %(value)s h instead of %(limit)s h") if least else _(
        "At most %(value)s h instead of %(limit)s h"
    )  # fmt: skip
    made = replace(ask, rules=replace(ask.rules, hours=rules))
    return made, told % {"value": number(value / HOUR), "limit": number(limit / HOUR)}


def _bounded(hours: Hours, limit: int, value: int, *, least: bool) -> Hours:
    bound = hours.least if least else hours.most
    if bound is None or bound.value != limit or bound.price is not None:
        return hours
    return replace(hours, **{"least" if least else "most": Limit(value)})


def _limit(ask: RosterAsk, rule: str, ones: list[dict[str, Any]], names: Names) -> tuple[RosterAsk, str]:
    value = _value(rule, ones)
    if rule == "shifts_most":
        shift = ones[0]["shift"]
        most = tuple(
            (code, Limit(value) if code == shift else limit) for code, limit in ask.rules.shifts_most
        )
        told = _("At most %(value)s times %(shift)s instead of %(limit)s")
        made = replace(ask.rules, shifts_most=most)
        shown = {"value": value, "limit": ones[0]["limit"], "shift": names.shift(shift)}
        return replace(ask, rules=made), told % shown
    told = {
        "rest_min": _("At least %(value)s h of rest instead of %(limit)s h"),
        "nights_running": _("At most %(value)s nights running instead of %(limit)s"),
        "days_running": _("At most %(value)s days of duty running instead of %(limit)s"),
        "days_least": _("At least %(value)s days of duty running instead of %(limit)s"),
        "off_least": _("At least %(value)s days off running instead of %(limit)s"),
        "off_after_nights": _("At least %(value)s days off after nights instead of %(limit)s"),
        "weekends_most": _("At most %(value)s weekends with a duty instead of %(limit)s"),
        "weekend_off_in": _("One of any %(value)s weekends free instead of one of %(limit)s"),
    }.get(rule)
    if told is None or getattr(ask.rules, rule, None) is None:
        return ask, ""
    unit = HOUR if rule == "rest_min" else 1
    shown = {"value": number(value / unit, value % unit and 1), "limit": number(ones[0]["limit"] / unit)}
    return replace(ask, rules=_set(ask.rules, rule, value)), told % shown


def _set(rules: Rules, rule: str, value: int) -> Rules:
    """Set a limit; one that has come down to nothing goes."""
    gone = value == 0 and rule in LOWERED
    return replace(rules, **{rule: None if gone else Limit(value)})


def _value(rule: str, ones: list[dict[str, Any]]) -> int:
    """Return the limit at which none of these would be broken."""
    if rule in LOWERED:
        return max(0, min(one["value"] for one in ones))
    if rule == "weekend_off_in":
        return max(one["value"] for one in ones) + 1
    if rule not in COUNTED:
        return max(one["value"] for one in ones)
    longest = run = 1
    ordered = sorted((one["member"], one["day"]) for one in ones)
    for (who, day), (other, after) in pairwise(ordered):
        run = run + 1 if (who, day + 1) == (other, after) else 1
        longest = max(longest, run)
    return int(ones[0]["limit"]) + longest
