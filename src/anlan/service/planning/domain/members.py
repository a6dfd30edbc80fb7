"""Members of teams, when they are away and what they wish."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from string import ascii_uppercase
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
    from collections.abc import Iterator, Sequence
    from datetime import date as Date  # noqa: N812 fields are called date

    from anlan.service.staff.models import Account

PERMISSION = "planning.make"
FACTS = ["skills", "weekly_minutes", "active", "group"]
LONGEST, MOST_SKILLS, MOST_HOURS = 20, 10, 84


@dataclass(frozen=True)
class MemberRow:
    """One member as a file or a form gives it: team code, service code, skills, weekly hours, group."""

    team: str
    code: str
    skills: tuple[str, ...] = ()
    weekly_hours: float = 40.0
    group: str = ""


def save_members(
    rows: Sequence[MemberRow], area: Any, actor: Account | None, *, numbers: Sequence[int] = ()
) -> int:
    """Store members, all or none; those that are there get the new facts. Return how many changed.

    Raises:
        PermissionDenied: a team lies outside the actor's areas.
        ValidationError: lists each bad row with its number in `numbers` (else its place, the first is 1), the
            field and the mend.

    """
    county6 = _area_code(area)[:6]
    wanted = Team.objects.in_county(county6).filter(code__in={row.team for row in rows})
    teams = {team.code: team for team in wanted}
    if problems := list(_problems(rows, teams, numbers or range(1, len(rows) + 1))):
        raise ValidationError(problems)
    for team in teams.values():
        check(actor, PERMISSION, team)
    with transaction.atomic():
        known = {(one.team_id, one.code): one for one in Member.objects.filter(team__in=teams.values())}
        changed = [_saved(row, teams[row.team], known) for row in rows]
        Member.objects.bulk_create([one for one in changed if one is not None and one.pk is None])
        there = [one for one in changed if one is not None and one.pk is not None]
        Member.objects.bulk_update(there, FACTS)
        count = sum(one is not None for one in changed)
        if count:
            data = {"members": count, "teams": sorted(teams)}
            log.append(Verb.MEMBERS_SAVED, area, actor=actor, area_code=_area_code(area), data=data)
    return count


def _area_code(area: Any) -> str:
    """The code of an area, or of the area of a team."""
    return str(getattr(area, "area_code", "") or area.code)


def _problems(rows: Sequence[MemberRow], teams: dict[str, Team], numbers: Sequence[int]) -> Iterator[str]:
    seen: set[tuple[str, str]] = set()
    for number, row in zip(numbers, rows, strict=True):
        told = {"row": number, "team": row.team[:40], "code": row.code[:40]}
        if row.team not in teams:
            yield _("Row %(row)s, team: there is no team with the code “%(team)s” in this county.") % told
        if not plain_text(row.code, LONGEST):
            yield _("Row %(row)s, code: a member needs a code of at most 20 characters.") % told
        if row.group and not plain_text(row.group, LONGEST):
            yield _("Row %(row)s, group: at most 20 characters, no slash.") % told
        if len(row.skills) > MOST_SKILLS or not all(plain_text(skill, LONGEST) for skill in row.skills):
            yield _("Row %(row)s, skills: at most 10, of at most 20 characters each.") % told
        if (row.team, row.code) in seen:
            yield _("Row %(row)s, code: %(code)s stands twice in team %(team)s.") % told
        if not 0 < row.weekly_hours <= MOST_HOURS:
            yield _("Row %(row)s, weekly_hours: above 0 and at most 84.") % told
        seen.add((row.team, row.code))


def plain_text(text: str, longest: int) -> bool:
    """Whether a code or name is there, is not too long, and holds nothing that cannot be printed."""
    return 0 < len(text) <= longest and text.isprintable() and "/" not in text


def _saved(row: MemberRow, team: Team, known: dict[tuple[int, str], Member]) -> Member | None:
    """The member as it is to be stored, None where it is so already."""
    facts = {
        "skills": sorted(set(row.skills)), "weekly_minutes": round(60 * row.weekly_hours), "active": True,
        "group": row.group,
    }  # fmt: skip
    there = known.get((team.pk, row.code)) or Member(team=team, code=row.code, area_code=team.area_code)
    if there.pk is not None and all(getattr(there, name) == value for name, value in facts.items()):
        return None
    for name, value in facts.items():
        setattr(there, name, value)
    return there


def fill_team(team: Team, actor: Account | None, groups: int = 1) -> int:
    """Give a team members up to its strength, coded by number, in groups A, B …; return how many were added.

    Raises:
        PermissionDenied: the team lies outside the actor's areas.
        ValidationError: fewer than one group, or more than there are letters.

    """
    check(actor, PERMISSION, team)
    if not 1 <= groups <= len(ascii_uppercase):
        raise ValidationError({"groups": _("From 1 to 26 groups.")})
    taken = set(team.members.values_list("code", flat=True))
    free = (f"{number:02}" for number in range(1, 10_000) if f"{number:02}" not in taken)
    there = Counter(team.members.filter(active=True).values_list("group", flat=True))
    names = list(ascii_uppercase[:groups]) if groups > 1 else [""]
    rows = []
    for _one in range(max(team.strength - there.total(), 0)):
        group = min(names, key=lambda name: (there[name], name))
        there[group] += 1
        rows.append(MemberRow(team.code, next(free), group=group))
    return save_members(rows, team, actor)


def change_member(member: Member, row: MemberRow, account: Account | None, actor: Account) -> Member:
    """Change a member's code, group, skills, hours and account; one that was retired serves again.

    Raises:
        PermissionDenied: the member's team lies outside the actor's areas.
        ValidationError: by field: the code is taken, the account is of another county, or a fact is wrong.

    """
    check(actor, PERMISSION, member)
    if problems := list(_problems([row], {member.team.code: member.team}, [1])):
        raise ValidationError(problems)
    if member.team.members.filter(code=row.code).exclude(pk=member.pk).exists():
        raise ValidationError({"code": _("This code is taken in the team.")})
    county6 = member.area_code[:6]
    if account is not None and not account.postings.filter(area_code__startswith=county6).exists():
        raise ValidationError({"account": _("This account is not posted in the county.")})
    facts = {
        "code": row.code, "group": row.group, "skills": sorted(set(row.skills)), "account": account,
        "weekly_minutes": round(60 * row.weekly_hours), "active": True,
    }  # fmt: skip
    with transaction.atomic():
        held = Member.objects.select_for_update().get(pk=member.pk)
        if any(getattr(held, name) != value for name, value in facts.items()):
            for name, value in facts.items():
                setattr(held, name, value)
            held.save(update_fields=list(facts))
            data = {"member": held.code, "team": member.team.code, "account": account and account.username}
            log.append(Verb.MEMBERS_SAVED, held, actor=actor, area_code=held.area_code, data=data)
    member.refresh_from_db()
    return member


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
        ValidationError: the last day lies before the first, or there is no such kind.

    """
    check(actor, PERMISSION, member)
    if last < first:
        raise ValidationError({"last": _("The last day lies before the first.")})
    if kind not in Absence.Kind.values:
        raise ValidationError({"kind": _("There is no such kind of absence.")})
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
        held = Absence.objects.select_for_update().filter(pk=absence.pk).first()
        if held is None:
            return
        data = {"member": absence.member.code, "removed": True, "first": absence.first.isoformat()}
        log.append(Verb.ABSENCE_SAVED, held, actor=actor, area_code=held.area_code, data=data)
        held.delete()


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
