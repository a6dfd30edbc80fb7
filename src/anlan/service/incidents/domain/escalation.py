"""Raising and lowering an incident's level by plan: notices, the cordon, the standby force."""

from __future__ import annotations

from math import cos, radians
from typing import TYPE_CHECKING

import numpy as np
import shapely
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.service.incidents.domain.dispatch import assign
from anlan.service.incidents.domain.guard import allow, hold_live
from anlan.service.incidents.domain.linkage import offer, say
from anlan.service.incidents.errors import NeedsConfirmation, Refused
from anlan.service.incidents.models import Incident, IncidentLevel, Level, Linkage, Notice, StandbyUnit
from anlan.service.incidents.queries.escalation import Effects, effects
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.patrol.duty import set_duty
from anlan.service.places.domain.closures import add_closure, end_closure

if TYPE_CHECKING:
    from datetime import datetime

    from anlan.service.places.models import RoadClosure
    from anlan.service.staff.models import Account, Agency, Unit

METRES_PER_DEGREE = 111_195.0


def set_level(
    incident: Incident, level: int, reason: str, actor: Account, *, confirmed: bool = False
) -> IncidentLevel:
    """Put an incident on a level and do what the county's plan says for it; the level it has changes nothing.

    A raise notifies, widens the cordon and calls the standby force; a lowering fits the cordon to the lower
    level (0 lifts it) and leaves units to the dispatcher.

    Raises:
        Refused: no reason, no such level, a closed incident, or somebody else changed the level just now.
        NeedsConfirmation: always, with all that the change sets off.

    """
    if level not in Level.values:
        raise Refused(_("The level is 4, 3, 2 or 1, or 0 for none."), "level")
    if not reason.strip():
        raise Refused(_("Say why the level changes."), "reason")
    with transaction.atomic():
        held = hold_live(incident)
        allow(actor, "incidents.dispatch", held)
        row = level_of(held)
        if row.level == level:
            return row
        planned = effects(held, level, row.level, actor)
        if not confirmed:
            raise NeedsConfirmation(planned.words(row))
        return change(row, held, level, reason.strip()[:500], actor, planned)


def level_of(incident: Incident) -> IncidentLevel:
    """Return the incident's row, made at level 0 where it has none; the incident is held."""
    made = {"area_code": incident.area_code, "since": timezone.now()}
    return IncidentLevel.objects.get_or_create(incident=incident, defaults=made)[0]


def change(
    row: IncidentLevel, incident: Incident, level: int, reason: str, actor: Account, planned: Effects
) -> IncidentLevel:
    """Write the level and all that follows from it in the caller's transaction."""
    now, before = timezone.now(), row.level
    won = IncidentLevel.objects.filter(pk=row.pk, level=before)
    if won.update(level=level, since=now, reason=reason, changed_by=actor) != 1:
        raise Refused(_("Somebody was faster: look at the level again."))
    row.refresh_from_db()
    draw_cordon(row, incident, planned, actor, now)
    notify(incident, level, planned, actor, now)
    data = {
        "number": incident.number, "level": level, "from": before, "reason": reason, "roles": planned.roles,
        "agencies": [agency.code for agency in planned.agencies], "cordon_m": row.cordon_m,
    }  # fmt: skip
    log.append(Verb.LEVEL_CHANGED, incident, actor=actor, area_code=incident.area_code, data=data, at=now)
    call_standby(incident, planned, actor)
    return row


def draw_cordon(
    row: IncidentLevel, incident: Incident, planned: Effects, actor: Account, now: datetime
) -> None:
    """Replace the cordon by that of the level, through the roads' own closures."""
    if row.cordon_m == planned.cordon_m:
        return
    if row.cordon is not None:
        end_closure(row.cordon, actor)
    row.cordon = new_cordon(incident, planned, actor, now) if planned.cordon_m else None
    row.cordon_m = planned.cordon_m
    row.save(update_fields=["cordon", "cordon_m"])


def new_cordon(incident: Incident, planned: Effects, actor: Account, now: datetime) -> RoadClosure:
    """Close, or slow, all roads that reach into the circle around the pin."""
    name = _("Cordon %(number)s") % {"number": incident.number}
    shape = circle(incident.lon, incident.lat, planned.cordon_m)  # type: ignore[arg-type]
    return add_closure(incident.county, name, shape, now, actor, slowdown=planned.slowdown)


def circle(lon: float, lat: float, radius_m: float) -> shapely.Polygon:
    """Return a circle in WGS-84."""
    wide = METRES_PER_DEGREE * max(cos(radians(lat)), 0.01)
    scale, middle = np.array([wide, METRES_PER_DEGREE]), np.array([lon, lat])
    around = shapely.Point(0, 0).buffer(radius_m, quad_segs=8)
    return shapely.transform(around, lambda metres: metres / scale + middle)


def notify(incident: Incident, level: int, planned: Effects, actor: Account, now: datetime) -> None:
    """Leave word for each role until somebody there has taken note; agencies get it in their inbox."""
    Notice.objects.bulk_create(
        Notice(
            incident=incident, area_code=incident.area_code, level=level, raised_at=now, role=role
        )
        for role in planned.roles
    )  # fmt: skip
    for agency in planned.agencies:
        tell_agency(incident, agency, level, planned, actor)


def tell_agency(incident: Incident, agency: Agency, level: int, planned: Effects, actor: Account) -> None:
    """Ask an agency for a joint task; one that has the incident already is told of the new level."""
    text = str(Level(level).label)
    if planned.step is not None and planned.step.instruction:
        text = f"{text}: {planned.step.instruction}"
    current = incident.linkages.filter(agency=agency, ended_at=None).first()
    if current is not None:
        say(current, text, actor)
    elif level:
        offer(incident, agency, actor, task=text, kind=Linkage.Kind.JOINT, confirmed=True)


def call_standby(incident: Incident, planned: Effects, actor: Account) -> None:
    """Bring the standby units on duty, send them, and log who was called, the forces of the day included."""
    if not planned.called and not planned.forces:
        return
    units: list[Unit] = [set_duty(unit, True, actor) for unit in planned.called]  # noqa: FBT003
    if units:
        StandbyUnit.objects.filter(unit__in=units).delete()
        assign(incident, units, actor, confirmed=True)
    data = {
        "number": incident.number, "units": [unit.call_sign for unit in units], "forces": planned.forces,
        "asked": planned.asked,
    }  # fmt: skip
    log.append(Verb.STANDBY_CALLED, incident, actor=actor, area_code=incident.area_code, data=data)


def take_note(notice: Notice, actor: Account) -> Notice:
    """Say that a role has the word; the first who says so is kept.

    Raises:
        Refused: the notice is for another role.

    """
    with transaction.atomic():
        if not addressed(notice, actor):
            raise Refused(_("This notice is for somebody else."))
        won = Notice.objects.filter(pk=notice.pk, noted_at=None)
        if won.update(noted_at=timezone.now(), noted_by=actor):
            data = {"number": notice.incident.number, "level": notice.level, "role": notice.role}
            log.append(
                Verb.LEVEL_NOTED, notice.incident, actor=actor, area_code=notice.area_code, data=data
            )  # fmt: skip
    notice.refresh_from_db()
    return notice


def addressed(notice: Notice, actor: Account) -> bool:
    """Whether the account holds the role there; a commander acts for all."""
    return actor.has_perm("incidents.command", notice) or actor.holds([notice.role], notice.area_code)
