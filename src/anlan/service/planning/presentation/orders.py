"""A plan's orders as a printed report: a section a team, a table a unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anlan.gateway.report import Report, Section, Table
from anlan.service.patrol.presentation.names import Names
from anlan.service.planning.joint.page import on_day
from anlan.service.planning.presentation.figures import shift_name
from anlan.service.planning.presentation.ways import ways
from anlan.service.planning.rosters.queries import Served
from anlan.service.planning.words import Labels
from anlan.service.staff.models import Team

if TYPE_CHECKING:
    from datetime import date as Date  # noqa: N812 fields are called date

    from anlan.service.places.models import Area
    from anlan.service.planning.models import DeploymentPlan


def orders(plan: DeploymentPlan, county: Area, team: str = "") -> Report:
    """Return the orders of a version, of one team (its code) or of all, a section each."""
    county6 = plan.area_code[:6]
    rows = ways(plan.body, Labels(county6), Names(county6))
    chosen = [row for row in rows if not team or row["team"] == team]
    teams = {one.code: one.label for one in Team.objects.in_county(county6)}
    served = Served(county6, plan.date, plan.date)
    sections = [
        _section(
            code,
            teams.get(code, _("Without a team")),
            [row for row in chosen if row["team"] == code],
            on_duty(plan, served, code),
        )
        for code in sorted({row["team"] for row in chosen})
    ]
    if not team:
        sections += joint_command(county6, plan.date)
    date = formats.date_format(plan.date, "DATE_FORMAT")
    version = _("Version %(n)s") % {"n": plan.version}
    subtitle = " · ".join((date, plan.get_level_display(), version, plan.state_label))
    facts = [
        (_("Units out"), str(len({row["code"] for row in chosen}))),
        (_("Duties"), str(len(chosen))),
        (_("Visits"), str(sum(row["visits"] for row in chosen))),
    ]
    title = _("Orders: %(area)s") % {"area": county.label}
    footer = _("Anlan · %(plan)s · places and duties only") % {"plan": plan}
    return Report(title, subtitle, get_language() or "en", facts, sections, footer)


def joint_command(county6: str, date: Date) -> list[Section]:
    """Return the day of the approved plan of joint command as a section; none where there is no such plan."""
    found = on_day(county6, date)
    if found is None:
        return []
    head = [_("Where"), *found["table"]["shifts"]]
    tables = [
        Table(
            head, [[row["task"], *map(_sent, row["cells"])] for row in group["rows"]],
            caption=str(group["name"]),
        )
        for group in found["table"]["classes"]
    ]  # fmt: skip
    return [Section("joint", _("Joint command"), tables=tables)]


def _sent(cell: dict[str, Any]) -> str:
    """Return who is sent in a shift, and what is missing."""
    if not cell.get("people"):
        return ""
    there = " + ".join(cell["sent"]) or "–"
    return there + (" · " + _("missing: %(what)s") % {"what": cell["missing"]} if cell["missing"] else "")


def _section(code: str, title: str, rows: list[dict[str, Any]], duty: list[Table]) -> Section:
    return Section(code or "none", title, tables=[*(_table(row) for row in rows), *duty])


def on_duty(plan: DeploymentPlan, served: Served, team: str) -> list[Table]:
    """Return a table of a team's members on duty by shift, by the approved roster; none without one."""
    rows = [
        [shift_name(shift), ", ".join(members)]
        for shift in plan.body["shifts"]
        if (members := served.on(team, plan.date, shift["code"]))
    ]
    return [Table([_("Shift"), _("On duty by the roster")], rows)] if rows else []


def _table(row: dict[str, Any]) -> Table:
    where = row["post"] or row["beat"]
    caption = f"{row['unit']} · {row['shift']} {row['hours']} · {where}"
    head = [_("When"), _("What"), _("Where"), _("Minutes")]
    stops = [[stop["at"], stop["what"], stop["where"], str(stop["minutes"])] for stop in row["stops"]]
    return Table(head, stops or [["", _("Stand by"), where, ""]], numeric=[3], caption=caption)
