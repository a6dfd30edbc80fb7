"""What a planner must know of a plan, worst first, in words."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from anlan.service.planning.presentation.figures import shift_name
from anlan.service.planning.words import relief_words
from anlan.service.tags import percent

if TYPE_CHECKING:
    from anlan.service.planning.words import Labels

NAMED = 6


def problems(body: dict[str, Any], labels: Labels) -> list[str]:
    """Return the problems of a plan as sentences."""
    shifts = {shift["code"]: shift_name(shift) for shift in body["shifts"]}
    told = [_told(one, shifts, labels) for one in body["problems"] if one["code"] != "not_visited"]
    return [text for text in told if text] + _not_visited(body, shifts, labels)


def _told(one: dict[str, Any], shifts: dict[str, str], labels: Labels) -> str:
    figures = {"shift": shifts.get(one["about"], one["about"])} | one["figures"]
    if one["code"] == "stay_not_kept":
        unit, _space, shift = one["about"].partition(" ")
        figures |= {
            "unit": labels.unit(unit), "shift": shifts.get(shift, shift),
            "post": labels.place(str(figures["post"])),
        }  # fmt: skip
    words = {
        "more_cars_than_there_are": _("%(shift)s: %(asked)s cars are asked for, %(there)s are on duty."),
        "no_car": _("%(shift)s: no car goes out."),
        "fewer_than_needed": _(
            "%(shift)s: %(out)s units go out where the expected calls need %(need)s; %(lack)s are missing."
        ),
        "more_posts_than_cars": _("%(shift)s: %(posts)s posts, but only %(cars)s cars to stand there."),
        "nobody_out": _("%(shift)s: nobody is out to visit patrol points."),
        "stay_not_kept": _("%(unit)s cannot stand at %(post)s in %(shift)s: no car of the plan is there."),
    }
    return words.get(one["code"], one["code"]) % figures


def _not_visited(body: dict[str, Any], shifts: dict[str, str], labels: Labels) -> list[str]:
    """Return the visits that are owed and not made, by shift and reason."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in body["problems"]:
        if one["code"] == "not_visited":
            key = str(one["figures"]["shift"]), str(one["figures"]["reason"])
            found.setdefault(key, []).append(one["about"])
    return [
        _("%(shift)s: %(places)s not visited: %(reason)s.") % {
            "shift": shifts.get(shift, shift), "places": labels.listed(sorted(Counter(places))),
            "reason": reason_words(reason),
        }
        for (shift, reason), places in sorted(found.items())
    ]  # fmt: skip


def reason_words(reason: str) -> str:
    """Return why a place is not visited."""
    return {
        "capability": _("no unit can do it"),
        "kind": _("no vehicle can go there"),
        "way": _("no road leads there and back"),
        "forbidden": _("the planner left it out"),
        "window": _("too late for its time"),
        "shift": _("the shift is too short"),
        "gap": _("too soon after the visit before"),
        "time": _("the units' time is used up"),
        "worth": _("the way there is worth more elsewhere"),
    }.get(reason, reason)


def shortfalls(shift: dict[str, Any]) -> list[str]:
    """Return what a shift's posts leave uncovered, in words, with what would help."""
    words = {
        "unreachable": _("no post lies within the support ring"),
        "forbidden": _("only forbidden posts lie within the support ring"),
        "support": _("outside the support ring with these cars"),
        "alpha": _("missing from the share owed to the response ring"),
        "off_road": _("farther than 500 m from any road"),
    }
    found = []
    for short in shift["shortfalls"]:
        where = ngettext("%(count)s grid", "%(count)s grids", short["places"]) % {"count": short["places"]}
        text = _("%(share)s of demand: %(reason)s") % {
            "share": percent(short["share"], 1), "reason": words[short["kind"]],
        }  # fmt: skip
        if short["places"]:
            text += f" ({where})"
        if short["relief"] and short["kind"] != "off_road":
            text += " – " + _("what helps: %(change)s") % {"change": relief_words(short["relief"])}
        found.append(text)
    return found
