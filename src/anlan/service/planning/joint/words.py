"""Joint command in words: tasks, shifts and days by name, what is short, what contradicts, what helps."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from anlan.service.planning.presentation.figures import shift_name
from anlan.service.tags import number, percent

if TYPE_CHECKING:
    from anlan.service.planning.models import JointCommand

CLASSES = {
    "checkpoint_1": gettext_lazy("Checkpoints, inner ring"),
    "standby": gettext_lazy("Standby"),
    "patrol_red": gettext_lazy("Patrol, red beats"),
    "checkpoint_2": gettext_lazy("Checkpoints, middle ring"),
    "patrol_orange": gettext_lazy("Patrol, orange beats"),
    "checkpoint_3": gettext_lazy("Checkpoints, outer ring"),
    "patrol_yellow": gettext_lazy("Patrol, yellow beats"),
    "patrol_green": gettext_lazy("Patrol, green beats"),
}
REASONS = {
    "task": gettext_lazy("not for this task"),
    "shift": gettext_lazy("not in this shift"),
    "beat": gettext_lazy("not in this beat"),
    "colour": gettext_lazy("not where the beat has this colour"),
    "day_off": gettext_lazy("day off"),
    "muster": gettext_lazy("not ready soon enough"),
    "people": gettext_lazy("all are out"),
    "hours": gettext_lazy("the hours of the week are used up"),
    "group": gettext_lazy("too few are left for a group"),
    "beside": gettext_lazy("no officer there to stand beside"),
    "unable": gettext_lazy("not able to do what is missing"),
    "worth": gettext_lazy("needed more elsewhere"),
}
CAPABILITIES = {"armed": gettext_lazy("armed"), "police": gettext_lazy("police")}
SHIFTS_NAMED = 4


class Words:
    """Names for one plan's codes, from what is stored with it."""

    def __init__(self, plan: JointCommand) -> None:
        self.first, body = plan.first, plan.body
        self.forces: dict[str, str] = body["forces"]
        self.tasks: dict[str, str] = body["tasks"]
        self.shifts = {one["code"]: shift_name(one) for one in body["shifts"]}
        self.pins = {
            (one["force"], one["task"], one["date"], one["shift"]): one["people"]
            for one in plan.ask.get("pins", [])
        }

    def force(self, code: str) -> str:
        """Return a force's name."""
        return self.forces.get(code, code)

    def task(self, code: str) -> str:
        """Return the name of a checkpoint, a beat or the standby."""
        return self.tasks.get(code, code)

    def day(self, number: int) -> str:
        """Return a day of the plan, such as Mon 03-02."""
        return date_format(self.first + timedelta(days=number), "D m-d")

    def when(self, day: int, shift: str) -> str:
        """Return a shift of a day."""
        return f"{self.day(day)} {self.shifts.get(shift, shift)}"

    def pinned(self, about: list[Any]) -> int:
        """Return how many a pin asks for."""
        force, task, day, shift = about
        date = (self.first + timedelta(days=day)).isoformat()
        return self.pins.get((force, task, date, shift), 0)


def lacking(missing: int, able: dict[str, int]) -> str:
    """Return what a task is short of."""
    parts = [ngettext("%(n)s person", "%(n)s people", missing) % {"n": missing}] if missing else []
    parts += [f"{count} {CAPABILITIES.get(name, name)}" for name, count in able.items() if count]
    return ", ".join(map(str, parts))


def listed(names: list[str]) -> str:
    """Return the first few names, and how many more there are."""
    shown, more = ", ".join(names[:SHIFTS_NAMED]), len(names) - SHIFTS_NAMED
    if more <= 0:
        return shown
    return ngettext("%(shown)s and %(n)s more", "%(shown)s and %(n)s more", more) % {
        "shown": shown, "n": more,
    }  # fmt: skip


def binding(names: Words, force: str, counts: dict[str, int]) -> str:
    """Return which rules of a force are used up where something is short."""
    parts = []
    if days := counts.get("people"):
        told = ngettext("everybody is out on %(n)s day", "everybody is out on %(n)s days", days)
        parts.append(told % {"n": days})
    if weeks := counts.get("hours"):
        parts.append(
            ngettext("the hours of the week are used up", "the hours of %(n)s weeks are used up", weeks)
            % {"n": weeks}
        )
    return f"{names.force(force)}: {_(' and ').join(parts)}"


def relief(names: Words, one: dict[str, Any], price: int) -> str:
    """Return what more members of a force would clear."""
    told = ngettext(
        "%(n)s member more of %(force)s in the %(shift)s would cover up to %(share)s of what is short,"
        " by importance.",
        "%(n)s members more of %(force)s in the %(shift)s would cover up to %(share)s of what is short,"
        " by importance.",
        one["members"],
    )
    return told % {
        "n": one["members"], "force": names.force(one["force"]), "share": percent(one["price"] / price),
        "shift": names.shifts.get(one["shift"], one["shift"]).lower(),
    }  # fmt: skip


def conflict(names: Words, one: dict[str, Any]) -> str:
    """Return a rule that contradicts others."""
    told = {
        "people": _("%(who)s: no more people than there are, %(when)s"),
        "hours": _("%(who)s: the hours of the week"),
        "turns": _("%(who)s: the turns of the week"),
        "apart": _("%(who)s: days between two turns, from %(when)s"),
        "group": _("%(who)s: the smallest group, %(task)s, %(when)s"),
        "beside": _("%(who)s: only beside police, %(task)s, %(when)s"),
        "allowed": _("%(who)s may not take %(task)s, %(when)s"),
        "pin": _("%(who)s: %(n)s pinned at %(task)s, %(when)s"),
    }[one["kind"]]
    return told % _about(names, one)


def relaxed(names: Words, one: dict[str, Any]) -> str:
    """Return how far a rule must give."""
    told = {
        "people": _("%(who)s: %(by)s people more, %(when)s"),
        "hours": _("%(who)s: hours for %(by)s shifts more in the week"),
        "turns": _("%(who)s: the turns of the week changed by %(by)s"),
        "apart": _("%(who)s: days between two turns need not hold from %(when)s"),
        "group": _("%(who)s: a group smaller by %(by)s, %(task)s, %(when)s"),
        "beside": _("%(who)s: %(by)s officers more would have to stand there, %(task)s, %(when)s"),
        "allowed": _("%(who)s: allow %(by)s at %(task)s, %(when)s"),
        "pin": _("%(who)s: the pin changed by %(by)s at %(task)s, %(when)s"),
    }[one["kind"]]
    return told % (_about(names, one) | {"by": number(one["by"], 0 if one["by"] == int(one["by"]) else 1)})


def _about(names: Words, one: dict[str, Any]) -> dict[str, Any]:
    """Return the parts of a rule: whose, which task, when; see the engine's `Rule`."""
    kind, about = one["kind"], one["about"]
    found = {"who": names.force(str(about[0])), "task": "", "when": "", "n": 0}
    if kind == "people":
        found["when"] = names.when(about[1], about[2]) if about[2] else names.day(about[1])
    elif kind == "apart":
        found["when"] = names.day(about[1])
    elif len(about) == 4:
        found |= {"task": names.task(about[1]), "when": names.when(about[2], about[3])}
        found["n"] = names.pinned(about) if kind == "pin" else 0
    return found


def quality(result: dict[str, Any]) -> str:
    """Return how good the plan is."""
    if not result["price"]:
        return _("Nothing is short.")
    if result["gap"] <= 0.001:
        return _("No plan is short of less, by importance.")
    told = _("At most %(gap)s of what is short, by importance, could be avoided by another plan.")
    return told % {"gap": percent(result["gap"], 1)}
