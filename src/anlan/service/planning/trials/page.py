"""A trial as its page shows it: words, figures, pictures, tables."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date as Date  # noqa: N812 fields are called date
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from anlan.gateway.report.plots import NARROW, PAGE, Lines, Series, svg_of
from anlan.service.analysis import taxonomy
from anlan.service.places.models import Grid
from anlan.service.planning.models import Trial
from anlan.service.planning.trials import records, words
from anlan.service.planning.trials.course import course_of
from anlan.service.planning.trials.findings import findings
from anlan.service.tags import number, percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from anlan.engine.planning.trials import Schedule
    from anlan.service.planning.models import TrialLook
    from anlan.service.planning.trials.course import Course

SHOWN_LEFT_OUT = 60


@dataclass(frozen=True)
class Curve:
    """A drawn curve for wide and for narrow screens."""

    caption: str
    wide: SafeString
    narrow: SafeString


@dataclass(frozen=True)
class PairRow:
    """One pair: its number, names and codes of both places, incidents a week before, how unlike they are."""

    number: int
    first: str
    second: str
    first_code: str
    second_code: str
    base_first: float
    base_second: float
    unlike: float
    now: str


@dataclass(frozen=True)
class PeriodRow:
    """One period: its number and days, where it stands, and for each pair which place is patrolled."""

    number: int
    first: Date
    last: Date
    state: str
    counted: bool
    sides: list[str]


@dataclass(frozen=True)
class LookRow:
    """One planned or taken look."""

    week: float
    day: Date
    state: str
    look: TrialLook | None

    @property
    def decimals(self) -> int:
        """Digits that the week needs."""
        return 0 if self.week == round(self.week) else 1

    @property
    def verdict(self) -> str:
        """What the look said."""
        return "" if self.look is None else words.verdict(self.look.result["look"]["verdict"])

    @property
    def p(self) -> str:
        """Its p-value."""
        return "" if self.look is None else words.p_text(self.look.result["look"]["p"])


def page(trial: Trial) -> dict[str, Any]:
    """Return the parts of a trial's page."""
    ask, plan = records.ask_of(trial), records.schedule_of(trial)
    design, now = trial.design["design"], course_of(trial)
    names = names_of([one["code"] for one in design["excluded"]] + [row[0] for row in trial.design["spots"]])
    looks = list(trial.looks.select_related("looked_by"))
    today = timezone.localdate()
    return {
        "ask": ask,
        "protocol": design["protocol"],
        "subject": subject(trial),
        "stated": words.stated(trial.design["power"], ask.weeks, ask.power),
        "facts": facts(trial),
        "curves": curves(trial),
        "pairs": pairs(trial, names, plan, today),
        "marks": marks(trial),
        "periods": periods(trial, plan, today),
        "excluded": excluded(trial, names),
        "course": now,
        "due_weeks": (now.due or 0) * now.period_days / 7,
        "unplanned_weeks": (now.unplanned or 0) * now.period_days / 7,
        "looks": look_rows(trial, now, looks),
        "result": result(trial, looks),
        "seed_fits": trial.state == Trial.State.ENDED and records.seed_fits(trial),
        "beacon": trial.ask.get("beacon", ""),
        "kind": dict(words.KINDS)[ask.kind],
        "coin": dict(words.COINS)[ask.coin],
    }


def names_of(codes: Iterable[str]) -> dict[str, str]:
    """Return the names of grids by code."""
    rows = Grid.objects.filter(code__in=set(codes)).defer("geometry")
    return {row.code: row.label for row in rows}


def subject(trial: Trial) -> str:
    """Return which incidents a trial counts."""
    ask = records.ask_of(trial)
    named = dict(one for _group, choices in taxonomy.choices(trial.area_code[:6]) for one in choices)
    return ", ".join(named.get(one, one) for one in ask.types) or _("all types")


def facts(trial: Trial) -> list[tuple[str, str]]:
    """Return the figures at the top."""
    design, power = trial.design["design"], trial.design["power"]
    per_week = records.ask_of(trial).in_week
    found = [
        (_("Pairs"), number(len(design["pairs"]))),
        (_("Weeks"), number(trial.days / 7)),
        (_("Stated power"), percent(power["stated"]["power"])),
        (_("Incidents a week before"), number(power["expected"] * per_week, 1)),
    ]
    if power["detectable"] is not None:
        found.append((_("Smallest fall it can find"), percent(-power["detectable"])))
    if power["periods"] is not None:
        found.append((_("Weeks for the power wanted"), number(power["periods"] / per_week, 1)))
    return found


def curves(trial: Trial) -> list[Curve]:
    """Return the power by effect and by length, as drawn curves with their intervals."""
    power, per_week = trial.design["power"], records.ask_of(trial).in_week
    by_effect = _("Power by effect, at %(weeks)s weeks") % {"weeks": number(trial.days / 7)}
    by_length = _("Power by weeks, at an effect of %(effect)s") % {
        "effect": percent(-power["stated"]["effect"])
    }
    falls = [percent(-one["effect"]) for one in power["by_effect"]]
    weeks = [number(one["periods"] / per_week) for one in power["by_length"]]
    wanted = 100 * records.ask_of(trial).power
    found = [
        curve(by_effect, falls, power["by_effect"], wanted),
        curve(by_length, weeks, power["by_length"], wanted),
    ]
    return [one for one in found if one is not None]


def curve(caption: str, labels: list[str], points: list[Mapping[str, Any]], wanted: float) -> Curve | None:
    """Return a line of shares with its band; None where a stop left a single point."""
    if len(points) < 2:
        return None
    share = {name: [100 * one[name] for one in points] for name in ("power", "low", "high")}
    series = [
        Series(_("Power"), list(share["power"])),
        Series(_("Wanted"), [wanted] * len(points), dashed=True),
    ]
    line = Lines(caption, labels, series, unit="%", band=(share["low"], share["high"]))
    wide, narrow = svg_of(line, ink=PAGE), svg_of(line, width=NARROW, ink=PAGE)
    return Curve(caption, mark_safe(wide), mark_safe(narrow))  # noqa: S308 escaped where they are drawn


def pairs(trial: Trial, names: Mapping[str, str], plan: Schedule | None, today: Date) -> list[PairRow]:
    """Return the pairs, busiest first, with who is patrolled today."""
    per_week = records.ask_of(trial).in_week
    running = trial.state == Trial.State.RUNNING and plan is not None
    flags = plan.flags(today) if running and plan is not None else {}
    return [
        PairRow(
            number_, names.get(one["first"], one["first"]), names.get(one["second"], one["second"]),
            one["first"], one["second"], per_week * one["base_first"], per_week * one["base_second"],
            one["gap"], "" if one["first"] not in flags else "a" if flags[one["first"]] else "b",
        )
        for number_, one in enumerate(trial.design["design"]["pairs"], 1)
    ]  # fmt: skip


def marks(trial: Trial) -> list[dict[str, Any]]:
    """Return the places as marks of the map: 3a and 3b are a pair."""
    spots = records.spots_of(trial)
    half = len(spots) // 2
    return [
        {
            "lon": spot.lon, "lat": spot.lat, "pair": row % half + 1, "side": "ab"[row // half],
            "label": f"{row % half + 1}{'ab'[row // half]}",
        }
        for row, spot in enumerate(spots)
    ]  # fmt: skip


def periods(trial: Trial, plan: Schedule | None, today: Date) -> list[PeriodRow]:
    """Return the schedule by period; empty before the coins are tossed."""
    if plan is None:
        return []
    half, found = len(plan.places) // 2, []
    for row in range(plan.periods):
        first = trial.first + timedelta(days=row * plan.period_days)
        last = first + timedelta(days=plan.period_days - 1)
        state = "over" if last < today else "now" if first <= today else "to_come"
        sides = ["a" if plan.treated[pair][row] else "b" for pair in range(half)]
        found.append(PeriodRow(row + 1, first, last, state, plan.counted[row], sides))
    return found


def excluded(trial: Trial, names: Mapping[str, str]) -> dict[str, Any]:
    """Return how many places were left out why, and the first of them with the reason in words."""
    rows, per_week = trial.design["design"]["excluded"], records.ask_of(trial).in_week
    counts = Counter(one["reason"] for one in rows)
    return {
        "counts": [(words.short_reason(code), count) for code, count in counts.most_common()],
        "rows": [
            {"code": one["code"], "name": names.get(one["code"], one["code"]),
             "why": words.reason(one, names, per_week)}
            for one in rows[:SHOWN_LEFT_OUT]
        ],
        "all": len(rows),
    }  # fmt: skip


def look_rows(trial: Trial, now: Course, looks: list[TrialLook]) -> list[LookRow]:
    """Return planned and taken looks in order."""
    taken = dict(zip(now.taken, looks, strict=True))
    rows = []
    for at in sorted({*now.planned, *now.taken}):
        day = trial.first + timedelta(days=at * now.period_days - 1)
        last = now.taken[-1] if now.taken else 0
        waiting = "due" if last < at <= now.recorded else "late" if at <= now.over else "to_come"
        state = "taken" if at in taken else "passed" if at <= last else waiting
        rows.append(LookRow(at * now.period_days / 7, day, state, taken.get(at)))
    return rows


def result(trial: Trial, looks: list[TrialLook]) -> dict[str, Any] | None:
    """Return the last look in words; what lies beside the verdict is shown once the trial is over."""
    if not looks:
        return None
    found = looks[-1].result
    look, protocol = found["look"], trial.design["design"]["protocol"]
    final = look["at"] == protocol["periods"]
    over = final or trial.state == Trial.State.ENDED
    shown = {
        "verdict": words.verdict(look["verdict"]), "code": look["verdict"],
        "says": words.said(look, final=final),
        "advice": "" if trial.state == Trial.State.ENDED else words.advice(look, protocol),
        "meaning": words.meaning(look), "until": looks[-1].until, "planned": looks[-1].planned, "over": over,
    }  # fmt: skip
    if not over:
        return shown

    return shown | findings(found)
