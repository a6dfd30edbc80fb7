"""What is shown of rosters and members, and who is on duty by the approved ones."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Case, Count, Q, Value, When
from django.utils import timezone

from anlan.engine.geo import codes
from anlan.service.patrol.queries import in_own_county
from anlan.service.planning.models import Absence, Member, Roster
from anlan.service.planning.rosters.ask import MOST_DAYS
from anlan.service.staff.models import Team

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date as Date  # noqa: N812 fields are called date

    from django.db.models import QuerySet

    from anlan.service.staff.models import Account

HEAVY = ("body", "ask")


def rosters(county6: str, account: Account | None = None) -> QuerySet[Roster]:
    """Return the county's rosters, newest first."""
    found = Roster.objects.filter(area_code=codes.normalise(county6))
    return in_own_county(found.select_related("made_by", "approved_by"), account)


def listed(county6: str, account: Account | None = None) -> QuerySet[Roster]:
    """Return the rosters as the list shows them."""
    return rosters(county6, account).defer(*HEAVY).prefetch_related("teams")


def members(county6: str, account: Account | None = None) -> QuerySet[Member]:
    """Return the members of the county's teams."""
    return in_own_county(Member.objects.in_county(county6).select_related("team", "account"), account)


def absences(county6: str, account: Account | None = None) -> QuerySet[Absence]:
    """Return when members are away."""
    return in_own_county(Absence.objects.in_county(county6).select_related("member__team"), account)


def teams(county6: str, account: Account | None = None) -> QuerySet[Team]:
    """Return the county's teams with `there`, their active members, and `away` today; squads first."""
    today = timezone.localdate()
    now = Q(members__active=True, members__absences__first__lte=today, members__absences__last__gte=today)
    counts = {
        "there": Count("members", Q(members__active=True), distinct=True),
        "away": Count("members", now, distinct=True),
    }
    squads_first = Case(When(kind=Team.Kind.SQUAD, then=Value(0)), default=Value(1))
    found = Team.objects.in_county(county6).annotate(**counts).order_by(squads_first, "code")
    return in_own_county(found, account)


def own(account: Account) -> QuerySet[Member]:
    """Return the memberships of an account."""
    return Member.objects.filter(account=account, active=True).select_related("team")


def in_force(county6: str, first: Date, last: Date) -> list[Roster]:
    """Return the approved rosters that reach into these days, in the order of their approval."""
    rows = Roster.objects.filter(
        area_code=codes.normalise(county6), approved_at__isnull=False, first__lte=last,
        first__gt=first - timedelta(days=MOST_DAYS),
    ).order_by("approved_at", "pk")  # fmt: skip
    return [row for row in rows if row.last >= first]


class Served:
    """Duties by the approved rosters: of a team and day the roster approved last counts."""

    def __init__(self, county6: str, first: Date, last: Date) -> None:
        self.codes: dict[str, str] = {}
        self.days: dict[tuple[str, Date], dict[str, str]] = {}
        self.changed: dict[tuple[str, Date], Roster] = {}
        for row in in_force(county6, first, last):
            self._take(row, max(first, row.first), min(last, row.last))

    def _take(self, row: Roster, first: Date, last: Date) -> None:
        teams: dict[str, list[str]] = {}
        for one in row.body["people"]:
            teams.setdefault(one["team"], []).append(one["key"])
            self.codes[one["key"]] = one["code"]
        rows = row.body["result"]["rows"]
        for at in range((first - row.first).days, (last - row.first).days + 1):
            day = row.first + timedelta(days=at)
            for team, keys in teams.items():
                self.days[team, day] = {key: rows[key][at] for key in keys if key in rows}
                self.changed[team, day] = row

    def on(self, team: str, day: Date, shift: str) -> list[str]:
        """Return the codes of a team's members in a shift of a day."""
        there = self.days.get((team, day), {})
        return sorted(self.codes[key] for key, code in there.items() if code == shift)

    def of(self, team: str, key: str) -> dict[Date, str]:
        """Return a member's codes by day, "" for off; days without a roster are left out."""
        return {day: there[key] for (one, day), there in self.days.items() if one == team and key in there}


def on_duty(team: Team, date: Date, shift: str) -> list[str]:
    """Return the codes of the members on duty in a team's shift of a day, by the approved roster."""
    return Served(team.area_code[:6], date, date).on(team.code, date, shift)


def called_times(county6: str, before: Date, keys: Iterable[str], days: int = 365) -> dict[str, int]:
    """Return how often members were called up in the year before a day."""
    wanted, found = set(keys), dict[str, int]()
    for row in in_force(county6, before - timedelta(days=days), before - timedelta(days=1)):
        for one in row.body["called"]:
            day = row.first + timedelta(days=one["day"])
            if one["member"] in wanted and day < before:
                found[one["member"]] = found.get(one["member"], 0) + 1
    return found
