"""What a trial's codes and figures mean, in words: reasons, verdicts, defaults and their limits."""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.engine.planning.trials import Kind, Verdict, Why, default
from anlan.service.tags import number, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS = (
    (Kind.CROSSOVER, gettext_lazy("A new coin for every period")),
    (Kind.MIRRORED, gettext_lazy("Coin, then the other place of the pair")),
    (Kind.PARALLEL, gettext_lazy("One coin for the whole trial")),
)
COINS = (("week", gettext_lazy("A coin a week")), ("day", gettext_lazy("A coin a day")))
SHORT_REASONS = {
    Why.NAMED: gettext_lazy("left out by the planner"),
    Why.SHORT: gettext_lazy("too short a past"),
    Why.QUIET: gettext_lazy("too few incidents"),
    Why.NEAR: gettext_lazy("too near to a busier place"),
    Why.FULL: gettext_lazy("enough places already"),
    Why.ODD: gettext_lazy("nobody left to pair with"),
    Why.UNLIKE: gettext_lazy("no place like it"),
}
VERDICTS = {
    Verdict.GO_ON: gettext_lazy("Go on: nothing is decided yet"),
    Verdict.EFFECT: gettext_lazy("Fewer incidents where patrolled, beyond chance"),
    Verdict.HARM: gettext_lazy("More incidents where patrolled: stop"),
    Verdict.FUTILE: gettext_lazy("Little hope of finding the planned effect"),
    Verdict.NO_EFFECT: gettext_lazy("No effect shown"),
    Verdict.REFUSED: gettext_lazy("Not opened"),
}


def verdict(code: str) -> str:
    """Return a verdict in a few words, a dash for none."""
    return str(VERDICTS[Verdict(code)]) if code else "–"


def short_reason(code: str) -> str:
    """Return why a place takes no part in a few words."""
    return str(SHORT_REASONS[Why(code)])


def too_few(left: int, candidates: int, reasons: Mapping[str, int]) -> str:
    """Return why there is no trial, and what would help."""
    told = _("Of %(all)s hot spots %(left)s can take part; a trial needs two.") % {
        "all": candidates, "left": left,
    }  # fmt: skip
    listed = [f"{short_reason(code)}: {count}" for code, count in sorted(reasons.items())]
    helps = _("Lower the least number of incidents, the rings or their width, or choose more types.")
    return " ".join([told, "; ".join(listed) + ".", helps] if listed else [told, helps])


def reason(one: Mapping[str, Any], names: Mapping[str, str], in_week: int) -> str:
    """Return why one place takes no part, with its figures."""
    other = names.get(one["other"], one["other"])
    figures = {"value": one["value"], "limit": one["limit"], "other": other}
    match Why(one["reason"]):
        case Why.NAMED:
            return _("left out by the planner: %(why)s") % {"why": one["other"]}
        case Why.SHORT:
            weeks = {key: number(figures[key] / in_week) for key in ("value", "limit")}
            return _("recorded for %(value)s weeks only; %(limit)s are needed") % weeks
        case Why.QUIET:
            rates = {key: number(figures[key] * in_week, 2) for key in ("value", "limit")}
            return _("%(value)s incidents a week; at least %(limit)s are needed") % rates
        case Why.NEAR:
            told = _("%(value)s m from %(other)s; the rings touch below %(limit)s m")
            return told % {**figures, "value": number(one["value"]), "limit": number(one["limit"])}
        case Why.UNLIKE:
            told = _("the nearest match, %(other)s, has %(times)s times as many incidents or another trend")
            return told % {"other": other, "times": number(exp(one["value"]), 1)}
    return short_reason(one["reason"])


def change(ratio: float | None) -> str:
    """Return a ratio as a change: 0.85 is −15 %."""
    if ratio is None:
        return "–"
    sign = "−" if ratio < 1 else "+"
    return f"{sign}{percent(abs(ratio - 1), 1)}"


def between(low: float | None, high: float | None) -> str:
    """Return an interval of ratios as changes; None is without bound."""
    ends = (
        _("no lower limit") if low is None else change(low),
        _("no upper limit") if high is None else change(high),
    )
    return _("%(low)s to %(high)s") % {"low": ends[0], "high": ends[1]}


def said(look: Mapping[str, Any], *, final: bool) -> list[str]:
    """Return what a look says, the verdict first, then what it rests on."""
    found = look["ratio"]
    if found is None:
        return [verdict(look["verdict"])]
    counts = {
        "treated": number(found["treated"]), "control": number(found["control"]),
        "sides": number(found["place_periods"]), "change": change(found["ratio"]),
        "interval": between(found["low"], found["high"]), "p": p_text(look["p"]),
    }  # fmt: skip
    told = [
        _("%(treated)s incidents where patrolled, %(control)s where not, in %(sides)s place-periods each.")
        % counts,
        _("Change against what the past let expect: %(change)s; it may lie from %(interval)s.") % counts,
        _("p = %(p)s: so often coins alone would show as much, or would have ended the trial earlier.")
        % counts,
    ]  # fmt: skip
    if not final and look["spent"] is not None:
        limit = _("To end it now, p must be %(limit)s or less: looking early costs.")
        told.append(limit % {"limit": p_text(look["spent"])})
    return told


def p_text(value: float | None) -> str:
    """Return a p-value with as many digits as it deserves."""
    if value is None:
        return "–"
    return _("below 0.001") if value < 0.001 else number(value, 3)


def advice(look: Mapping[str, Any], protocol: Mapping[str, Any]) -> str:
    """Return what to do after a look."""
    power = percent(look["conditional_power"])
    wanted = percent(-protocol["effect"])
    return {
        Verdict.GO_ON: _(
            "Go on to the next planned look. Chance to show the planned effect of %(wanted)s: %(power)s."
        )
        % {"wanted": wanted, "power": power},
        Verdict.EFFECT: _(
            "The trial may end: the boundary was crossed. What came early looks larger than it is."
        ),
        Verdict.HARM: _(
            "Stop sending patrols by this trial and ask why. The guard against harm is set to react early: it"
            " proves nothing, and more reports may come from more patrols."
        ),
        Verdict.FUTILE: _(
            "Consider ending it: the planned effect of %(wanted)s would show with a chance of %(power)s only."
            " This is advice; if you go on, the level still holds."
        )
        % {"wanted": wanted, "power": power},
        Verdict.NO_EFFECT: _("End it. “Not shown” is not “none”: see how far the interval reaches."),
    }.get(Verdict(look["verdict"]), "")


def meaning(look: Mapping[str, Any]) -> list[str]:
    """Return what a verdict does not mean."""
    told = [
        _("It holds for these places, these types of incident and this kind of patrol."),
        _("Reports are not harm: where patrols are seen, people may report more or less."),
        _("It says nothing about incidents beyond the rings or of other types."),
    ]
    if look["verdict"] == Verdict.NO_EFFECT:
        told.insert(
            0, _("It does not say that patrol does nothing: a smaller effect than planned may be there.")
        )
    if not look["planned"]:
        told.append(_("This look was not planned. It was counted, and the level was kept for it."))
    return told


def stated(power: Mapping[str, Any], weeks: int, wanted: float) -> list[str]:
    """Return the power in words."""
    point = power["stated"]
    told = [
        _(
            "A fall of %(effect)s is found in %(power)s of %(plays)s trials played on the past (95 %%"
            " interval %(low)s–%(high)s), in %(weeks)s weeks."
        ) % {
            "effect": percent(-point["effect"]), "power": percent(point["power"]), "weeks": weeks,
            "plays": number(power["plays"]), "low": percent(point["low"]), "high": percent(point["high"]),
        }
    ]  # fmt: skip
    if point["power"] < wanted:
        told.append(_("That is less than the %(wanted)s wanted: it may well end without an answer.")
                    % {"wanted": percent(wanted)})  # fmt: skip
    return told


LIMITS = {
    "not_replicated_elsewhere": gettext_lazy("Not replicated elsewhere: the authors say so themselves."),
    "one_city": gettext_lazy("Observed in one city, Minneapolis."),
    "mean_of_published_studies": gettext_lazy(
        "A mean of published studies, which look better than those that were not."
    ),
    "sacramento_part_1_crime_only": gettext_lazy(
        "In Sacramento the effect showed for Part 1 (serious) and property crime only."
    ),
    "sacramento_not_violent_crime": gettext_lazy("There it did not show for violent crime or for calls."),
    "foot_patrol_gains_faded": gettext_lazy(
        "Gains of foot patrol faded after about six weeks, while patrols went on."
    ),
    "decay_within_22_weeks": gettext_lazy("Elsewhere they were gone within 22 weeks."),
    "carry_over_between_periods": gettext_lazy(
        "What lasts into the next period makes controls better and the effect look smaller: hold a coin for"
        " two periods and leave out the first."
    ),
}  # fmt: skip
DEFAULT_NAMES = {
    "stop_minutes_least": gettext_lazy("Least minutes of a stop"),
    "stop_minutes": gettext_lazy("Minutes of a stop"),
    "planned_effect": gettext_lazy("Planned effect"),
    "review_after_weeks": gettext_lazy("First look after weeks"),
    "days_between_coins": gettext_lazy("Days between coins"),
}


def sources(*codes: str) -> str:
    """Return where the defaults of a field come from and what is known against them, as a field's help."""
    found = [default(code) for code in codes]
    from_ = "; ".join(dict.fromkeys(one.source for one in found))
    against = dict.fromkeys(str(LIMITS[limit.code]) for one in found for limit in one.limits)
    return f"{_('Source:')} {from_}. {_('Against it:')} {' '.join(against)}"
