"""What is shown of plans."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from anlan.engine.geo import codes
from anlan.engine.planning.deployment import Place
from anlan.engine.planning.routes import Past
from anlan.engine.planning.trials import Schedule
from anlan.service.patrol.queries import in_own_county
from anlan.service.places.models import Grid
from anlan.service.planning.models import DeploymentPlan, PlanningJob, Rehearsal, Trial

if TYPE_CHECKING:
    from datetime import date as Date  # noqa: N812 fields are called date

    from django.db.models import QuerySet

    from anlan.service.staff.models import Account

PAST_DAYS = 14
VISITED = {"point", "line", "stop"}


def plans(county6: str, account: Account | None = None) -> QuerySet[DeploymentPlan]:
    """Return the county's plans, newest day and version first."""
    found = DeploymentPlan.objects.filter(area_code=codes.normalise(county6))
    return in_own_county(found.select_related("made_by", "approved_by", "briefing"), account)


def jobs(county6: str, account: Account | None = None) -> QuerySet[PlanningJob]:
    """Return the county's long work of planning, newest first."""
    return in_own_county(PlanningJob.objects.in_county(county6).select_related("asked_by"), account)


def newest_plans(
    county6: str, account: Account | None, first: Date, last: Date
) -> dict[Date, DeploymentPlan]:
    """Return the newest version of each day from `first` to `last` that has a plan."""
    rows = plans(county6, account).filter(date__gte=first, date__lte=last).order_by("date", "version")
    return {row.date: row for row in rows.defer("body").prefetch_related("signatures")}


def trial_flags(county6: str, date: Date) -> tuple[dict[str, bool], list[Place]]:
    """Return what the running trials want of their places on a day, and where those are."""
    flags: dict[str, bool] = {}
    running = Trial.objects.in_county(county6).filter(state=Trial.State.RUNNING)
    for trial in running.order_by("pk"):
        flags |= Schedule(**trial.schedule).flags(date)
    rows = Grid.objects.filter(code__in=flags, lon__isnull=False).values_list("code", "lon", "lat", "beat_id")
    return flags, [Place(code, lon, lat, beat or "") for code, lon, lat, beat in rows]


def past_routes(county6: str, date: Date) -> dict[str, list[Past]]:
    """Return the published routes of the fortnight before a day by "beat shift", oldest first."""
    rows = plans(county6).filter(
        date__gte=date - timedelta(days=PAST_DAYS), date__lt=date, published_at__isnull=False
    )
    found: dict[str, list[Past]] = {}
    for plan in rows.order_by("date", "version"):
        for ways in plan.body.get("ways", []):
            past = _past_of(ways["plan"])
            for beat in ways["beats"]:
                found.setdefault(f"{beat} {ways['shift']}", []).append(past)
    return found


def _past_of(plan: dict[str, Any]) -> Past:
    """Return what later days need to know of a stored route plan."""
    begins: dict[str, list[int]] = {}
    pairs: list[tuple[str, str]] = []
    for unit in plan["units"]:
        stops = [entry for entry in unit["entries"] if entry["kind"] in VISITED]
        for entry in stops:
            begins.setdefault(entry["code"], []).append(entry["begin_s"])
        pairs += [(one["code"], other["code"]) for one, other in pairwise(stops)]
    return Past(begins, pairs)


def address_of(plan: DeploymentPlan) -> str:
    """Return the page of a version of a plan."""
    day = reverse("planning:plan", kwargs={"day": plan.date.isoformat()})
    return f"{day}?version={plan.version}"


def posts_on_map(plan: DeploymentPlan | None) -> list[list[float]]:
    """Return where a plan has cars in any shift, each place once."""
    if plan is None:
        return []
    shifts = plan.body.get("shifts", [plan.body])
    return [
        list(spot) for spot in sorted({(post["lon"], post["lat"]) for one in shifts for post in one["posts"]})
    ]


def rehearsals(county6: str, account: Account | None = None) -> QuerySet[Rehearsal]:
    """Return the questions put to the county's plans, newest first."""
    rows = Rehearsal.objects.in_county(county6).select_related("plan", "other", "made_by")
    return in_own_county(rows, account)
