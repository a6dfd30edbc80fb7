"""A roster as an Excel workbook, and the file by which members are imported."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from anlan.gateway.files.errors import ImportRefusedError
from anlan.gateway.files.readers import open_rows
from anlan.gateway.tables import to_xlsx
from anlan.service.planning.domain.members import MemberRow
from anlan.service.planning.rosters import records, words
from anlan.service.planning.rosters.page import cover, shifts

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from anlan.service.planning.models import Member, Roster

    Table = tuple[str, list[str], pl.DataFrame]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = ("team", "code", "group", "skills", "weekly_hours")
NEEDED = ("team", "code")
MOST_BYTES, MOST_ROWS = 5_000_000, 5_000
USUAL_HOURS = 40.0


def workbook(roster: Roster) -> bytes:
    """Return a roster: who serves when, tallies, cover, broken rules, the shifts."""
    names = words.Names(roster)
    return to_xlsx([
        _grid(roster, names), _tallies(roster, names), _cover(roster, names), _broken(roster, names),
        _shifts(roster, names),
    ])  # fmt: skip


def _table(title: str, heads: list[str], rows: list[tuple[Any, ...]]) -> Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(heads)
    frame = pl.DataFrame(
        [pl.Series(str(at), list(column), strict=False) for at, column in enumerate(columns)]
    )
    return title, heads, frame


def _grid(roster: Roster, names: words.Names) -> Table:
    letters = words.letters(one["code"] for one in roster.body["problem"]["shifts"])
    dates = [date_format(roster.first + timedelta(days=at), "m-d D") for at in range(roster.days)]
    rows = [
        (names.team(one["team"]), one["group"], one["code"],
         *(letters.get(code, "") for code in roster.body["result"]["rows"].get(one["key"], ())))
        for one in roster.body["people"]
    ]  # fmt: skip
    return _table(_("Roster"), [_("Team"), _("Group"), _("Code"), *dates], rows)


def _tallies(roster: Roster, names: words.Names) -> Table:
    heads = [
        _("Member"), _("Hours"), _("Duties"), _("Nights"), _("Weekends"), _("Holiday duties"), _("Wishes"),
        _("Wishes met"), _("Balance: nights"), _("Balance: weekend duties"), _("Balance: holiday duties"),
        _("Balance: hours"),
    ]  # fmt: skip
    rows = [
        (names.member(one["member"]), one["minutes"] / 60, one["duties"], one["nights"], one["weekends"],
         one["holidays"], one["wishes"], one["wishes_met"], one["balance_nights"], one["balance_weekends"],
         one["balance_holidays"], one["balance_minutes"] / 60)
        for one in roster.body["result"]["tallies"]
    ]  # fmt: skip
    return _table(_("Tallies"), heads, rows)


def _cover(roster: Roster, names: words.Names) -> Table:
    rows = [
        (roster.first + timedelta(days=at), row["name"], cell["needed"], cell["there"])
        for row in cover(roster, names) for at, cell in enumerate(row["cells"])
    ]  # fmt: skip
    return _table(_("Cover"), [_("Day"), _("Shift"), _("Needed"), _("There")], rows)


def _broken(roster: Roster, names: words.Names) -> Table:
    result = roster.body["result"]
    soft = [one for one in result["broken"] if one["price"] is not None]
    rows = [(words.broken(one, names), one["price"]) for one in [*records.hard_broken(result), *soft]]
    return _table(_("Broken rules"), [_("Rule"), _("Price")], rows)


def _shifts(roster: Roster, names: words.Names) -> Table:
    rows = [(one["letter"], one["name"], one["hours"]) for one in shifts(roster, names)]
    return _table(_("Shifts"), [_("Letter"), _("Shift"), _("Hours")], rows)


def template(members: list[Member]) -> bytes:
    """Return the members that are there as the workbook to fill in and import."""
    rows = [
        (one.team.code, one.code, one.group, "; ".join(one.skills), one.weekly_minutes / 60)
        for one in members
    ]
    return to_xlsx([_table(_("Members"), list(COLUMNS), rows)])


def read_members(given: UploadedFile[Any]) -> tuple[list[MemberRow], list[int]]:
    """Return the rows of an uploaded CSV or Excel file with their numbers, as a spreadsheet counts.

    Raises:
        ValidationError: it cannot be read, a column is missing, or hours are no number; each row is named.

    """
    if given.size is None or given.size > MOST_BYTES:
        raise ValidationError(_("The file is too large: at most 5 MB."))
    with _on_disk(given) as path:
        try:
            frame = _frame(path)
        except ImportRefusedError as problem:
            raise ValidationError(str(problem)) from problem
    rows, numbers, problems = [], [], list[str]()
    for one in frame.iter_rows(named=True):
        values = {name: str(one.get(name) or "").strip() for name in COLUMNS}
        if not any(values.values()):
            continue
        hours = _hours(values["weekly_hours"])
        if hours is None:
            told = _("Row %(row)s, weekly_hours: “%(text)s” is no number of hours.")
            problems.append(told % {"row": one["_row"], "text": values["weekly_hours"][:20]})
        skills = tuple(
            part.strip() for part in values["skills"].replace("；", ";").split(";") if part.strip()
        )
        week = USUAL_HOURS if hours is None else hours
        rows.append(MemberRow(values["team"], values["code"], skills, week, values["group"]))
        numbers.append(one["_row"])
    if problems:
        raise ValidationError(problems)
    if not rows:
        raise ValidationError(_("The file has no rows."))
    return rows, numbers


@contextmanager
def _on_disk(given: UploadedFile[Any]) -> Iterator[Path]:
    """The upload as a file with its ending, which says how it is read."""
    ending = Path(given.name or "").suffix.lower()
    ending = ending if ending.isascii() and ending[1:].isalnum() else ".csv"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"members{ending}"
        with path.open("wb") as out:
            for chunk in given.chunks():
                out.write(chunk)
        yield path


def _frame(path: Path) -> pl.DataFrame:
    rows = open_rows(path)
    missing = [name for name in NEEDED if name not in rows.columns]
    if missing:
        told = _("Column “%(name)s” is missing. Expected: %(columns)s.")
        raise ValidationError(told % {"name": missing[0], "columns": ", ".join(COLUMNS)})
    parts = list(rows.batches)
    if rows.broken:
        told = _("Row %(row)s: it has more or fewer fields than the header.")
        raise ValidationError([told % {"row": one.row} for one in rows.broken[:20]])
    frame = pl.concat(parts) if parts else pl.DataFrame({name: [] for name in (*rows.columns, "_row")})
    if len(frame) > MOST_ROWS:
        raise ValidationError(_("At most 5,000 rows at a time."))
    return frame


def _hours(text: str) -> float | None:
    """Return hours, the usual ones where none are given, None where it is no number."""
    if not text:
        return USUAL_HOURS
    try:
        found = float(text.replace(",", "."))
    except ValueError:
        return None
    return found if found == found and abs(found) < 1e6 else None  # noqa: PLR0124  not a number
