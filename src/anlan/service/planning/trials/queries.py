"""What is shown of trials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, OuterRef, Subquery

from anlan.engine.geo import codes
from anlan.service.patrol.queries import in_own_county
from anlan.service.planning.models import Trial, TrialLook

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from anlan.service.staff.models import Account


def trials(county6: str, account: Account | None = None) -> QuerySet[Trial]:
    """Return the county's trials, newest first."""
    found = Trial.objects.filter(area_code=codes.normalise(county6))
    return in_own_county(found.select_related("made_by"), account)


def listed(county6: str, account: Account | None = None) -> QuerySet[Trial]:
    """Return the trials with the figures of the list: `pairs`, `stated`, `verdict`."""
    last = TrialLook.objects.filter(trial=OuterRef("pk")).order_by("-number")
    figures = {
        "pairs": F("design__figures__pairs"), "stated": F("design__figures__power"),
    }  # fmt: skip
    rows = trials(county6, account).annotate(
        verdict=Subquery(last.values("result__look__verdict")[:1]), **figures
    )
    return rows.defer("design", "schedule", "doses")
