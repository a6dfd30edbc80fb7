"""A shift's summary in words and figures."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from anlan.service.incidents.models import Assignment
from anlan.service.patrol.models import CheckIn, PlaceReport
from anlan.service.patrol.shift_sheet import sheet

if TYPE_CHECKING:
    from anlan.service.patrol.models import Shift


def page_of(shift: Shift) -> dict[str, Any]:
    """Return what the page of a shift shows."""
    body = shift.body or sheet(shift, until=timezone.now())
    end = shift.ended_at or timezone.now()
    return {
        "duty_s": (end - shift.begun_at).total_seconds(),
        "task_s": sum(one["s"] for one in body["tasks"]),
        "stay_s": sum(one["s"] for one in body["stays"]),
        "visits": [
            {"at": moment(one["at"]), "place": one["place"], "how": CheckIn.Method(one["how"]).label}
            for one in body["visits"]
        ],
        "stays": [one | {"at": moment(one["from"])} for one in body["stays"]],
        "tasks": [
            one | {"at": moment(one["from"]), "word": Assignment.Status(one["status"]).label}
            for one in body["tasks"]
        ],
        "reports": [
            {"at": moment(one["at"]), "where": one["where"], "kind": PlaceReport.Kind(one["kind"]).label}
            for one in body["reports"]
        ],
        "entries": [{"at": moment(one["at"]), "text": one["text"]} for one in body["entries"]],
    }


def moment(text: str) -> datetime:
    """Return a moment of the summary."""
    return datetime.fromisoformat(text)
