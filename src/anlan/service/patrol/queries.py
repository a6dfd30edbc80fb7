"""What is shown of briefings."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812 fields are called date
from typing import TYPE_CHECKING, Any

from django.db.models import F

from anlan.engine.geo import codes
from anlan.service.patrol.models import BeatAlert, Briefing, BriefingJob, BriefingText, Period
from anlan.service.places.models import Area, Beat
from anlan.service.scope import scope_q

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from anlan.service.patrol.subjects import Subject
    from anlan.service.staff.models import Account


def briefings(county6: str, account: Account | None = None) -> QuerySet[Briefing]:
    """Return the county's briefings, newest day and version first; staff see their own county's, whole."""
    found = Briefing.objects.in_county(county6).select_related("made_by", "signed_by", "published_by")
    return in_own_county(found, account)


def versions(subject: Subject, account: Account | None = None) -> QuerySet[Briefing]:
    """Return the versions of one briefing, newest first."""
    return briefings(subject.county6, account).filter(**subject.fields)


def jobs(county6: str, account: Account | None = None) -> QuerySet[BriefingJob]:
    """Return the county's makings of briefings, newest first."""
    return in_own_county(BriefingJob.objects.in_county(county6).select_related("briefing"), account)


def texts(briefing: Briefing) -> dict[str, BriefingText]:
    """Return the newest wording of each suggestion that was edited, and of those added, by key."""
    rows = BriefingText.objects.filter(briefing=briefing).select_related("written_by").order_by("revision")
    return {row.key: row for row in rows}


def day_briefings(county6: str, account: Account | None = None) -> QuerySet[Briefing]:
    """Return the briefings of days for all of the county: those with the colours that count."""
    whole = {"area_code": codes.normalise(county6), "beat_code": "", "period": Period.DAY}
    return briefings(county6, account).filter(**whole)


def scopes(county6: str) -> list[tuple[str, str]]:
    """Return what a briefing can be about besides the county: (code, label) of townships, then of beats."""
    if not county6:
        return []
    towns = Area.objects.in_county(county6).filter(level=codes.Level.TOWNSHIP).defer("geometry")
    beats = Beat.objects.in_county(county6).defer("geometry")
    return [(row.code, row.label) for row in (*towns.order_by("code"), *beats.order_by("code"))]


def colours_briefing(county6: str, date: Date) -> Briefing | None:
    """Return whose colours hold on a day: the version published last, the newest draft while none is."""
    of_day = day_briefings(county6).filter(date=date)
    return of_day.order_by(F("published_at").desc(nulls_last=True), "-version").defer("body").first()


def latest_colours(county6: str, date: Date) -> dict[str, str]:
    """Return beat → colour of the day; empty without a briefing."""
    best = day_briefings(county6).filter(date=date)
    found = best.order_by(F("published_at").desc(nulls_last=True), "-version").values("pk").first()
    if found is None:
        return {}
    return dict(BeatAlert.objects.filter(briefing_id=found["pk"]).values_list("beat_code", "colour"))


def in_own_county(rows: QuerySet[Any], account: Account | None) -> QuerySet[Any]:
    """Return the rows of the counties in which the account is posted; all of them without an account."""
    if account is None:
        return rows
    return rows.filter(scope_q(tuple(prefix[:6] for prefix in account.area_prefixes())))
