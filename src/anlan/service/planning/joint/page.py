"""The parts of a plan's page: what is short and why, forces by day, office turns, a table a day."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from anlan.service.planning.joint import queries, words
from anlan.service.planning.joint.words import CLASSES, REASONS, Words
from anlan.service.planning.models import Level

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date as Date  # noqa: N812 fields are called date

    from anlan.service.planning.models import JointCommand

RELIEFS = 6


def page(plan: JointCommand) -> dict[str, Any]:
    """Return what the page shows of a plan, in the active language."""
    names, result = Words(plan), plan.body["result"]
    shared = {"days": days(plan), "unplanned": [names.day(at) for at in plan.body["unplanned"]]}
    if not plan.possible:
        return shared | {
            "conflicts": [words.conflict(names, one) for one in result["conflicts"]],
            "relaxed": [words.relaxed(names, one) for one in result["relaxed"]],
        }
    return shared | {
        "quality": words.quality(result),
        "needed": sum(cell["people"] for cell in plan.body["cells"]),
        "sent": sum(one["people"] for one in result["sent"]),
        "unable": sum(sum(one["lacking"].values()) for one in result["short"]),
        "short": shortfalls(plan, names),
        "binds": [words.binding(names, code, counts) for code, counts in result["binds"].items()],
        "reliefs": [words.relief(names, one, result["price"]) for one in result["reliefs"][:RELIEFS]],
        "use": use(plan, names),
        "offices": offices(plan, names),
    }


def days(plan: JointCommand) -> list[dict[str, Any]]:
    """Return the plan's days with their levels."""
    return [
        {"number": at, "date": plan.first + timedelta(days=at), "level": Level(level).label}
        for at, level in enumerate(plan.body["levels"])
    ]


def shortfalls(plan: JointCommand, names: Words) -> list[dict[str, Any]]:
    """Return what is short by class, the dearest first: how much, where, when, and why no force helps."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in plan.body["result"]["short"]:
        groups.setdefault(one["kind"], []).append(one)
    return [_shortfall(groups[kind], names) for kind in CLASSES if kind in groups]


def _shortfall(rows: list[dict[str, Any]], names: Words) -> dict[str, Any]:
    able: Counter[str] = Counter()
    reasons: dict[str, Counter[str]] = {}
    for one in rows:
        able.update(one["lacking"])
        for force, reason in one["reasons"].items():
            reasons.setdefault(force, Counter())[reason] += 1
    order = list(names.shifts)
    times = sorted({(one["day"], order.index(one["shift"])) for one in rows})
    return {
        "kind": CLASSES[rows[0]["kind"]],
        "tasks": words.listed(list(dict.fromkeys(names.task(one["code"]) for one in rows))),
        "what": words.lacking(sum(one["missing"] for one in rows), able),
        "when": words.listed([names.when(day, order[shift]) for day, shift in times]),
        "why": [
            f"{names.force(force)}: " + "; ".join(str(REASONS[code]) for code, _n in found.most_common())
            for force, found in reasons.items()
        ],
    }


def use(plan: JointCommand, names: Words) -> list[dict[str, Any]]:
    """Return how each force is used by day, and how far into its hours."""
    return [
        {
            "name": names.force(one["force"]), "by_day": one["by_day"], "shifts": one["person_shifts"],
            "share": one["hours"] / one["allowed_hours"] if one["allowed_hours"] else None,
        }
        for one in plan.body["result"]["use"]
    ]  # fmt: skip


def offices(plan: JointCommand, names: Words) -> list[dict[str, Any]]:
    """Return on which days each office group is out."""
    return [
        one | {
            "name": names.force(one["force"]),
            "out": [at in one["days"] for at in range(plan.days)],
        }
        for one in plan.body["result"]["offices"]
    ]  # fmt: skip


def day_table(plan: JointCommand, number: int) -> dict[str, Any]:
    """Return a day's tasks by class, the most important first: who is sent when, what is missing."""
    names, shifts = Words(plan), [one["code"] for one in plan.body["shifts"]]
    sent: dict[tuple[str, str], list[str]] = {}
    for one in _of_day(plan.body["result"]["sent"], number):
        sent.setdefault((one["code"], one["shift"]), []).append(
            f"{one['people']} {names.force(one['force'])}"
        )
    missing = {
        (one["code"], one["shift"]): words.lacking(one["missing"], one["lacking"])
        for one in _of_day(plan.body["result"]["short"], number)
    }
    classes: dict[str, dict[str, dict[str, dict[str, Any]]]] = {}
    for cell in _of_day(plan.body["cells"], number):
        at = cell["code"], cell["shift"]
        row = classes.setdefault(cell["kind"], {}).setdefault(cell["code"], {})
        row[cell["shift"]] = {
            "people": cell["people"], "sent": sent.get(at, []), "missing": missing.get(at, ""),
        }  # fmt: skip
    return {
        "shifts": list(names.shifts.values()),
        "classes": [
            {"name": CLASSES[kind], "rows": [_row(names.task(code), row, names, shifts)
                                             for code, row in sorted(classes[kind].items())]}
            for kind in CLASSES if kind in classes
        ],
    }  # fmt: skip


def on_day(county6: str, date: Date) -> dict[str, Any] | None:
    """Return the table of the approved plan that has a day; None where none has, or nothing is manned."""
    plan = queries.in_force(county6, date)
    if plan is None:
        return None
    number = (date - plan.first).days
    table = day_table(plan, number)
    return {"plan": plan, "number": number, "table": table} if table["classes"] else None


def _of_day(rows: Iterable[dict[str, Any]], number: int) -> list[dict[str, Any]]:
    return [one for one in rows if one["day"] == number]


def _row(task: str, row: dict[str, dict[str, Any]], names: Words, shifts: list[str]) -> dict[str, Any]:
    return {"task": task, "cells": [{"shift": names.shifts[code], **row.get(code, {})} for code in shifts]}
