"""What is shown of briefings and plans."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 fields are called date
from typing import TYPE_CHECKING, Any

from django.db.models import F

from anlan.engine.geo import codes
from anlan.service.patrol.models import BeatAlert, Briefing, DeploymentPlan
from anlan.service.scope import scope_q

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from anlan.service.staff.models import Account


def briefings(county6: str, account: Account | None = None) -> QuerySet[Briefing]:
    """Return the county's briefings, newest day and version first; staff see their own county's, whole."""
    found = Briefing.objects.filter(area_code=codes.normalise(county6)).select_related(
        "made_by", "published_by"
    )
    return _in_own_county(found, account)


def plans(county6: str, account: Account | None = None) -> QuerySet[DeploymentPlan]:
    """Return the county's plans, newest day and version first."""
    found = DeploymentPlan.objects.filter(area_code=codes.normalise(county6))
    return _in_own_county(found.select_related("made_by", "approved_by", "briefing"), account)


def latest_briefing(county6: str) -> Briefing | None:
    """Return the newest day's briefing, the published version if there is one."""
    return briefings(county6).order_by("-date", F("published_at").desc(nulls_last=True), "-version").first()


def latest_colours(county6: str, date: Date) -> dict[str, str]:
    """Return beat → colour of the day: the version published last, else the newest; empty without."""
    of_day = briefings(county6).filter(date=date)
    best = of_day.order_by(F("published_at").desc(nulls_last=True), "-version").values("pk").first()
    if best is None:
        return {}
    return dict(BeatAlert.objects.filter(briefing_id=best["pk"]).values_list("beat_code", "colour"))


def _in_own_county(rows: QuerySet[Any], account: Account | None) -> QuerySet[Any]:
    if account is None:
        return rows
    return rows.filter(scope_q(tuple(prefix[:6] for prefix in account.area_prefixes())))
