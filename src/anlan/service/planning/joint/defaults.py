"""Forces as a county's teams suggest them; every rule is an assumption, to be changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from anlan.engine.planning.joint import Task
from anlan.service.planning.joint.rules import ForceRule, Rules
from anlan.service.staff.models import Agency, Team

if TYPE_CHECKING:
    from collections.abc import Iterable

COUNTY_WIDE = "000000"
OUTDOORS = (Task.PATROL, Task.CHECKPOINT)


def presets() -> dict[str, ForceRule]:
    """Return the usual forces without people, in the order in which they are shown."""
    beside = {"alone": False, "beside": 4, "tasks": OUTDOORS}
    return {
        one.code: one
        for one in (
            ForceRule("special", _("Special police"), police=True, armed=True, muster_min=15),
            ForceRule("stations", _("Police stations"), police=True),
            ForceRule("community", _("Community teams"), max_hours=24, **beside),
            ForceRule("guards", _("Guards"), **beside),
            ForceRule(
                "volunteers", _("Volunteers"), group=2, max_hours=8, alone=False, beside=4,
                tasks=(Task.PATROL,), colours=("yellow", "green"),
            ),
        )
    }  # fmt: skip


def usual(county6: str) -> Rules:
    """Return the usual rules with the people of the county's teams; forces without any are left out."""
    people = strengths(Team.objects.in_county(county6).select_related("agency"))
    return Rules(
        tuple(
            replace(one, members=people[code]) for code, one in presets().items() if people.get(code, 0) > 0
        )
    )


def strengths(teams: Iterable[Team]) -> dict[str, int]:
    """Return how many people the teams have, by the force to which they are counted."""
    found: dict[str, int] = {}
    for team in teams:
        if code := kind_of(team):
            found[code] = found.get(code, 0) + team.strength
    return found


def kind_of(team: Team) -> str:
    """Return the force of a team; squads of other services than police are none."""
    if team.kind != Team.Kind.SQUAD:
        return str(team.kind)
    if team.agency.kind != Agency.Kind.POLICE:
        return ""
    return "special" if team.area_code.endswith(COUNTY_WIDE) else "stations"
