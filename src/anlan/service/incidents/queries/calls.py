"""What belongs to the calls about an incident, and the lists of scheduled and quiet calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import get_language

from anlan.service.incidents.models import FurtherCall, Incident, IncidentLink, QuietCall, ScheduledCall

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from anlan.service.staff.models import Account


@dataclass(frozen=True)
class CallsOf:
    """Of one incident: further calls, related incidents in the reader's area, answers in their language."""

    further: list[FurtherCall]
    related: list[Incident]
    answers: list[tuple[str, str]]


def calls_of(incident: Incident, account: Account) -> CallsOf:
    """Return what the incident's card shows of its calls."""
    return CallsOf(
        further=list(incident.further_calls.select_related("taken_by")),
        related=related(incident, account),
        answers=[answer_words(row) for row in incident.answers],
    )


def related(incident: Incident, account: Account) -> list[Incident]:
    """Return the incidents linked with it, the oldest first."""
    pairs = IncidentLink.objects.filter(Q(one=incident) | Q(other=incident)).values_list("one", "other")
    keys = {key for pair in pairs for key in pair} - {incident.pk}
    return list(
        Incident.objects.visible_to(account).filter(pk__in=keys).select_related("type").order_by("pk")
    )


def answer_words(row: dict[str, Any]) -> tuple[str, str]:
    """Return question and answer in the reader's language."""
    ending = "" if (get_language() or "").startswith("zh") else "_en"
    return row[f"question{ending}"] or row["question"], row[f"answer{ending}"] or row["answer"]


def scheduled_calls(county: str, account: Account) -> QuerySet[ScheduledCall]:
    """Return the county's scheduled calls with their types and incidents."""
    rows = ScheduledCall.objects.in_county(county).visible_to(account)
    return rows.select_related("type", "incident", "made_by")


def quiet_calls(county: str, account: Account) -> QuerySet[QuietCall]:
    """Return the county's silent and abandoned calls."""
    rows = QuietCall.objects.in_county(county).visible_to(account)
    return rows.select_related("incident", "taken_by")
