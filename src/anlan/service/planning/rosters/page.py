"""The parts of a roster's page: the grid, each day, tallies, cover, what is broken, what is proved."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from anlan.service.planning.models import Absence
from anlan.service.planning.presentation.figures import clock
from anlan.service.planning.rosters import ask as asks
from anlan.service.planning.rosters import patterns, records, relax, words
from anlan.service.planning.rosters.search import order_of
from anlan.service.tags import number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from anlan.service.planning.models import Roster
    from anlan.service.planning.rosters.words import Names

SHOWN_BROKEN = 60
OFF_MARK, AWAY_MARK = "·", "×"
BALANCES = ("nights", "weekends", "holidays", "minutes")


def page(roster: Roster) -> dict[str, Any]:
    """Return what the page of a roster shows."""
    names, ask = words.Names(roster), asks.parsed(roster.ask)
    shown = {
        "names": names, "ask": ask, "teams": [names.team(code) for code in ask.teams],
        "pattern": words.PATTERNS.get(ask.pattern, words.BY_NEED),
        "people": len(roster.body["people"]), "why": why(roster, names),
    }  # fmt: skip
    if roster.body["why"] is not None:
        return shown
    result = roster.body["result"]
    return shown | {
        "days": days(roster), "shifts": shifts(roster, names), "groups": groups(roster, names),
        "cover": cover(roster, names), "by_day": by_day(roster, names),
        "broken": broken(result, names), "parts": parts(result), "quality": words.quality(result),
        "objective": result["objective"], "called": called(roster, names), "short": short(roster, names),
        "order": order(roster, names), "stale": stale(roster), "fixed": len(ask.fixed),
    }  # fmt: skip


def why(roster: Roster, names: Names) -> dict[str, Any] | None:
    """Return why there is no roster, and what would help; None where there is one."""
    found = roster.body["why"]
    if found is None:
        return None
    return {
        "causes": [words.cause(one, names) for one in found["causes"]],
        "sure": found["feasible"] is False, "minimal": found["minimal"], "smallest": found["smallest"],
        "changes": relax.changes(roster, names),
    }  # fmt: skip


def days(roster: Roster) -> list[dict[str, Any]]:
    """Return the days as the grid's head: date, weekday, whether weekend, holiday, today."""
    holidays, today = roster.body["holidays"], timezone.localdate()
    weekend = set(roster.body["problem"]["weekend"])
    found = []
    for at in range(roster.days):
        date = roster.first + timedelta(days=at)
        found.append({
            "at": at, "date": date, "number": date_format(date, "j"), "weekday": date_format(date, "D"),
            "month": date_format(date, "M") if at == 0 or date.day == 1 else "",
            "free": date.weekday() in weekend, "holiday": holidays.get(date.isoformat(), ""),
            "today": date == today,
        })  # fmt: skip
    return found


def shifts(roster: Roster, names: Names) -> list[dict[str, Any]]:
    """Return the shifts with letter, colour number, name and hours."""
    given = roster.body["problem"]["shifts"]
    letters = words.letters(one["code"] for one in given)
    return [
        {"code": one["code"], "letter": letters[one["code"]], "tint": place % 6 + 1,
         "name": names.shift(one["code"]), "hours": clock(one)}
        for place, one in enumerate(given)
    ]  # fmt: skip


class Marks:
    """What a cell may carry beside its shift."""

    def __init__(self, roster: Roster) -> None:
        problem, body = roster.body["problem"], roster.body
        self.letters = words.letters(one["code"] for one in problem["shifts"])
        self.tints = {one["code"]: place % 6 + 1 for place, one in enumerate(problem["shifts"])}
        self.called = {(one["member"], one["day"]) for one in body["called"]}
        ask = asks.parsed(roster.ask)
        self.fixed = {(one.member, (one.date - roster.first).days) for one in ask.fixed}
        self.leave = {(one["code"], day) for one in problem["members"] for day in one["leave"]}
        self.wishes: dict[tuple[str, int], list[Mapping[str, Any]]] = {}
        for one in problem["members"]:
            for wish in one["wishes"]:
                self.wishes.setdefault((one["code"], wish["day"]), []).append(wish)

    def cell(self, key: str, at: int, code: str) -> dict[str, Any]:
        """Return a cell: its text, its style, what else is to say."""
        place = (key, at)
        missed = [one for one in self.wishes.get(place, ()) if (one["shift"] == code) != one["want"]]
        text = self.letters.get(code, AWAY_MARK if place in self.leave else OFF_MARK)
        style = [f"duty-{self.tints[code]}"] if code else ["duty-off"]
        told = []
        if place in self.called:
            text, told = f"{text}+", [_("called up")]
        if place in self.leave:
            told.append(_("away"))
        if place in self.fixed:
            style.append("duty-fixed")
            told.append(_("set by hand"))
        if missed:
            text = f"{text}!"
            told.append(_("a wish is not met"))
        return {"text": text, "style": " ".join(style), "told": ", ".join(told), "code": code, "at": at}


def groups(roster: Roster, names: Names) -> list[dict[str, Any]]:
    """Return the grid: a block a group, a row a member with its cells and tally."""
    marks, rows = Marks(roster), roster.body["result"]["rows"]
    tallies = {one["member"]: one for one in roster.body["result"]["tallies"]}
    found: dict[str, list[dict[str, Any]]] = {}
    for one in roster.body["people"]:
        key = one["key"]
        cells = [marks.cell(key, at, code) for at, code in enumerate(rows.get(key, ()))]
        row = {"key": key, "code": one["code"], "skills": one["skills"], "cells": cells}
        block = patterns.named(one["team"], one["group"])
        found.setdefault(block, []).append(row | {"tally": tally(tallies[key])})
    return [{"name": names.group(name), "rows": rows} for name, rows in found.items()]


def tally(one: Mapping[str, Any]) -> dict[str, Any]:
    """Return a member's month: hours, nights, weekends, wishes, and the balance of each kind."""
    return {
        "hours": number(one["minutes"] / 60, 0), "nights": one["nights"],
        "weekends": one["weekends"], "holidays": one["holidays"],
        "wishes": f"{one['wishes_met']}/{one['wishes']}" if one["wishes"] else "",
        "balance": balance(one),
    }  # fmt: skip


def balance(one: Mapping[str, Any]) -> str:
    """Return what is above or below the fair share: nights, weekend and holiday duties, hours."""
    told = {"nights": _("N"), "weekends": _("W"), "holidays": _("H")}
    parts = [f"{told[kind]}{one[f'balance_{kind}']:+d}" for kind in told if one[f"balance_{kind}"]]
    hours = round(one["balance_minutes"] / 60)
    return " ".join([*parts, f"{hours:+d}h"] if hours else parts)


def cover(roster: Roster, names: Names) -> list[dict[str, Any]]:
    """Return, for each shift (and skill), who is there against who is needed on each day."""
    rows: dict[tuple[str, str], dict[int, dict[str, Any]]] = {}
    for one in roster.body["result"]["cover"]:
        rows.setdefault((one["shift"], one["skill"]), {})[one["day"]] = one
    there = _there(roster)
    order = [shift["code"] for shift in roster.body["problem"]["shifts"]]
    keys = sorted({*rows, *((code, "") for code in order)}, key=lambda key: (order.index(key[0]), key[1]))
    found = []
    for shift, skill in keys:
        cells = []
        for at in range(roster.days):
            need = rows.get((shift, skill), {}).get(at)
            people = need["there"] if need else there[at, shift] if not skill else 0
            wanted = need["needed"] if need else 0
            cells.append({"there": people, "needed": wanted, "lack": people < wanted})
        name = f"{names.shift(shift)}, {skill}" if skill else names.shift(shift)
        found.append({"name": name, "shift": shift, "skill": skill, "cells": cells})
    return found


def _there(roster: Roster) -> Counter[tuple[int, str]]:
    rows = roster.body["result"]["rows"].values()
    return Counter((at, code) for row in rows for at, code in enumerate(row) if code)


def by_day(roster: Roster, names: Names) -> list[dict[str, Any]]:
    """Return each day with the members of each shift."""
    rows = roster.body["result"]["rows"]
    needs = {(row["shift"], at): cell for row in cover(roster, names) if not row["skill"]
             for at, cell in enumerate(row["cells"])}  # fmt: skip
    marks = Marks(roster)
    found = []
    for day in days(roster):
        at = day["at"]
        lists = [
            {"name": names.shift(code), "letter": letter, "tint": marks.tints[code], **needs[code, at],
             "members": names.by_team(
                 (key for key, row in rows.items() if row[at] == code),
                 (key for key, day_at in marks.called if day_at == at))}
            for code, letter in marks.letters.items()
        ]  # fmt: skip
        away = names.by_team(key for key in rows if (key, at) in marks.leave)
        found.append(day | {"lists": lists, "away": away})
    return found


def broken(result: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """Return the rules that are broken: those that must hold, then the priced ones by kind."""
    hard = records.hard_broken(result)
    soft = [one for one in result["broken"] if one["price"] is not None]
    short = [one for one in result["cover"] if not one["hard"] and one["there"] < one["needed"]]
    missing = [
        words.broken(
            {**one, "rule": "need", "member": "", "value": one["there"], "limit": one["needed"]}, names
        )
        for one in short
    ]
    kinds = Counter(one["rule"] for one in soft)
    costs: Counter[str] = Counter()
    for one in soft:
        costs[one["rule"]] += one["price"]
    return {
        "hard": [words.broken(one, names) for one in hard[:SHOWN_BROKEN]], "hard_count": len(hard),
        "missing": missing[:SHOWN_BROKEN], "missing_count": len(missing), "lacks": lacks(short, names),
        "soft": [words.broken(one, names) for one in _costly(soft)], "soft_count": len(soft),
        "kinds": [
            (words.RULE_TITLES.get(kind, kind), count, costs[kind]) for kind, count in kinds.most_common()
        ],
    }  # fmt: skip


def lacks(short: Iterable[Mapping[str, Any]], names: Names) -> list[dict[str, Any]]:
    """Return, for each shift (and skill), on how many days people are missing and how many in all."""
    days: Counter[str] = Counter()
    people: Counter[str] = Counter()
    for one in short:
        name = names.shift(one["shift"]) + (f", {one['skill']}" if one["skill"] else "")
        days[name] += 1
        people[name] += one["needed"] - one["there"]
    return [{"name": name, "days": count, "people": people[name]} for name, count in days.items()]


def _costly(soft: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(soft, key=lambda one: (-one["price"], one["day"]))[:SHOWN_BROKEN]


def parts(result: Mapping[str, Any]) -> list[tuple[Any, int]]:
    """Return what the roster costs by kind, without what costs nothing."""
    return [(words.PARTS[kind], cost) for kind, cost in result["parts"].items() if cost]


def called(roster: Roster, names: Names) -> list[dict[str, Any]]:
    """Return who is called up, day by day."""
    found: dict[tuple[int, str, str], list[str]] = {}
    for one in roster.body["called"]:
        found.setdefault((one["day"], one["level"], one["shift"]), []).append(names.member(one["member"]))
    return [
        {"day": names.day(day), "level": level, "shift": names.shift(shift), "members": ", ".join(members)}
        for (day, level, shift), members in sorted(found.items())
    ]  # fmt: skip


def short(roster: Roster, names: Names) -> list[str]:
    """Return the days on which fewer could be called up than the level asks for."""
    return [words.shorts(one, names) for one in roster.body["short"]]


def order(roster: Roster, names: Names) -> list[str]:
    """Return the published order of call-up on the first day."""
    ask = asks.parsed(roster.ask)
    if not ask.alerts:
        return []
    problem = records.problem_of(roster)
    return [names.group(one) for one in order_of(ask, problem).on(roster.first.isoformat())]


def stale(roster: Roster) -> list[str]:
    """Return the codes of members who have a duty on a day on which they are now known to be away."""
    rows = roster.body["result"]["rows"]
    codes = {one["key"]: one["code"] for one in roster.body["people"]}
    away = Absence.objects.filter(
        member__in=[int(key) for key in rows], first__lte=roster.last, last__gte=roster.first
    )
    found = set()
    for one in away:
        row = rows[str(one.member_id)]
        first, last = max(0, (one.first - roster.first).days), (one.last - roster.first).days
        if any(row[first : last + 1]):
            found.add(codes[str(one.member_id)])
    return sorted(found)
