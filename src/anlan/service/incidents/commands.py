"""The board's command line: ``d 12 M21`` dispatches, ``s M21 onscene`` advances, ``c 12 handled`` closes.

A number names an incident of the queue by its serial within the day, or any incident by its full number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.service.incidents import commands_linkage, domain
from anlan.service.incidents import words as words_of
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import Assignment, Incident
from anlan.service.patrol.duty import set_duty
from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    from collections.abc import Callable

    from anlan.service.staff.models import Account

HELP: tuple[tuple[Any, Any], ...] = (
    ("d 12 M21 M22", gettext_lazy("dispatch units to incident 12")),
    ("s M21 accepted | enroute | onscene | clear", gettext_lazy("set a unit's status")),
    ("c 12 handled | transferred | notfound | false | cancelled", gettext_lazy("close incident 12")),
    ("c 12 duplicate 11", gettext_lazy("close 12 as a duplicate of 11")),
    ("n 12 …", gettext_lazy("add a note to incident 12")),
    ("p 12 1", gettext_lazy("set the priority, 1 to 4")),
    ("x M21 …", gettext_lazy("call the unit off, with the reason")),
    ("r 12 …", gettext_lazy("reopen, with the reason")),
    ("on M21 · off M21", gettext_lazy("unit comes on duty, goes off duty")),
    ("o 12", gettext_lazy("open the card of incident 12")),
)


@dataclass(frozen=True)
class Line:
    """A command with who gives it, for which county, and whether warnings are confirmed."""

    county: str
    account: Account
    words: list[str]
    confirmed: bool = False


@dataclass(frozen=True)
class Done:
    """What was done, in words, and the incident to show."""

    message: str
    incident: Incident | None = None


def run(county: str, account: Account, text: str, *, confirmed: bool = False) -> Done:
    """Do what the line says.

    Raises:
        Refused: the line is not understood, or the domain refuses.
        NeedsConfirmation: the domain warns.
        PermissionDenied: the account may not.

    """
    name, *words = text.split() or [""]
    command = COMMANDS.get(words_of.COMMANDS.get(name.casefold(), name.casefold()))
    if command is None:
        raise Refused(_("Unknown command “%(name)s”. Press ? for help.") % {"name": name})
    return command(Line(county, account, words, confirmed))


def need(line: Line, count: int, example: str) -> list[str]:
    """Return the words, at least `count` of them, or say how the command is written."""
    if len(line.words) < count:
        raise Refused(_("Write it like this: %(example)s") % {"example": example})
    return line.words


def incident_of(line: Line, said: str) -> Incident:
    """Return the incident that `said` names."""
    return incident_by_number(line.county, line.account, said)


def incident_by_number(county: str, account: Account, said: str) -> Incident:
    """Return the incident with a serial in the queue, or with a full number.

    Raises:
        Refused: there is none, or more than one.

    """
    visible = Incident.objects.in_county(county).visible_to(account).select_related("type")
    if "-" in said:
        found = list(visible.filter(number=said)[:1])
    elif said.isascii() and said.isdigit() and len(said) <= 9:
        live = visible.exclude(status=Incident.Status.CLOSED)
        found = list(live.filter(number__endswith=f"-{int(said):04d}")[:2])
    else:
        found = []
    if not found:
        raise Refused(_("There is no incident %(said)s in the queue. Give the full number.") % {"said": said})
    if len(found) > 1:
        numbers = ", ".join(incident.number for incident in found)
        raise Refused(_("Which one? %(numbers)s. Give the full number.") % {"numbers": numbers})
    return found[0]


def unit_of(line: Line, said: str) -> Unit:
    """Return the unit with that call sign."""
    return unit_called(line.county, line.account, said)


def unit_called(county: str, account: Account, said: str) -> Unit:
    """Return the unit with a call sign; ``M21@agency`` where two agencies use it."""
    call_sign, _at, agency = said.partition("@")
    units = Unit.objects.in_county(county).visible_to(account).filter(call_sign__iexact=call_sign)
    if agency:
        units = units.filter(agency__code__iexact=agency)
    found = list(units.select_related("agency")[:2])
    if not found:
        raise Refused(_("There is no unit %(said)s.") % {"said": said})
    if len(found) > 1:
        names = ", ".join(f"{unit.call_sign}@{unit.agency.code}" for unit in found)
        raise Refused(_("Which one? %(names)s") % {"names": names})
    return found[0]


def current_of(unit: Unit) -> Assignment:
    """Return the unit's open assignment."""
    current = unit.assignments.filter(ended_at=None).select_related("incident").first()
    if current is None:
        raise Refused(_("%(unit)s is not assigned to any incident.") % {"unit": unit.call_sign})
    return current


def rest(words: list[str]) -> str:
    """Return what follows the first word as text."""
    return " ".join(words[1:])


def dispatch(line: Line) -> Done:
    """``d 12 M21 M22``."""
    number, *signs = need(line, 2, "d 12 M21")
    incident = incident_of(line, number)
    units = [unit_of(line, sign) for sign in signs]
    domain.assign(incident, units, line.account, confirmed=line.confirmed)
    names = ", ".join(unit.call_sign for unit in units)
    return Done(_("%(units)s → %(number)s") % {"units": names, "number": incident.number}, incident)


def status(line: Line) -> Done:
    """``s M21 onscene``."""
    sign, said = need(line, 2, "s M21 onscene")[:2]
    named = words_of.meant(words_of.STATUSES, said)
    if named is None:
        raise Refused(_("Unknown status %(status)s.") % {"status": said})
    current = domain.advance(current_of(unit_of(line, sign)), named, line.account)
    facts = {"unit": current.unit.call_sign, "status": current.get_status_display()}
    return Done(_("%(unit)s: %(status)s") % facts, current.incident)


def close(line: Line) -> Done:
    """``c 12 handled`` or ``c 12 duplicate 11``."""
    number, said, *of = need(line, 2, "c 12 handled")
    outcome = words_of.meant(words_of.OUTCOMES, said) or said
    original = incident_of(line, of[0]) if of and outcome == "duplicate" else None
    incident = incident_of(line, number)
    closed = domain.close(incident, outcome, line.account, confirmed=line.confirmed, duplicate_of=original)
    facts = {"number": closed.number, "outcome": closed.get_disposition_display()}
    return Done(_("%(number)s closed: %(outcome)s") % facts, closed)


def note(line: Line) -> Done:
    """``n 12 text``."""
    words = need(line, 2, _("n 12 the caller rang again"))
    incident = incident_of(line, words[0])
    domain.note(incident, rest(words), line.account)
    return Done(_("Noted on %(number)s") % {"number": incident.number}, incident)


def priority(line: Line) -> Done:
    """``p 12 1``."""
    number, value = need(line, 2, "p 12 1")[:2]
    chosen = int(value) if value in {"1", "2", "3", "4"} else 0
    incident = domain.amend(incident_of(line, number), line.account, priority=chosen)
    facts = {"number": incident.number, "priority": incident.get_priority_display()}
    return Done(_("%(number)s: priority %(priority)s") % facts, incident)


def call_off(line: Line) -> Done:
    """``x M21 reason``."""
    words = need(line, 2, _("x M21 nearer unit found"))
    current = domain.cancel(current_of(unit_of(line, words[0])), rest(words), line.account)
    return Done(_("%(unit)s called off") % {"unit": current.unit.call_sign}, current.incident)


def reopen(line: Line) -> Done:
    """``r 20261124-0012 reason``."""
    words = need(line, 2, _("r 20261124-0012 caller rang again"))
    incident = domain.reopen(incident_of(line, words[0]), rest(words), line.account)
    return Done(_("%(number)s reopened") % {"number": incident.number}, incident)


def on_duty(line: Line) -> Done:
    """``on M21``."""
    unit = set_duty(unit_of(line, need(line, 1, "on M21")[0]), True, line.account)  # noqa: FBT003
    return Done(_("%(unit)s is on duty") % {"unit": unit.call_sign})


def off_duty(line: Line) -> Done:
    """``off M21``."""
    unit = set_duty(unit_of(line, need(line, 1, "off M21")[0]), False, line.account)  # noqa: FBT003
    return Done(_("%(unit)s is off duty") % {"unit": unit.call_sign})


def show(line: Line) -> Done:
    """``o 12``."""
    return Done("", incident_of(line, need(line, 1, "o 12")[0]))


COMMANDS: dict[str, Callable[[Line], Done]] = {
    "d": dispatch, "s": status, "c": close, "n": note, "p": priority, "x": call_off, "r": reopen,
    "on": on_duty, "off": off_duty, "o": show,
}  # fmt: skip

from anlan.service.incidents import watch_commands  # noqa: E402  it is written with what stands above

COMMANDS |= watch_commands.COMMANDS
HELP += watch_commands.HELP

COMMANDS |= commands_linkage.COMMANDS
HELP += commands_linkage.HELP
