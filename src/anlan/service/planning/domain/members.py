"""Members of teams, when they are away and what they wish."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.patrol.domain.common import check
from anlan.service.planning.models import Absence, Member, Wish
from anlan.service.staff.models import Team

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date as Date  # noqa: N812 fields are called date

    from anlan.service.staff.models import Account

PERMISSION = "planning.make"


@dataclass(frozen=True)
class MemberRow:
    """One member as a file or a form gives it: team code, service code, skills, weekly hours."""

    team: str
    code: str
    skills: tuple[str, ...] = ()
    weekly_hours: float = 40.0


def save_members(rows: Sequence[MemberRow], area: Any, actor: Account | None) -> int:
    """Store members, all or none; those that are there get the new skills and hours. Return how many changed.

    Raises:
        PermissionDenied: a team lies outside the actor's areas.
        ValidationError: lists each bad row with its number (the first is 1), the field and the mend.

    """
    teams = {team.code: team for team in Team.objects.in_county(area.code[:6])}
    if problems := list(_problems(rows, teams)):
        raise ValidationError(problems)
    with transaction.atomic():
        changed = [_saved(row, teams[row.team], actor) for row in rows]
        if any(changed):
            data = {"members": sum(changed), "teams": sorted({row.team for row in rows})}
            log.append(Verb.MEMBERS_SAVED, area, actor=actor, area_code=area.code, data=data)
    return sum(changed)


def _problems(rows: Sequence[MemberRow], teams: dict[str, Team]) -> Any:
    seen: set[tuple[str, str]] = set()
    for number, row in enumerate(rows, 1):
        told = {"row": number, "team": row.team, "code": row.code}
        if row.team not in teams:
            yield _("Row %(row)s: there is no team with the code %(team)s in this county.") % told
        if not row.code or len(row.code) > 20:
            yield _("Row %(row)s: a member needs a code of at most 20 characters.") % told
        if (row.team, row.code) in seen:
            yield _("Row %(row)s: %(code)s stands twice in team %(team)s.") % told
        if not 0 < row.weekly_hours <= 84:
            yield _("Row %(row)s: weekly hours must be above 0 and at most 84.") % told
        seen.add((row.team, row.code))


def _saved(row: MemberRow, team: Team, actor: Account | None) -> bool:
    check(actor, PERMISSION, team)
    facts = {"skills": sorted(row.skills), "weekly_minutes": round(60 * row.weekly_hours), "active": True}
    there = Member.objects.filter(team=team, code=row.code).first()
    if there is not None and all(getattr(there, name) == value for name, value in facts.items()):
        return False
    Member.objects.update_or_create(
        team=team, code=row.code, defaults=facts, create_defaults=facts | {"area_code": team.area_code}
    )
    return True


def fill_team(team: Team, actor: Account | None) -> int:
    """Give a team members up to its strength, coded by number; return how many were added.

    Raises:
        PermissionDenied: the team lies outside the actor's areas.

    """
    check(actor, PERMISSION, team)
    taken = set(team.members.values_list("code", flat=True))
    free = (f"{number:02}" for number in range(1, 10_000) if f"{number:02}" not in taken)
    missing = max(team.strength - team.members.filter(active=True).count(), 0)
    rows = [MemberRow(team.code, next(free)) for _ in range(missing)]
    return save_members(rows, team, actor)


def retire_member(member: Member, actor: Account) -> None:
    """Take a member off the rosters to come; past ones keep the code. Doing so again changes nothing.

    Raises:
        PermissionDenied: the member's team lies outside the actor's areas.

    """
    check(actor, PERMISSION, member)
    with transaction.atomic():
        if Member.objects.filter(pk=member.pk, active=True).update(active=False):
            data = {"member": member.code, "team": member.team.code, "active": False}
            log.append(Verb.MEMBERS_SAVED, member, actor=actor, area_code=member.area_code, data=data)


def add_absence(member: Member, kind: str, first: Date, last: Date, actor: Account) -> Absence:
    """Note that a member is away from the first to the last day; said again, it changes nothing.

    Raises:
        PermissionDenied: the member's team lies outside the actor's areas.
        ValidationError: the last day lies before the first.

    """
    check(actor, PERMISSION, member)
    if last < first:
        raise ValidationError({"last": _("The last day lies before the first.")})
    with transaction.atomic():
        made, new = Absence.objects.get_or_create(
            member=member, first=first, last=last, kind=kind, defaults={"area_code": member.area_code}
        )
        if new:
            data = {"member": member.code, "first": first.isoformat(), "last": last.isoformat()}
            log.append(Verb.ABSENCE_SAVED, made, actor=actor, area_code=member.area_code, data=data)
    return made


def remove_absence(absence: Absence, actor: Account) -> None:
    """Take an absence back; the log keeps that it was there.

    Raises:
        PermissionDenied: the member's team lies outside the actor's areas.

    """
    check(actor, PERMISSION, absence)
    with transaction.atomic():
        data = {"member": absence.member.code, "removed": True, "first": absence.first.isoformat()}
        log.append(Verb.ABSENCE_SAVED, absence, actor=actor, area_code=absence.area_code, data=data)
        absence.delete()


def save_wish(member: Member, date: Date, shift: str, wants: bool | None, actor: Account) -> Wish | None:
    """Keep a member's wish for a shift of a day ("" any duty); None takes it back. Planners and the member.

    Raises:
        PermissionDenied: the actor is neither a planner of the area nor the member.

    """
    if member.account_id != actor.pk and not actor.has_perm(PERMISSION, member):
        raise PermissionDenied(_("Only a planner and the member may say what it wishes."))
    rows = Wish.objects.filter(member=member, date=date, shift=shift)
    with transaction.atomic():
        before = rows.values_list("want", flat=True).first()
        if before == wants:
            return rows.first()
        if wants is None:
            rows.delete()
            made = None
        else:
            made, _new = Wish.objects.update_or_create(
                member=member, date=date, shift=shift,
                defaults={"want": wants, "area_code": member.area_code},
            )  # fmt: skip
        data = {"member": member.code, "date": date.isoformat(), "shift": shift, "want": wants}
        log.append(Verb.WISH_SAVED, member, actor=actor, area_code=member.area_code, data=data)
    return made
