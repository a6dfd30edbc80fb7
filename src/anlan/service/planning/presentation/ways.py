"""The routes of a plan, unit by unit, as they are printed and shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from anlan.service.planning.presentation.figures import clock, shift_name

if TYPE_CHECKING:
    from anlan.service.patrol.presentation.names import Names
    from anlan.service.planning.words import Labels

QUIET = {"reserve"}


def ways(body: dict[str, Any], labels: Labels, names: Names) -> list[dict[str, Any]]:
    """Return each duty with its stops, in the order of shifts and call signs."""
    shifts = {shift["code"]: shift_name(shift) for shift in body["shifts"]}
    routes = {(unit["unit"], way["shift"]): unit for way in body["ways"] for unit in way["plan"]["units"]}
    order = {code: place for place, code in enumerate(shifts)}
    found = [
        {
            "unit": labels.unit(out["unit"]), "code": out["unit"], "team": out["team"],
            "shift": shifts[out["shift"]], "shift_code": out["shift"], "hours": clock(out),
            "post": labels.place(out["post"]) if out["post"] else "", "beat": names.beat(out["beat"]),
            "kind": out["kind"], "lon": out["lon"], "lat": out["lat"],
            **_route(routes.get((out["unit"], out["shift"])), labels),
        }
        for out in body["out"]
    ]  # fmt: skip
    return sorted(found, key=lambda way: (order[way["shift_code"]], way["unit"]))


def _route(route: dict[str, Any] | None, labels: Labels) -> dict[str, Any]:
    if route is None:
        return {"stops": [], "visits": 0, "drive_s": None, "free_s": None}
    stops = [
        stop(entry, labels)
        for entry in route["entries"]
        if entry["kind"] not in QUIET
    ]  # fmt: skip
    visits = sum(one["kind"] in {"point", "line", "stop"} for one in stops)
    return {"stops": stops, "visits": visits, "drive_s": route["drive_s"], "free_s": route["free_s"]}


def stop(entry: dict[str, Any], labels: Labels) -> dict[str, Any]:
    """Return one entry of a route: when, what, where."""
    return {
        "kind": entry["kind"], "code": entry["code"], "at": time_of(entry["begin_s"]),
        "until": time_of(entry["leave_s"]), "minutes": round((entry["leave_s"] - entry["begin_s"]) / 60),
        "what": what(entry["kind"]), "where": where(entry, labels),
    }  # fmt: skip


def what(kind: str) -> str:
    """Return what is done at an entry of a route."""
    return {
        "point": _("Patrol point"), "line": _("Patrol line"), "stop": _("Hot-spot stop"), "meal": _("Meal"),
        "post": _("Stand by"),
    }.get(kind, kind)  # fmt: skip


def where(entry: dict[str, Any], labels: Labels) -> str:
    """Return the name of an entry's place."""
    if entry["kind"] == "meal":
        return ""
    if entry["kind"] == "stop":
        return labels.grid(entry["code"])
    return labels.place(entry["code"])


def time_of(seconds: int) -> str:
    """Return seconds after midnight as a time of day."""
    minutes = round(seconds / 60)
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"
