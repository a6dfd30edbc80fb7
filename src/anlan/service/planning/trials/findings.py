"""What a trial found beside its verdict: incidents prevented, the rings, what was really done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from anlan.service.planning.trials import words
from anlan.service.tags import number, percent

if TYPE_CHECKING:
    from collections.abc import Mapping


def findings(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of the results."""
    effect = found["effect"]
    return {
        "prevented": prevented(effect["difference"]),
        "rings": rings(effect),
        "displaced": [displaced(one, ring) for ring, one in enumerate(effect["spill"], 1)],
        "done": done(found.get("contamination")),
        "by_minutes": by_minutes(found.get("per_dose"), found.get("per_protocol")),
    }


def prevented(of: Mapping[str, Any]) -> list[str]:
    """Return the difference and the incidents prevented, in words."""
    told = []
    if of["prevented"] is not None:
        ends = [
            _("no limit") if of[name] is None else number(of[name])
            for name in ("prevented_low", "prevented_high")
        ]
        text = _("Incidents prevented in the patrolled place-periods: %(value)s (%(low)s to %(high)s).")
        told.append(text % {"value": number(of["prevented"]), "low": ends[0], "high": ends[1]})
    if of["low"] is not None:
        text = _("Difference a place and period: %(value)s (%(low)s to %(high)s).")
        told.append(text % {name: number(of[name], 2) for name in ("value", "low", "high")})
    return told


def rings(effect: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return places, rings, and both together as rows."""
    rows = [(_("The places themselves"), effect["primary"])]
    rows += [(_("Ring %(number)s") % {"number": at}, one) for at, one in enumerate(effect["rings"], 1)]
    if effect["net"] is not None:
        rows.append((_("Places and rings together"), effect["net"]))
    return [
        {
            "name": name, "treated": one["treated"], "control": one["control"],
            "change": words.change(one["ratio"]), "interval": words.between(one["low"], one["high"]),
            "p": words.p_text(one["p"]),
        }
        for name, one in rows
    ]  # fmt: skip


def displaced(of: Mapping[str, Any], ring: int) -> str:
    """Return in words whether trouble moved into a ring or the benefit spread."""
    wdq = of["wdq"]
    if wdq is None:
        return _("Ring %(ring)s: displacement cannot be told, there is too little to compare.") % {
            "ring": ring
        }
    if of["low"] is None or of["high"] is None:
        text = _(
            "Ring %(ring)s: the displacement quotient is %(wdq)s without limits: the gain in the places is"
            " not clear of chance, so what share of it moved cannot be told."
        )
        return text % {"ring": ring, "wdq": number(wdq, 2)}
    known = {"ring": ring, "wdq": number(wdq, 2), "low": number(of["low"], 2), "high": number(of["high"], 2)}
    if of["high"] < 0:
        return (
            _("Ring %(ring)s: part of it moved: displacement quotient %(wdq)s (%(low)s to %(high)s).") % known
        )
    if of["low"] > 0:
        return (
            _("Ring %(ring)s: the benefit spread: displacement quotient %(wdq)s (%(low)s to %(high)s).")
            % known
        )
    text = _(
        "Ring %(ring)s: neither moved nor spread for certain: displacement quotient %(wdq)s"
        " (%(low)s to %(high)s)."
    )
    return text % known


def done(of: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return who was treated without a patrol and who got one as a control, as rows; empty if unmeasured."""
    if of is None:
        return []
    rows = []
    for side, name in (("treated", _("To be patrolled")), ("control", _("Not to be patrolled"))):
        wrong = of["treated_without"] if side == "treated" else of["control_with"]
        unknown = of[f"{side}_unknown"]
        right = of[side] - unknown - wrong
        with_, without = (right, wrong) if side == "treated" else (wrong, right)
        rows.append({
            "name": name, "all": of[side], "with": with_, "without": without, "unknown": unknown,
            "minutes": of[f"{side}_minutes"],
        })  # fmt: skip
    return rows


def by_minutes(dose: Mapping[str, Any] | None, protocol: Mapping[str, Any] | None) -> list[str]:
    """Return the effect by minutes of presence in words: secondary, since minutes were not tossed for."""
    told = []
    if dose is not None and dose["ratio"] is not None:
        text = _("Change for each %(minutes)s minutes of presence: %(change)s (%(interval)s).")
        told.append(text % {
            "minutes": number(dose["minutes"]), "change": words.change(dose["ratio"]),
            "interval": words.between(dose["low"], dose["high"]),
        })  # fmt: skip
    if protocol is not None and protocol["ratio"] is not None:
        kept = protocol["kept"] / max(protocol["kept"] + protocol["broken"] + protocol["unknown"], 1)
        text = _(
            "Change in the %(share)s of pair-periods that got what the coin said: %(change)s; no p-value"
            " belongs to it."
        )
        told.append(text % {"share": percent(kept), "change": words.change(protocol["ratio"])})
    return told
