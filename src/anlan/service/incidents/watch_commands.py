"""Command lines of containment, levels and the watch: ``contain 12 5``, ``level 12 2 it spreads``."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.service.incidents.commands import Done, Line, incident_of, need, unit_of
from anlan.service.incidents.domain.containment import propose_containment
from anlan.service.incidents.domain.escalation import set_level
from anlan.service.incidents.domain.override import override_dispatch
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import ContainmentPlan
from anlan.service.incidents.queries.containment import Ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from anlan.service.incidents.models import Incident

HELP = (
    ("contain 12 5", gettext_lazy("enclose a car that left 5 minutes ago: a plan for the commander")),
    ("contain 12 300m", gettext_lazy("enclose what spills over 300 m")),
    ("level 12 2 …", gettext_lazy("put incident 12 on level II (4, 3, 2, 1; 0 for none), with the reason")),
    ("override 12 M21 …", gettext_lazy("send a unit over a rule, with the reason; who holds the watch")),
)
LEVELS = {"0": 0, "1": 1, "2": 2, "3": 3, "4": 4, "i": 1, "ii": 2, "iii": 3, "iv": 4}


def contain(line: Line) -> Done:
    """``contain 12 5`` or ``contain 12 300m``."""
    number, said = need(line, 2, "contain 12 5")[:2]
    incident = incident_of(line, number)
    plan = propose_containment(incident, ask_of(incident, said), line.account, uuid.uuid4())
    facts = {"number": incident.number, "held": len(plan.posts), "leaks": len(plan.leaks)}
    return Done(
        _("%(number)s: %(held)s points held, %(leaks)s leaks; see the plan on the card") % facts, incident
    )


def ask_of(incident: Incident, said: str) -> Ask:
    """Return what is asked: minutes for a car, metres (``300m``) for a spill."""
    if incident.lon is None or incident.lat is None:
        raise Refused(_("Set the pin of %(number)s first.") % {"number": incident.number}, "lon")
    metres = said.casefold().removesuffix("m")
    try:
        value = float(metres)
    except ValueError:
        raise Refused(_("Write it like this: %(example)s") % {"example": "contain 12 5"}) from None
    if metres != said.casefold():
        return Ask(ContainmentPlan.Kind.SPILL, incident.lon, incident.lat, radius_m=value)
    return Ask(ContainmentPlan.Kind.CAR, incident.lon, incident.lat, passed_s=60 * value)


def level(line: Line) -> Done:
    """``level 12 2 it spreads to the houses``."""
    number, said, *why = need(line, 3, _("level 12 2 it spreads"))
    incident = incident_of(line, number)
    wanted = LEVELS.get(said.casefold(), -1)
    row = set_level(incident, wanted, " ".join(why), line.account, confirmed=line.confirmed)
    return Done(f"{incident.number}: {row.get_level_display()}", incident)


def override(line: Line) -> Done:
    """``override 12 M21 nobody else can reach them``."""
    number, sign, *why = need(line, 3, _("override 12 M21 nobody else is near"))
    incident = incident_of(line, number)
    sent = override_dispatch(
        incident, unit_of(line, sign), " ".join(why), line.account, confirmed=line.confirmed, seen=line.seen
    )
    facts = {"units": sent.unit.call_sign, "number": incident.number}
    return Done(_("%(units)s → %(number)s") % facts, incident)


COMMANDS: dict[str, Callable[[Line], Done]] = {"contain": contain, "level": level, "override": override}
