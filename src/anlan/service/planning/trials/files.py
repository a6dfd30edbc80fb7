"""A trial's schedule and results as files. Counts reach to the last look: a file is no look of its own."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
from django.utils.translation import gettext as _

from anlan.gateway.tables import to_csv, to_xlsx
from anlan.service.planning.trials import records, words
from anlan.service.planning.trials.page import names_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from anlan.service.planning.models import Trial

    Table = tuple[str, list[str], pl.DataFrame]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX}


def written(trial: Trial, kind: str, part: str) -> bytes:
    """Return all tables as a workbook, or one as CSV."""
    if kind == "xlsx":
        return to_xlsx([make(trial) for make in PARTS.values()])
    return to_csv(PARTS[part](trial)[2])


def _table(title: str, heads: dict[str, str], rows: list[tuple[Any, ...]]) -> Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(heads)
    frame = pl.DataFrame(
        [pl.Series(name, list(column), strict=False) for name, column in zip(heads, columns, strict=True)]
    )
    return title, list(heads.values()), frame


def pairs(trial: Trial) -> Table:
    """Return the pairs with their incidents a week before."""
    heads = {
        "pair": _("Pair"), "first": _("Place a"), "second": _("Place b"), "first_name": _("Name of a"),
        "second_name": _("Name of b"), "first_base": _("a: incidents a week before"),
        "second_base": _("b: incidents a week before"), "gap": _("How unlike (log ratio)"),
    }  # fmt: skip
    week, found = records.ask_of(trial).in_week, trial.design["design"]["pairs"]
    names = names_of([one[side] for one in found for side in ("first", "second")])
    rows = [
        (at, one["first"], one["second"], names.get(one["first"], ""), names.get(one["second"], ""),
         week * one["base_first"], week * one["base_second"], one["gap"])
        for at, one in enumerate(found, 1)
    ]  # fmt: skip
    return _table(_("Pairs"), heads, rows)


def schedule(trial: Trial) -> Table:
    """Return which place is patrolled when, and what was counted up to the last look."""
    heads = {
        "period": _("Period"), "first": _("First day"), "last": _("Last day"), "pair": _("Pair"),
        "place": _("Place"), "treated": _("To be patrolled"), "counted": _("Counts"),
        "incidents": _("Incidents"), "recorded": _("Recorded"), "minutes": _("Minutes of presence"),
    }  # fmt: skip
    plan = records.schedule_of(trial)
    if plan is None:
        return _table(_("Schedule"), heads, [])
    counts, known = _counted(trial)
    rows = []
    for period in range(plan.periods):
        first = trial.first + timedelta(days=period * plan.period_days)
        last = first + timedelta(days=plan.period_days - 1)
        minutes = trial.doses.get(str(period), {}).get("minutes")
        seen = period < len(known)
        for row, place in enumerate(plan.places):
            rows.append((
                period + 1, first, last, row % (len(plan.places) // 2) + 1, place, plan.treated[row][period],
                plan.counted[period], counts[row][period] if seen else None, known[period] if seen else None,
                minutes[row] if minutes else None,
            ))  # fmt: skip
    return _table(_("Schedule"), heads, rows)


def _counted(trial: Trial) -> tuple[list[list[int]], list[bool]]:
    last = trial.looks.order_by("-number").first()
    return ([], []) if last is None else (last.result["counts"], last.result["known"])


def results(trial: Trial) -> Table:
    """Return every look with its verdict and figures."""
    heads = {
        "look": _("Look"), "until": _("Data up to"), "planned": _("Planned"), "verdict": _("Verdict"),
        "ratio": _("Ratio"), "low": _("Lower limit"), "high": _("Upper limit"), "p": _("p"),
        "spent": _("p to end it"), "treated": _("Incidents where patrolled"),
        "control": _("Incidents where not"), "place_periods": _("Place-periods each"),
        "conditional_power": _("Chance to show the planned effect"),
    }  # fmt: skip
    rows = []
    for one in trial.looks.all():
        look = one.result["look"]
        ratio = look["ratio"]
        rows.append((
            one.number, one.until, one.planned, words.verdict(look["verdict"]), ratio["ratio"], ratio["low"],
            ratio["high"], look["p"], look["spent"], ratio["treated"], ratio["control"],
            ratio["place_periods"], look["conditional_power"],
        ))  # fmt: skip
    return _table(_("Looks"), heads, rows)


def left_out(trial: Trial) -> Table:
    """Return the candidates that take no part, with the reason."""
    heads = {"place": _("Place"), "name": _("Name"), "reason": _("Code of the reason"), "why": _("Reason")}
    found, week = trial.design["design"]["excluded"], records.ask_of(trial).in_week
    names = names_of([one["code"] for one in found] + [one["other"] for one in found])
    rows = [
        (one["code"], names.get(one["code"], ""), one["reason"], words.reason(one, names, week))
        for one in found
    ]
    return _table(_("Left out"), heads, rows)


PARTS: dict[str, Callable[[Trial], Table]] = {
    "schedule": schedule, "results": results, "pairs": pairs, "left_out": left_out,
}  # fmt: skip
