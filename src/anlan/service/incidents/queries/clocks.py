"""The clocks of calls over a period, held against each standard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Min

from anlan.engine.dispatch.clocks import Met, measure
from anlan.service.incidents.models import CallStandard, FurtherCall, Incident, Moment, QuietCall
from anlan.service.incidents.standards import PUBLISHED, Standard

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from anlan.service.staff.models import Account

Moments = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """A standard and how it was kept; `own` the county's record to edit, None for a published one."""

    standard: Standard
    met: Met
    begins: str
    ends: str


def own_standards(area_code: str, *, active: bool = True) -> QuerySet[CallStandard]:
    """Return the county's own standards."""
    rows = CallStandard.objects.filter(area_code=area_code)
    return rows.filter(active=True) if active else rows


def clocks(county: str, area_code: str, account: Account, since: datetime, until: datetime) -> list[Row]:
    """Return each standard with the share of the period's telephone calls that kept it, in four queries."""
    rang = list(answering(county, account, since, until))
    worked = [call for call in rang if "sent" in call]
    own = [
        Standard(one.label, one.begins, one.ends, one.seconds, one.percent, one.least_urgent, one.pk)
        for one in own_standards(area_code)
    ]
    return [row(standard, rang, worked) for standard in (*PUBLISHED, *own)]


def row(standard: Standard, rang: list[Moments], worked: list[Moments]) -> Row:
    """Hold a standard against the calls: all that rang for answering, else those that became incidents."""
    calls = rang if standard.ends == Moment.ANSWERED else worked
    counted = [call for call in calls if call.get("priority", 1) <= standard.least_urgent]
    if standard.ends == Moment.SENT:
        counted = [call for call in counted if call["sent"] is not None or not call["closed"]]
    taken = [seconds(call[standard.begins], call[standard.ends]) for call in counted]
    met = measure(taken, standard.seconds, standard.percent / 100)
    return Row(standard, met, Moment(standard.begins).label, Moment(standard.ends).label)


def seconds(begin: datetime | None, end: datetime | None) -> float | None:
    """Return the seconds between two moments, None where one is missing."""
    return None if begin is None or end is None else (end - begin).total_seconds()


def answering(county: str, account: Account, since: datetime, until: datetime) -> list[Moments]:
    """Return the moments of each telephone call: first ones, further ones, silent and abandoned ones."""
    period = {"received_at__gte": since, "received_at__lt": until}
    phone = {"channel": Incident.Channel.PHONE}
    first = Incident.objects.in_county(county).visible_to(account).filter(**period, **phone)
    first = first.filter(scheduled_call=None).annotate(sent=Min("assignments__assigned_at"))
    found: list[Moments] = [
        {
            "rang": rang,
            "answered": answered,
            "entered": made,
            "sent": sent,
            "priority": urgent,
            "closed": closed,
        }
        for rang, answered, made, sent, urgent, closed in first.values_list(
            "rang_at", "answered_at", "created_at", "sent", "priority", "closed_at"
        )
    ]
    for table, more in ((FurtherCall, phone), (QuietCall, {})):
        rows = table.objects.in_county(county).visible_to(account).filter(**period, **more)  # type: ignore[attr-defined]
        found += [
            {"rang": rang, "answered": answered}
            for rang, answered in rows.values_list("rang_at", "answered_at")
        ]
    return found
