"""Run cards: what an incident asks for, by the county's card or else by its type; cards edited."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from anlan.engine.geo import codes
from anlan.service.incidents.domain.guard import allow
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import Priority, RunCard
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.places.models import Area
from anlan.service.planning.standards import standards_of
from anlan.service.staff.models import Capability

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anlan.service.incidents.models import Incident, IncidentType
    from anlan.service.staff.models import Account

MOST, LONGEST_MIN = 50, 600


@dataclass(frozen=True)
class Needs:
    """What is asked for: units by capability, units in all; whether a run card says so or only the type.

    `check_in_min`: the card's own, 0 for never; None where it says nothing.
    """

    capabilities: Mapping[str, int] = field(default_factory=dict)
    units: int = 1
    by_card: bool = False
    check_in_min: int | None = None


def needs_of(incident: Incident) -> Needs:
    """Return what the incident asks for, in one query."""
    row = RunCard.objects.filter(
        county=incident.county, type_code=incident.type.code, priority=incident.priority
    ).first()
    return needs_of_type(incident.type) if row is None else needs_of_card(row)


def check_in_of(county: str, needs: Needs) -> int | None:
    """Return the minutes between check-ins: of the run card, else of the county's standards; None: never."""
    if needs.check_in_min is not None:
        return needs.check_in_min or None
    return standards_of(county).duty_room.check_in_min


def needs_of_card(row: RunCard) -> Needs:
    """Return what a run card asks for."""
    return Needs(dict(row.capabilities), row.units, by_card=True, check_in_min=row.check_in_min)


def needs_of_type(kind: IncidentType) -> Needs:
    """Return what a type asks for by itself: one unit of each capability, and its number of units."""
    return Needs(dict.fromkeys(kind.capabilities, 1), kind.units_needed)


def save_run_card(
    county: str,
    kind: IncidentType,
    priority: int,
    actor: Account | None,
    *,
    capabilities: Mapping[str, int],
    units: int,
    check_in_min: int | None = None,
) -> RunCard:
    """Set the county's run card of a type at a priority; the same again changes nothing.

    Raises:
        PermissionDenied: the actor does not administer the county.
        Refused: a value is no good; the message names its field.

    """
    wanted = {name: count for name, count in capabilities.items() if count}
    check_card(priority, wanted, units, check_in_min)
    facts = {"capabilities": wanted, "units": units, "check_in_min": check_in_min}
    with transaction.atomic():
        allow(actor, "incidents.edit_types", Area(code=codes.normalise(county)))
        rows = RunCard.objects.select_for_update()
        row, made = rows.get_or_create(county=county, type_code=kind.code, priority=priority, defaults=facts)
        before = {} if made else {name: getattr(row, name) for name in facts}
        if before == facts:
            return row
        for name, value in facts.items():
            setattr(row, name, value)
        row.save()
        tell(row, actor, {name: [before.get(name), value] for name, value in facts.items()})
    return row


def check_card(priority: int, capabilities: Mapping[str, int], units: int, check_in_min: int | None) -> None:
    """Refuse what no duty room could send."""
    if priority not in Priority.values:
        raise Refused(_("The priority is a number from 1 to 4."), "priority")
    for name, count in capabilities.items():
        if name not in Capability.values:
            raise Refused(_("Unknown capability %(name)s.") % {"name": name}, name)
        if not 0 <= count <= MOST:
            raise Refused(_("Ask for 0 to %(most)s units of each capability.") % {"most": MOST}, name)
    if not 1 <= units <= MOST:
        raise Refused(_("Ask for 1 to %(most)s units.") % {"most": MOST}, "units")
    if capabilities and max(capabilities.values()) > units:
        raise Refused(_("There are fewer units in all than units of one capability."), "units")
    if check_in_min is not None and not 0 <= check_in_min <= LONGEST_MIN:
        text = _("Check in every 1 to %(most)s minutes, 0 for never.")
        raise Refused(text % {"most": LONGEST_MIN}, "check_in_min")


def remove_run_card(county: str, kind: IncidentType, priority: int, actor: Account | None) -> bool:
    """Take a run card away, so that the type's own needs hold; return whether there was one."""
    with transaction.atomic():
        allow(actor, "incidents.edit_types", Area(code=codes.normalise(county)))
        rows = RunCard.objects.select_for_update()
        row = rows.filter(county=county, type_code=kind.code, priority=priority).first()
        if row is None:
            return False
        tell(row, actor, {"removed": [False, True]})
        row.delete()
    return True


def tell(row: RunCard, actor: Account | None, changes: Mapping[str, list[object]]) -> None:
    """Log what was changed of a run card."""
    changed = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    data = {"code": row.type_code, "priority": row.priority, "changes": changed}
    log.append(Verb.RUN_CARD_SAVED, row, actor=actor, area_code=codes.normalise(row.county), data=data)
