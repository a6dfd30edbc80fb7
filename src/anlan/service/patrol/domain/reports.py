"""Place problems that crews report, and what becomes of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents import domain as incidents
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import Incident
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.patrol.domain.common import check
from anlan.service.patrol.domain.pictures import keep_picture
from anlan.service.patrol.models import PlaceReport
from anlan.service.patrol.positions import check_crew, check_place
from anlan.service.places import queries as places

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from anlan.service.incidents.models import IncidentType
    from anlan.service.staff.models import Account, Unit

LONGEST_WORDS, LONGEST_WHERE, LONGEST_OUTCOME = 2_000, 200, 300
State = PlaceReport.State


@dataclass(frozen=True)
class Problem:
    """What a crew says of a place."""

    kind: str
    words: str = ""
    where: str = ""
    lon: float | None = None
    lat: float | None = None
    picture: bytes = b""


def report_place(
    unit: Unit, problem: Problem, client_key: uuid.UUID, actor: Account | None, *, at: datetime | None = None
) -> PlaceReport:
    """Record a problem of a place; the same key again changes nothing. Also off duty: a broken lamp is one.

    Raises:
        Refused: nothing is said of where or what, or it is too long.
        PermissionDenied: the actor is not of the crew.

    """
    check_crew(unit, actor)
    check_problem(problem)
    try:
        with transaction.atomic():
            again = PlaceReport.objects.filter(client_key=client_key, unit=unit).first()
            return again or record(unit, problem, client_key, actor, at or timezone.now())
    except IntegrityError:
        first = PlaceReport.objects.filter(client_key=client_key, unit=unit).first()
        if first is None:
            raise
        return first


def check_problem(problem: Problem) -> None:
    """Refuse a report that nobody could act on."""
    if problem.kind not in PlaceReport.Kind.values:
        raise Refused(_("Choose what kind of problem it is."), "kind")
    if len(problem.words) > LONGEST_WORDS or len(problem.where) > LONGEST_WHERE:
        raise Refused(_("The text is too long."), "words")
    if (problem.lon is None) != (problem.lat is None):
        raise Refused(_("A position needs lon and lat."), "lon")
    if problem.lon is not None and problem.lat is not None:
        check_place(problem.lon, problem.lat)
    elif not problem.where.strip():
        raise Refused(_("Say where it is, or let the phone add its position."), "where")


def record(unit: Unit, problem: Problem, key: uuid.UUID, actor: Account | None, at: datetime) -> PlaceReport:
    """Write the report, its picture and its event."""
    report = PlaceReport(
        client_key=key, unit=unit, by=actor, kind=problem.kind, words=problem.words.strip(),
        where=problem.where.strip(), lon=problem.lon, lat=problem.lat, area_code=unit.area_code, at=at,
    )  # fmt: skip
    if problem.lon is not None and problem.lat is not None:
        found = asdict(places.resolve(unit.area_code[:6], problem.lon, problem.lat))
        for name in ("area_code", "grid_code", "beat_code"):
            setattr(report, name, found[name])
    if problem.picture:
        report.picture = keep_picture(unit, problem.picture, key, actor, at=at, area_code=report.area_code)
    report.save()
    tell(Verb.PLACE_REPORTED, report, actor, {"unit": unit.call_sign, "unit_id": unit.pk}, at=at)
    return report


def tell(
    verb: Verb,
    report: PlaceReport,
    actor: Account | None,
    data: dict[str, Any],
    *,
    at: datetime | None = None,
) -> None:
    """Log what happened to a report."""
    facts = {"kind": report.kind, "where": report.where} | data
    log.append(verb, report, actor=actor, area_code=report.area_code, data=facts, at=at)


def settle_report(report: PlaceReport, outcome: str, actor: Account | None) -> PlaceReport:
    """Close a report with a word on what was done; said again by the same words it changes nothing.

    Raises:
        Refused: no word, or somebody has dealt with it already.
        PermissionDenied: the actor may not in this area.

    """
    check(actor, "patrol.settle_report", report)
    said = outcome.strip()
    if not said or len(said) > LONGEST_OUTCOME:
        raise Refused(_("Say in at most %(n)s letters what was done.") % {"n": LONGEST_OUTCOME}, "outcome")
    with transaction.atomic():
        if close(report, actor, state=State.SETTLED, outcome=said):
            tell(Verb.REPORT_SETTLED, report, actor, {"outcome": said})
        elif (report.state, report.outcome) != (State.SETTLED, said):
            raise already(report)
    return report


def make_incident(report: PlaceReport, kind: IncidentType, address: str, actor: Account | None) -> Incident:
    """Turn a report into an incident of a type; done already, it returns that incident.

    Raises:
        Refused: no address, or the report was settled otherwise.
        PermissionDenied: the actor may not take calls there.

    """
    if actor is not None and not actor.has_perm("incidents.take_call", report):
        raise PermissionDenied(str(_("You may not do this in this area.")))
    with transaction.atomic():
        held = PlaceReport.objects.select_for_update().get(pk=report.pk)
        if held.incident is not None:
            return held.incident
        if held.state != State.OPEN:
            raise already(held)
        incident = incidents.take_call(
            actor, county=held.area_code[:6], type=kind, address=address, details=held.words, lon=held.lon,
            lat=held.lat, channel=Incident.Channel.PATROL, client_key=held.client_key,
        )  # fmt: skip
        close(held, actor, state=State.INCIDENT, incident=incident)
        tell(Verb.REPORT_MADE_INCIDENT, held, actor, {"number": incident.number, "incident": incident.pk})
    return incident


def close(report: PlaceReport, actor: Account | None, **change: Any) -> bool:
    """Change an open report by a conditional UPDATE that one of two rivals wins; read it back."""
    facts = {"settled_at": timezone.now(), "settled_by": actor, **change}
    won = PlaceReport.objects.filter(pk=report.pk, state=State.OPEN).update(**facts)
    report.refresh_from_db()
    return won == 1


def already(report: PlaceReport) -> Refused:
    """Return the refusal that says what became of the report."""
    return Refused(_("Already dealt with: %(state)s.") % {"state": report.get_state_display()})
