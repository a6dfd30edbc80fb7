"""The frozen sheet of a watch in words: the same report for the page and for paper."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anlan.gateway.report import Report, Section, Table
from anlan.service.incidents.models import Assignment, ContainmentPlan, Incident, Level, Linkage, Priority
from anlan.service.log.verbs import Verb
from anlan.service.staff.models import Role

if TYPE_CHECKING:
    from anlan.service.incidents.models import Handover

DASH = "–"


def at(text: str | None, form: str = "%m-%d %H:%M") -> str:
    """Return a stored moment on the reader's clock, a dash for none."""
    return DASH if not text else timezone.localtime(datetime.fromisoformat(text)).strftime(form)


def named(choices: Any, value: Any) -> str:
    """Return what a stored choice is called, itself where it is no longer known."""
    return str(dict(choices.choices).get(value, value))


def report(handover: Handover) -> Report:
    """Return the sheet as a report."""
    body = handover.body
    if not body:
        return Report(_("Handover"), "", get_language() or "en", [], [], "")
    figures = body["figures"]
    facts = [
        (_("Open incidents"), str(len(body["incidents"]))),
        (_("Units free"), str(len(body["units"]["free"]))),
        (_("Reported in the shift"), str(figures["reported"])),
        (_("Closed in the shift"), str(figures["closed"])),
    ]
    span = _("%(name)s, from %(begin)s to %(end)s") % {
        "name": body["commander"], "begin": at(body["began_at"]), "end": at(body["offered_at"]),
    }  # fmt: skip
    parts = [
        remarks(handover),
        incidents(body),
        units(body),
        levels(body),
        closures(body),
        linkages(body),
        scheduled(body),
        timers(body),
        notices(body),
    ]
    sections = [part for part in (*parts, shift(body), events(body)) if part is not None]
    title = _("Handover of the watch")
    footer = _("Anlan · frozen when it was offered · places and duties only")
    return Report(title, span, get_language() or "en", facts, sections, footer)


def section(key: str, title: str, header: list[str], rows: list[list[str]]) -> Section:
    """Return a part with its table; where there is nothing it says so."""
    if not rows:
        return Section(key, title, [_("None.")])
    return Section(key, title, tables=[Table(header, rows)])


def remarks(handover: Handover) -> Section | None:
    """Return what the commander wrote."""
    lines = [line for line in handover.remarks.splitlines() if line.strip()]
    return Section("remarks", _("Remarks"), lines) if lines else None


def incidents(body: dict[str, Any]) -> Section:
    """Return the incidents that are not closed."""
    chinese = (get_language() or "").startswith("zh")
    rows = [
        [
            one["number"], str(one["priority"]), one["name"] if chinese else one["name_en"] or one["name"],
            one["address"], named(Incident.Status, one["status"]), since(one),
            ", ".join(one["units"]) or DASH,
        ]
        for one in body["incidents"]
    ]  # fmt: skip
    header = [_("Number"), _("Priority"), _("Type"), _("Address"), _("Status"), _("Since"), _("Units")]
    return section("incidents", _("Open incidents"), header, rows)


def since(one: dict[str, Any]) -> str:
    """Return since when an incident waits, and whether that was too long; older sheets do not say."""
    begin = at(one["waiting_since"])
    return _("%(at)s, overdue") % {"at": begin} if one.get("late") else begin


def units(body: dict[str, Any]) -> Section:
    """Return who is free, busy and on standby."""
    told = body["units"]
    busy = [[one["unit"], one["number"], named(Assignment.Status, one["status"])] for one in told["busy"]]
    lines = [
        _("Free: %(names)s") % {"names": ", ".join(told["free"]) or DASH},
        _("On standby: %(names)s") % {"names": ", ".join(told["standby"]) or DASH},
        _("Off duty: %(count)s") % {"count": told["off"]},
    ]
    tables = [Table([_("Unit"), _("Incident"), _("Status")], busy)] if busy else []
    return Section("units", _("Units"), lines, tables)


def levels(body: dict[str, Any]) -> Section:
    """Return the levels and containments in force."""
    rows = [
        [one["number"], named(Level, one["level"]), at(one["since"]), one["reason"],
         f"{one['cordon_m']} m" if one["cordon_m"] else DASH]
        for one in body["levels"]
    ]  # fmt: skip
    rows += [
        [one["number"], named(ContainmentPlan.Kind, one["kind"]), at(one["since"]),
         _("%(held)s points held, %(leaks)s leaks") % {"held": one["points"], "leaks": one["leaks"]}, DASH]
        for one in body["containments"]
    ]  # fmt: skip
    header = [_("Incident"), _("What"), _("Since"), _("Why"), _("Cordon")]
    return section("levels", _("Levels and containments in force"), header, rows)


def closures(body: dict[str, Any]) -> Section:
    """Return the roads closed or slowed."""
    rows = [
        [one["name"], at(one["from"]), at(one["until"]),
         how(one["slowdown"])]
        for one in body["closures"]
    ]  # fmt: skip
    return section(
        "closures", _("Roads closed or slowed"), [_("What"), _("From"), _("Until"), _("How")], rows
    )


def how(slowdown: float | None) -> str:
    """Return what a closure does to a road."""
    return (
        _("closed to all vehicles")
        if slowdown is None
        else _("%(times)s times as long") % {"times": slowdown}
    )


def linkages(body: dict[str, Any]) -> Section:
    """Return what partner agencies still have to do."""
    chinese = (get_language() or "").startswith("zh")
    rows = [
        [one["number"], one["agency"] if chinese else one["agency_en"] or one["agency"], one["task"],
         named(Linkage.Status, one["status"]),
         f"{at(one['due'])} {_('overdue')}" if one["late"] else at(one["due"])]
        for one in body["linkages"]
    ]  # fmt: skip
    header = [_("Incident"), _("Agency"), _("Task"), _("Status"), _("To accept by")]
    return section("linkages", _("Open linkages"), header, rows)


def scheduled(body: dict[str, Any]) -> Section:
    """Return the calls for later."""
    chinese = (get_language() or "").startswith("zh")
    rows = [
        [at(one["due"]), one["name"] if chinese else one["name_en"] or one["name"], one["address"]]
        for one in body["scheduled"]
    ]
    return section("scheduled", _("Calls for later"), [_("When"), _("Type"), _("Address")], rows)


def timers(body: dict[str, Any]) -> Section:
    """Return the crews whose check-in is awaited."""
    rows = [
        [one["unit"], one["number"], f"{at(one['due'], '%H:%M:%S')} {_('missed') if one['missed'] else ''}"]
        for one in body["timers"]
    ]
    return section("timers", _("Check-ins awaited"), [_("Unit"), _("Incident"), _("By")], rows)


def notices(body: dict[str, Any]) -> Section:
    """Return the notices that wait."""
    rows = [
        [one["number"], named(Level, one["level"]), named(Role, one["role"]), at(one["since"])]
        for one in body["notices"]
    ]  # fmt: skip
    header = [_("Incident"), _("Level"), _("For"), _("Since")]
    return section("notices", _("Notices that nobody has taken note of"), header, rows)


def shift(body: dict[str, Any]) -> Section:
    """Return the shift in numbers."""
    figures = body["figures"]
    by_priority = ", ".join(
        f"{named(Priority, int(key))}: {count}" for key, count in figures["by_priority"].items()
    )
    lines = [
        _("Reported: %(count)s (%(by)s)") % {"count": figures["reported"], "by": by_priority or DASH},
        _("Closed: %(count)s") % {"count": figures["closed"]},
        _("Units dispatched: %(count)s") % {"count": figures["dispatched"]},
    ]
    return Section("figures", _("The shift in numbers"), bullets=lines)


def events(body: dict[str, Any]) -> Section:
    """Return the notable events of the shift."""
    rows = [
        [at(one["at"], "%H:%M:%S"), one["number"] or DASH, named(Verb, one["verb"]), str(one["what"] or DASH),
         one["who"] or _("system")]
        for one in body["events"]
    ]  # fmt: skip
    header = [_("When"), _("Incident"), _("What happened"), _("Reason"), _("Who")]
    return section("events", _("Notable events of the shift"), header, rows)
