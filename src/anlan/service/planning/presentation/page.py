"""The parts of a plan's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from anlan.service.patrol.presentation.names import Names
from anlan.service.planning.presentation.figures import clock, response, shift_name
from anlan.service.planning.presentation.problems import problems, shortfalls
from anlan.service.planning.presentation.ways import ways
from anlan.service.planning.words import Labels, binding

if TYPE_CHECKING:
    from anlan.service.planning.models import DeploymentPlan


def page(plan: DeploymentPlan) -> dict[str, Any]:
    """Return what the page of a version shows, in the active language."""
    body, county6 = plan.body, plan.area_code[:6]
    names, labels = Names(county6), Labels(county6)
    return {
        "body": body,
        "shifts": [_shift(shift, labels) for shift in body["shifts"]],
        "response": response(body["rehearsal"], labels),
        "problems": problems(body, labels),
        "force": [row | {"beat": names.beat(row["beat_code"])} for row in body["force"]],
        "staffing": staffing(body, names),
        "colours": {row["beat_code"]: row["colour"] for row in body["force"]},
        "ways": ways(body, labels, names),
        "studio": studio(plan, labels, names),
    }


def _shift(shift: dict[str, Any], labels: Labels) -> dict[str, Any]:
    return shift | {
        "name": shift_name(shift),
        "stands": [post | {"name": labels.place(post["code"])} for post in shift["posts"]],
        "binds_words": binding(shift["binds"]),
        "short": shortfalls(shift),
    }


def staffing(body: dict[str, Any], names: Names) -> dict[str, Any] | None:
    """Return the need against what is out as a table of beats by shifts; None where it is not known."""
    found = body["staffing"]
    if found is None:
        return None
    order = {shift["code"]: place for place, shift in enumerate(body["shifts"])}
    rows: dict[str, list[dict[str, Any] | None]] = {}
    for cell in found["cells"]:
        row = rows.setdefault(cell["beat"], [None] * len(order))
        row[order[cell["shift"]]] = cell | {"binds_words": binding(cell["binds"])}
    return {
        "shifts": [shift_name(shift) for shift in body["shifts"]],
        "rows": [{"beat": names.beat(beat), "cells": cells} for beat, cells in rows.items()],
        "totals": sorted(found["shifts"], key=lambda row: order[row["shift"]]),
        "relaxations": found["relaxations"],
    }


def studio(plan: DeploymentPlan, labels: Labels, names: Names) -> dict[str, Any]:
    """Return what the studio's script works with."""
    body = plan.body
    colours = {row["beat_code"]: row["colour"] for row in body["force"]}
    return {
        "ask": plan.ask,
        "shifts": [
            {"code": shift["code"], "name": shift_name(shift), "start": shift["start_min"],
             "minutes": shift["minutes"], "cars": shift["cars"],
             "posts": {post["code"]: post["cars"] for post in shift["posts"]}}
            for shift in body["shifts"]
        ],
        "sites": [
            {"code": code, "name": labels.place(code), "lon": lon, "lat": lat}
            for code, lon, lat in sorted(labels.posts())
        ],
        "out": [
            {"unit": one["unit"], "sign": labels.unit(one["unit"]), "shift": one["shift"],
             "start": one["start_min"], "minutes": one["minutes"], "kind": one["kind"],
             "post": labels.place(one["post"]) if one["post"] else names.beat(one["beat"]),
             "colour": colours.get(one["beat"], "unknown")}
            for one in body["out"]
        ],
        "lines": _lines(body),
    }  # fmt: skip


def _lines(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return each car's home post by shift, for the map."""
    return [
        {"unit": one["unit"], "shift": one["shift"], "at": [one["lon"], one["lat"]], "hours": clock(one)}
        for one in body["out"]
        if one["kind"] == "car"
    ]
