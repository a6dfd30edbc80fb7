"""A plan of joint command as an Excel workbook: who goes where, what is short, forces, office groups."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
from django.utils.translation import gettext as _

from anlan.gateway.tables import to_xlsx
from anlan.service.planning.joint import page as pages
from anlan.service.planning.joint.words import CLASSES, REASONS, Words, lacking

if TYPE_CHECKING:
    from anlan.service.planning.models import JointCommand

    Table = tuple[str, list[str], pl.DataFrame]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(plan: JointCommand) -> bytes:
    """Return the workbook."""
    names = Words(plan)
    return to_xlsx([_sent(plan, names), _short(plan, names), _use(plan, names), _offices(plan, names)])


def _table(title: str, heads: list[str], rows: list[tuple[Any, ...]]) -> Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(heads)
    frame = pl.DataFrame(
        [pl.Series(str(at), list(column), strict=False) for at, column in enumerate(columns)]
    )
    return title, heads, frame


def _sent(plan: JointCommand, names: Words) -> Table:
    kinds = {(one["code"], one["day"], one["shift"]): one for one in plan.body["cells"]}
    rows = []
    for one in plan.body["result"]["sent"]:
        cell = kinds[one["code"], one["day"], one["shift"]]
        rows.append((
            plan.first + timedelta(days=one["day"]), names.shifts[one["shift"]], str(CLASSES[cell["kind"]]),
            names.task(one["code"]), names.force(one["force"]), one["people"], cell["people"],
        ))  # fmt: skip
    heads = [
        _("Day"), _("Shift"), _("Task"), _("Where"), _("Force"), _("People"), _("Needed at the task"),
    ]  # fmt: skip
    return _table(_("Who goes where"), heads, rows)


def _short(plan: JointCommand, names: Words) -> Table:
    rows = [
        (
            plan.first + timedelta(days=one["day"]), names.shifts[one["shift"]], str(CLASSES[one["kind"]]),
            names.task(one["code"]), lacking(one["missing"], one["lacking"]),
            "; ".join(f"{names.force(code)}: {REASONS[reason]}" for code, reason in one["reasons"].items()),
        )
        for one in plan.body["result"]["short"]
    ]  # fmt: skip
    return _table(
        _("What is short"), [_("Day"), _("Shift"), _("Task"), _("Where"), _("Missing"), _("Why")], rows
    )


def _use(plan: JointCommand, names: Words) -> Table:
    heads = [_("Force"), _("Hours"), _("Hours allowed"), _("Person-shifts"), *_dates(plan)]
    rows = [
        (names.force(one["force"]), one["hours"], one["allowed_hours"], one["person_shifts"], *one["by_day"])
        for one in plan.body["result"]["use"]
    ]
    return _table(_("Forces"), heads, rows)


def _offices(plan: JointCommand, names: Words) -> Table:
    heads = [_("Force"), _("Group"), _("People"), _("Weekend turns so far"), *_dates(plan)]
    rows = [
        (one["name"], one["office"], one["people"], one["weekends"], *(int(out) for out in one["out"]))
        for one in pages.offices(plan, names)
    ]
    return _table(_("Office groups"), heads, rows)


def _dates(plan: JointCommand) -> list[str]:
    return [(plan.first + timedelta(days=at)).isoformat() for at in range(plan.days)]
