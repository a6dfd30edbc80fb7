"""Rosters in words: shifts by name, days by date, members by code."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from anlan.service.planning.presentation.figures import shift_name
from anlan.service.staff.models import Team
from anlan.service.tags import number, percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date as Date  # noqa: N812 fields are called date

    from anlan.service.planning.models import Roster

PATTERNS = {
    "four_teams_8": gettext_lazy("Four teams in three shifts, two days each (8 days)"),
    "four_teams_4": gettext_lazy("Four teams in three shifts, one day each (4 days)"),
    "four_on_two_off": gettext_lazy("Four days on, two off"),
    "two_shifts_12h": gettext_lazy("Day and night of 12 hours, two days off"),
    "day_and_night_24h": gettext_lazy("24 hours on, 72 off"),
    "weekdays": gettext_lazy("Working week, Monday to Friday"),
}
BY_NEED = gettext_lazy("By need, without a pattern")
MINUTES = {"rest_min", "hours", "hours_least"}


def letters(codes: Iterable[str]) -> dict[str, str]:
    """Return a letter for each shift, no letter twice: of its code, else a figure."""
    found: dict[str, str] = {}
    for place, code in enumerate(codes, 1):
        usable = [one for one in code.upper() if one.isascii() and one.isalpha() and one != "X"]
        free = [one for one in usable if one not in found.values()]
        found[code] = free[0] if free else str(place)
    return found


class Names:
    """Names of one roster's members, shifts, days and groups."""

    def __init__(self, roster: Roster) -> None:
        people = roster.body["people"]
        self.first: Date = roster.first
        several = len({one["team"] for one in people}) > 1
        self.teams = {
            one.code: one.label for one in Team.objects.filter(code__in={p["team"] for p in people})
        }
        self.people = {one["key"]: (one["team"], one["code"]) for one in people}
        self.codes = {
            one["key"]: f"{self.team(one['team'])} {one['code']}" if several else one["code"]
            for one in people
        }
        self.shifts = {one["code"]: shift_name(one) for one in roster.body["problem"]["shifts"]}

    def team(self, code: str) -> str:
        """Return a team's name, its code where it is gone."""
        return self.teams.get(code, code)

    def group(self, name: str) -> str:
        """Return the name of a team or of a group of one, as the engine calls it."""
        team, _slash, group = name.partition("/")
        return f"{self.team(team)} {group}".rstrip()

    def member(self, key: str) -> str:
        """Return a member's code, with the team where there are several."""
        return self.codes.get(key, key)

    def by_team(self, keys: Iterable[str], marked: Iterable[str] = ()) -> list[str]:
        """Return members by code, behind the name of their team where there are several; some with a +."""
        plus, found = set(marked), dict[str, list[str]]()
        for key in keys:
            team, code = self.people[key]
            found.setdefault(team, []).append(f"{code}+" if key in plus else code)
        if len({team for team, _code in self.people.values()}) < 2:
            return [", ".join(codes) for codes in found.values()]
        return [f"{self.team(team)} {', '.join(codes)}" for team, codes in found.items()]

    def shift(self, code: str) -> str:
        """Return a shift's name."""
        return self.shifts.get(code, code) if code else _("off")

    def day(self, at: int) -> str:
        """Return a day by its date."""
        return date_format(self.first + timedelta(days=at), "m-d (D)")

    def figures(self, one: Mapping[str, Any]) -> dict[str, str]:
        """Return what a sentence about a rule may name."""
        minutes = one["rule"] in MINUTES
        value, limit = (_amount(one.get(name, 0), minutes=minutes) for name in ("value", "limit"))
        skill = one.get("skill", "")
        return {
            "member": self.member(one["member"]), "day": self.day(one["day"]),
            "shift": self.shift(one["shift"]),
            "value": value, "limit": limit, "skill": f" ({skill})" if skill else "",
        }  # fmt: skip


def _amount(value: int, *, minutes: bool) -> str:
    if not minutes:
        return number(value)
    hours = value / 60
    return number(hours, 0 if hours == round(hours) else 1)


def broken(one: Mapping[str, Any], names: Names) -> str:
    """Return a rule that a roster breaks, in words."""
    told = {
        "rest_min": _(
            "%(member)s: %(value)s h of rest before the %(shift)s of %(day)s, %(limit)s h asked for."
        ),
        "nights_running": _("%(member)s: more than %(limit)s nights running, on %(day)s."),
        "days_running": _("%(member)s: more than %(limit)s days of duty running, on %(day)s."),
        "days_least": _(
            "%(member)s: only %(value)s days of duty running before %(day)s, at least %(limit)s."
        ),
        "off_least": _("%(member)s: only %(value)s days off running before %(day)s, at least %(limit)s."),
        "off_after_nights": _(
            "%(member)s: %(value)s days off after the last night, before %(day)s, at least %(limit)s."
        ),
        "hours": _("%(member)s: %(value)s h in the days up to %(day)s, at most %(limit)s h."),
        "hours_least": _("%(member)s: %(value)s h in the days up to %(day)s, at least %(limit)s h."),
        "weekends_most": _("%(member)s: %(value)s weekends with a duty, at most %(limit)s."),
        "weekend_off_in": _("%(member)s: %(value)s weekends running without a free one, up to %(day)s."),
        "shifts_most": _("%(member)s: %(value)s times %(shift)s, at most %(limit)s."),
        "forbidden": _("%(member)s: a sequence that is not allowed ends on %(day)s (%(shift)s)."),
        "together": _("%(member)s: %(shift)s on %(day)s, most of the group serves in another shift."),
        "leave": _("%(member)s: %(shift)s on %(day)s, but is away."),
        "shifts": _("%(member)s: %(shift)s on %(day)s may not be given."),
        "fixed": _("%(member)s: %(day)s was set by hand otherwise."),
        "forbidden_cell": _("%(member)s: %(shift)s on %(day)s was ruled out by hand."),
        "need": _("%(shift)s of %(day)s%(skill)s: %(value)s of %(limit)s people."),
    }[one["rule"]]
    return told % names.figures(one)


def cause(one: Mapping[str, Any], names: Names) -> str:
    """Return one of the rules that conflict, in words."""
    told = {
        "rest_min": _("%(member)s: at least %(limit)s h of rest between duties"),
        "nights_running": _("%(member)s: at most %(limit)s nights running"),
        "days_running": _("%(member)s: at most %(limit)s days of duty running"),
        "days_least": _("%(member)s: at least %(limit)s days of duty running"),
        "off_least": _("%(member)s: at least %(limit)s days off running"),
        "off_after_nights": _("%(member)s: at least %(limit)s days off after nights"),
        "hours": _("%(member)s: at most %(limit)s h"),
        "hours_least": _("%(member)s: at least %(limit)s h"),
        "weekends_most": _("%(member)s: at most %(limit)s weekends with a duty"),
        "weekend_off_in": _("%(member)s: one of any %(limit)s weekends free"),
        "shifts_most": _("%(member)s: at most %(limit)s times %(shift)s"),
        "forbidden": _("%(member)s: a sequence that is not allowed"),
        "leave": _("%(member)s: away on %(day)s"),
        "shifts": _("%(member)s: the shifts that may be given"),
        "fixed": _("%(member)s: %(day)s set by hand"),
        "forbidden_cell": _("%(member)s: %(shift)s on %(day)s ruled out by hand"),
        "need": _("%(limit)s people%(skill)s in the %(shift)s of %(day)s"),
    }[one["rule"]]
    return told % names.figures(one)


RULE_TITLES = {
    "rest_min": gettext_lazy("Rest between duties"),
    "nights_running": gettext_lazy("Nights running"),
    "days_running": gettext_lazy("Days of duty running"),
    "days_least": gettext_lazy("Days of duty running, at least"),
    "off_least": gettext_lazy("Days off running, at least"),
    "off_after_nights": gettext_lazy("Days off after nights"),
    "hours": gettext_lazy("Hours at most"),
    "hours_least": gettext_lazy("Hours at least"),
    "weekends_most": gettext_lazy("Weekends with a duty"),
    "weekend_off_in": gettext_lazy("Free weekends"),
    "shifts_most": gettext_lazy("Duties of a shift"),
    "forbidden": gettext_lazy("Sequences not allowed"),
    "together": gettext_lazy("Groups together"),
}

PARTS = {
    "uncovered": gettext_lazy("People missing"),
    "surplus": gettext_lazy("People too many"),
    "rules": gettext_lazy("Rules broken"),
    "wishes": gettext_lazy("Wishes not met"),
    "fairness": gettext_lazy("Unfairness"),
    "deviation": gettext_lazy("Beside the pattern"),
    "changes": gettext_lazy("Changed against the version before"),
}


def hard_rules(roster: Roster, wrong: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return broken hard rules of a roster in words."""
    names = Names(roster)
    return [broken(one, names) for one in wrong]


def quality(result: Mapping[str, Any]) -> str:
    """Return what is proved of a roster, honestly."""
    if result["gap"] is None:
        return _("Set by hand: nothing is proved of how good it is.")
    if result["status"] == "optimal":
        return _("Proved: no roster that keeps the hard rules costs less.")
    if result["bound"] <= 0:
        return _("In the time given nothing could be proved of how good it is.")
    told = _("At most %(gap)s of its cost could still be saved; no roster costs less than %(bound)s.")
    return told % {"gap": percent(result["gap"], 1), "bound": number(result["bound"])}


def shorts(one: Mapping[str, Any], names: Names) -> str:
    """Return a day on which fewer could be called up than the level asks for."""
    told = ngettext(
        "%(day)s, level %(level)s: %(called)s of %(wanted)s called up; %(resting)s more must rest.",
        "%(day)s, level %(level)s: %(called)s of %(wanted)s called up; %(resting)s more must rest.",
        one["resting"],
    )
    return told % {**one, "day": names.day(one["day"])}
