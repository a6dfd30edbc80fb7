"""Linkage on the board's command line: ``l 12 fire …`` hands over, ``lj 12 fire …`` asks for a joint task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.service.incidents import commands
from anlan.service.incidents.domain import linkage as domain
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import Linkage
from anlan.service.incidents.queries.linkage import partners

if TYPE_CHECKING:
    from collections.abc import Callable

    from anlan.service.incidents.commands import Done, Line
    from anlan.service.incidents.models import Incident
    from anlan.service.staff.models import Agency

HELP = (
    ("l 12 fire …", gettext_lazy("hand incident 12 over to an agency, with its task")),
    ("lj 12 fire …", gettext_lazy("ask an agency for a joint part of incident 12")),
    ("lm 12 fire …", gettext_lazy("write to an agency about incident 12")),
    ("lx 12 fire …", gettext_lazy("withdraw it from the agency, with the reason")),
    ("ln 12 fire", gettext_lazy("take note of the agency's answer")),
)


def agency_of(line: Line, said: str) -> Agency:
    """Return the partner agency of that code."""
    found = partners(line.county).filter(code__iexact=said).first()
    if found is None:
        known = ", ".join(partners(line.county).values_list("code", flat=True)[:20]) or "–"
        facts = {"said": said, "known": known}
        raise Refused(_("There is no partner agency %(said)s; there are: %(known)s.") % facts)
    return found


def current_of(incident: Incident, agency: Agency) -> Linkage:
    """Return the agency's newest linkage of the incident."""
    found = incident.linkages.filter(agency=agency).select_related("incident", "agency").first()
    if found is None:
        facts = {"agency": agency.label, "number": incident.number}
        raise Refused(_("%(agency)s was asked nothing about %(number)s.") % facts)
    return found


def parts(line: Line, count: int, example: str) -> tuple[Incident, Agency, str]:
    """Return the incident, the agency and the text that the line names."""
    number, code, *words = commands.need(line, count, example)
    return commands.incident_of(line, number), agency_of(line, code), " ".join(words)


def ask(line: Line, kind: str, example: str) -> Done:
    """Ask an agency."""
    incident, agency, task = parts(line, 3, example)
    domain.offer(incident, agency, line.account, task=task, kind=kind, confirmed=line.confirmed)
    facts = {"number": incident.number, "agency": agency.label}
    return commands.Done(_("%(number)s → %(agency)s: asked") % facts, incident)


def hand_over(line: Line) -> Done:
    """``l 12 fire text``."""
    return ask(line, Linkage.Kind.HANDOVER, _("l 12 fire smoke on the third floor"))


def join(line: Line) -> Done:
    """``lj 12 fire text``."""
    return ask(line, Linkage.Kind.JOINT, _("lj 12 gas close the main valve"))


def write(line: Line) -> Done:
    """``lm 12 fire text``."""
    incident, agency, text = parts(line, 3, _("lm 12 fire the gate is open"))
    domain.say(current_of(incident, agency), text, line.account)
    return commands.Done(_("Sent to %(agency)s.") % {"agency": agency.label}, incident)


def withdraw(line: Line) -> Done:
    """``lx 12 fire reason``."""
    incident, agency, reason = parts(line, 3, _("lx 12 fire nearer brigade found"))
    domain.withdraw(current_of(incident, agency), reason, line.account)
    return commands.Done(_("Withdrawn from %(agency)s.") % {"agency": agency.label}, incident)


def note(line: Line) -> Done:
    """``ln 12 fire``."""
    incident, agency, _rest = parts(line, 2, "ln 12 fire")
    domain.take_note(current_of(incident, agency), line.account)
    return commands.Done(_("Noted."), incident)


COMMANDS: dict[str, Callable[[Line], Done]] = {
    "l": hand_over, "lj": join, "lm": write, "lx": withdraw, "ln": note,
}  # fmt: skip
