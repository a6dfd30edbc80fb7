"""Cases of rosters: a squad of four groups, a roster by its pattern without any search, asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date as Date  # noqa: N812 fields are called date
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from tests.factories import COUNTY, NOW, TOWNSHIPS, TeamFactory

from anlan.engine.planning.roster import Rules
from anlan.service.planning import domain
from anlan.service.planning.models import Member, Roster
from anlan.service.planning.rosters import ask as asks
from anlan.service.planning.rosters import records
from anlan.service.planning.rosters.ask import NeedRow, RosterAsk, usual_rules
from anlan.service.planning.rosters.gather import gather
from anlan.service.staff.models import Team

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.test import Client

COUNTY6 = COUNTY[:6]
FIRST = Date(2026, 3, 2)
SHIFTS = ("day", "evening", "night")


def squad(code: str = "squad", people: int = 8, groups: int = 4) -> Team:
    """Return a squad of the first township filled up to its strength, in groups."""
    team = Team.objects.filter(code=code).first()
    if team is None:
        team = TeamFactory(code=code, name=f"{code} 队", strength=people, area_code=TOWNSHIPS[0])
        domain.fill_team(team, None, groups)
    return team


def needs(people: int) -> tuple[NeedRow, ...]:
    """Return a need of so many in every shift of every day."""
    return tuple(NeedRow(shift, (people,) * 7) for shift in SHIFTS)


def wanted(teams: Iterable[Team] = (), **change: Any) -> RosterAsk:
    """Return an ask for two weeks of four groups in three shifts, one needed in each."""
    codes = tuple(team.code for team in teams) or ("squad",)
    given = {
        "days": 14, "pattern": "four_teams_8", "needs": needs(1), "seconds": 2, "first": FIRST,
    } | change  # fmt: skip
    return RosterAsk(codes, **given)


def lenient(**change: Any) -> Rules:
    """Return the usual rules without prices for hours and rest after nights, and with changes."""
    return replace(usual_rules(), hours=(), off_after_nights=None, **change)


def kept(ask: RosterAsk | None = None, *, approved: bool = False, **fields: Any) -> Roster:
    """Keep the rows of an ask's pattern as a roster, without a search."""
    squad()
    ask = ask or wanted()
    found = gather(COUNTY6, ask)
    rows = found.problem.base or {}
    body = {
        "method": records.METHOD, "people": found.people, "holidays": found.holidays,
        "problem": records.stored(found.problem), "result": records.judged(found.problem, rows), "why": None,
        "called": [], "short": [],
    }  # fmt: skip
    number = Roster.objects.filter(first=ask.first).count() + 1
    given = {
        "area_code": COUNTY, "first": ask.first, "days": ask.days, "version": number, "made_at": NOW,
        "ask": asks.plain(ask), "body": body, "approved_at": timezone.now() if approved else None,
    }  # fmt: skip
    made = Roster.objects.create(**given | fields)
    made.teams.set(Team.objects.filter(code__in=ask.teams))
    return made


def member(code: str = "01", team: str = "squad") -> Member:
    """Return a member of a squad."""
    squad(team)
    return Member.objects.get(team__code=team, code=code)


def text_of(answer: Any) -> str:
    """What a page says."""
    return str(answer.content.decode())


def filled(client: Client, address: str, **changes: str) -> dict[str, str]:
    """What the form sends as it stands, with some fields changed."""
    form = client.get(address).context["form"]
    plain = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    plain |= {name: str(value) for name, value in plain.items() if value not in {None, "", False}}
    return {name: value for name, value in plain.items() if isinstance(value, str) and value} | changes


def short(**change: Any) -> Any:
    """An ask for two days by need, that is solved at once."""
    return wanted(**{"pattern": "", "days": 2, "needs": needs(1)} | change)


def impossible(**change: Any) -> Roster:
    """A roster of two days that asks for nine of eight people in the day's shift."""
    squad()
    given = {"needs": (NeedRow("day", (9,) * 7),), "hard_needs": True} | change
    return domain.make_roster(COUNTY6, short(**given), None)
