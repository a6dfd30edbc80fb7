"""The page's section on San Francisco's week, and what it is held to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.evidence.page import Claim
from bench.evidence.rehearsal.changed import MEASURES, WHICH, WHOM
from bench.evidence.rehearsal.fitted import MAIN
from bench.evidence.rehearsal.planned import CREW, ON_LEAVE, PEOPLE, SITES, TEAMS, WEEK, monday
from bench.evidence.rehearsal.record import LEARNED_WEEKS, WEEKS
from bench.evidence.rehearsal.study import CHOSEN_ON, OF_WEEK, OF_WEEKS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from anlan.engine.planning.deployment import DayPlan
    from anlan.engine.planning.rehearsal.tally import Figure
    from bench.evidence.rehearsal.changed import Change, Effect
    from bench.evidence.rehearsal.fitted import Line
    from bench.evidence.rehearsal.planned import WeekPlan
    from bench.evidence.rehearsal.study import Study

TEXT = Path(__file__).with_name("section.md")
MOST_KS, MOST_ERROR = 0.05, 0.05
ENGINE, UNIT = ("first engine", "urgent"), ("first unit", "urgent")
FIT = ("Calls", "Of", "Number", "KS", "Floor", "Median", "Its error", "90 %", "Its error")


def claims(of: Study) -> list[Claim]:
    """Return what the study is held to; the limits are ours, none is published."""
    found = [claim for what in MAIN for claim in _fit_claims(of.fitted.line(what, "response"))]
    for effect, name in ((of.week, "the planned week"), (of.after, "all weeks from it on")):
        change = effect.of(*UNIT, "mean").change
        what = f"SF north-east, plan against recorded homes, {name}: mean urgent response"
        better = change.high is not None and change.high < 0
        found.append(Claim(what, _s(change), "less, beyond chance", better))
    return found


def _fit_claims(line: Line) -> list[Claim]:
    fit, name = line.fit, f"SF north-east, held-out half year, {line.what}"
    error = abs(fit.median_error.value or 0.0) / fit.median
    return [
        Claim(
            f"{name}: KS distance of response times", _share(fit.ks), f"<= {MOST_KS}",
            (fit.ks.value or 0.0) <= MOST_KS,
        ),
        Claim(
            f"{name}: error of the median response", f"{_s(fit.median_error)} of {fit.median:.0f} s",
            f"within {MOST_ERROR:.0%}", error <= MOST_ERROR,
        ),
    ]  # fmt: skip


def section(of: Study) -> str:
    """Return the page's section."""
    return TEXT.read_text("utf-8").format(**_counts(of), **_tables(of), **_plan(of.plan), **_limits(of))


def _counts(of: Study) -> dict[str, Any]:
    return {
        "runs": of.runs, "calls": of.calls, "stations": ", ".join(map(str, of.stations)),
        "learned_weeks": LEARNED_WEEKS, "held_from": LEARNED_WEEKS + 1, "weeks": WEEKS,
        "nobody": of.fitted.nobody, "nobody_recorded": of.fitted.nobody_recorded,
        "monday": monday(), "week": WEEK, "week_from": WEEK + 1, "chosen_from": CHOSEN_ON[0] + 1,
        "engines": len(of.moved) + len(of.stay), "moved": ", ".join(of.moved), "stay": ", ".join(of.stay),
        "of_week": OF_WEEK, "of_weeks": OF_WEEKS,
        "teams": len(TEAMS), "people": PEOPLE, "on_leave": ON_LEAVE, "crew": CREW, "sites": SITES,
    }  # fmt: skip


def _tables(of: Study) -> dict[str, str]:
    rows = of.sixths
    ways = ["Way on the map", *(f"{row.way_s:.0f} s" for row in rows)]
    drives = [
        ["Recorded drive", *(f"{row.recorded_s:.0f} s" for row in rows)],
        ["Learned drive", *(f"{row.learned_s:.0f} s" for row in rows)],
    ]
    other = {name: _s(of.otherwise.of(*whom, "mean").change) for name, whom in _WHOM.items()}
    return {
        "fit": _table(FIT, map(_fitted, of.fitted.lines)), "sixths": _table(ways, drives),
        "tried": _table(("Standard", "First engine", "First unit"), map(_tried, of.tried)),
        "effect_week": _effect(of.week), "effect_after": _effect(of.after), "less": _less(of.less),
        "other_engine": other["engine"], "other_unit": other["unit"],
    }  # fmt: skip


_WHOM = {"engine": ENGINE, "unit": UNIT}


def _fitted(line: Line) -> list[str]:
    fit = line.fit
    return [
        line.what, line.of, f"{fit.calls:,}", _share(fit.ks), f"{line.floor:.3f}", f"{fit.median:.0f} s",
        _s(fit.median_error), f"{fit.q90:.0f} s", _s(fit.q90_error),
    ]  # fmt: skip


def _tried(one: Effect) -> list[str]:
    return [one.plan, *(_s(one.of(*whom, "mean").change) for whom in (ENGINE, UNIT))]


def _effect(effect: Effect) -> str:
    rows = [
        [
            whom, f"{which} ({effect.calls[whom, which]:,.0f})",
            *(_changed(effect.of(whom, which, name), name) for name in MEASURES),
        ]
        for whom in WHOM
        for which in WHICH
    ]  # fmt: skip
    return _table(("Whom", "Calls", *MEASURES), rows)


def _changed(of: Change, measure: str) -> str:
    if measure.startswith("within"):
        return f"{of.before:.1%} → {of.after:.1%}: {_points(of.change)}"
    return f"{of.before:.0f} → {of.after:.0f} s: {_s(of.change)}"


def _less(less: Iterable[Effect]) -> str:
    """One car less, the one missed most first."""
    ranked = sorted(less, key=lambda one: -(one.of(*UNIT, "mean").change.value or 0.0))
    rows = [
        [
            one.plan, _s(one.of(*ENGINE, "mean").change), _s(one.of(*ENGINE, "90 %").change),
            _points(one.of(*ENGINE, "within 5 min").change), _s(one.of(*UNIT, "mean").change),
        ]
        for one in ranked
    ]  # fmt: skip
    return _table(("Without", "First engine, mean", "90 %", "Within 5 min", "First unit, mean"), rows)


def _plan(plan: WeekPlan) -> dict[str, Any]:
    """Roster, posts and routes of the week in words."""
    rings = plan.standards.rings
    return {
        "plan": plan.name, "ring": rings.ring_s, "support": rings.support_s, "roster": _roster(plan),
        "posts": _posts(plan), "routes": _routes(plan.days),
    }  # fmt: skip


def _roster(plan: WeekPlan) -> str:
    made, people = plan.roster, min(min(row) for row in plan.people.values())
    missing = sum(need.missing for need in made.cover)
    proved = f"{made.status.value}, gap {made.gap:.1%}"
    return f"{proved}, {missing} missing; at least {people} people in a shift"


def _posts(plan: WeekPlan) -> str:
    shifts = [shift for day in plan.days for shift in day.shifts]
    ring, support = (
        sum(getattr(shift, f"share_{name}") for shift in shifts) / len(shifts) for name in ("ring", "support")
    )
    least = max(shift.minimum_cars for shift in shifts)
    return (
        f"{sum(shift.placed for shift in shifts) / len(shifts):.0f} cars in every shift, gap at most "
        f"{max(day.gap for day in plan.days):.1%}; {ring:.0%} of the demand within the smaller ring, "
        f"{support:.0%} within the larger ({least} cars needed at least); "
        f"{sum(shift.moved for shift in shifts)} moves between shifts in the week"
    )


def _routes(days: list[DayPlan]) -> str:
    plans = [way.plan for day in days for way in day.ways]
    units = [unit for plan in plans for unit in plan.units]
    length = sum(unit.until_s - unit.from_s for unit in units)
    visit, drive, free = (
        sum(getattr(unit, f"{name}_s") for unit in units) / length for name in ("visit", "drive", "free")
    )
    owed = sum(one.must for plan in plans for one in plan.unmet)
    value, bound = (sum(getattr(plan, name) for plan in plans) for name in ("value", "bound"))
    return (
        f"{len(units)} routes, {sum(plan.visits for plan in plans)} visits, {owed} owed ones missed; "
        f"{visit:.0%} of the time at stops, {drive:.0%} driving, {free:.0%} free; "
        f"{(bound - value) / abs(bound):.1%} below the bound"
    )


def _limits(of: Study) -> dict[str, Any]:
    worst = max(of.fitted.lines, key=lambda line: line.fit.ks.value or 0.0)
    far = of.sixths[-1]
    return {
        "worst": f"{worst.what} ({worst.of})", "worst_ks": worst.fit.ks.value, "worst_floor": worst.floor,
        "far": far.recorded_s, "far_learned": far.learned_s, "error": of.learned.error_s,
        "plain_error": of.learned.plain_error_s,
    }  # fmt: skip


def _table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(headings)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (head, ["---"] * len(head), *rows))


def _s(of: Figure) -> str:
    return f"{of.value:+.1f} s" + _interval(of, "{:+.1f}")


def _share(of: Figure) -> str:
    return f"{of.value:.3f}" + _interval(of, "{:.3f}")


def _points(of: Figure) -> str:
    low, high = (f"{100 * (limit or 0.0):+.1f}" for limit in (of.low, of.high))
    return f"{100 * (of.value or 0.0):+.1f} points [{low}, {high}]"


def _interval(of: Figure, form: str) -> str:
    return "" if of.low is None else f" [{form.format(of.low)}, {form.format(of.high)}]"
