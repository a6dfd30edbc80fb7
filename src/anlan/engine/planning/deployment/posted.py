"""Standby posts of every shift, each near the shift before, around what the planner has set."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.engine.geo.roads import Hours
from anlan.engine.planning.deployment.model import MAX_LISTED, Missing, ShiftPosts, Stand
from anlan.engine.planning.posts import ContradictionError, Moves, Request, place, place_shifts
from anlan.engine.planning.watch import UNWATCHED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from anlan.engine.planning.deployment.inputs import Ask, Day
    from anlan.engine.planning.deployment.times import Times
    from anlan.engine.planning.posts import Effort, PostPlan, Relief
    from anlan.engine.planning.shifts import Shift
    from anlan.engine.planning.watch import Watch

Z80 = 1.2816


class Contradicted(ValueError):  # noqa: N818  a state of the question, said to the planner
    """What was set for a shift leaves no plan. `plain` is cause, figures, posts and what helps, as codes."""

    def __init__(self, shift: str, clash: ContradictionError, times: Times) -> None:
        self.plain: dict[str, Any] = {
            "shift": shift, "code": clash.code, "figures": clash.figures,
            "posts": [times.sites.codes[row] for row in clash.sites],
            "reliefs": [relief_of(one, times) for one in clash.reliefs],
        }  # fmt: skip
        super().__init__(f"shift {shift}: {clash}")


def relief_of(relief: Relief, times: Times) -> dict[str, Any]:
    """The smallest change that helps, with codes in place of rows."""
    sites = [times.sites.codes[row] for row in relief.sites[:MAX_LISTED]]
    points = [str(times.demand.codes[row]) for row in relief.points[:MAX_LISTED]]
    return {"kind": relief.kind, "amount": relief.amount, "sites": sites, "points": points}


def hour_class_of(day: Day, shift: Shift) -> Any:
    """The shift's hour class on the plan's weekday."""
    return shift.hour_class(Hours(), day.weekday)


def request_of(
    day: Day, ask: Ask, times: Times, shift: Shift, cars: int, before: NDArray[np.int64] | None
) -> Request:
    """The question of one shift.

    Raises:
        ContradictionError: pins, forbidden posts and cars leave no plan.
        ValueError: an unknown post.

    """
    standards = day.standards
    low, high = limits_of(ask, times, shift, standards.cap)
    placed = ask.posts.get(shift.code)
    return Request(
        times.table(hour_class_of(day, shift)),
        day.demand.of(shift),
        max(sum(placed.values()) if placed is not None else cars, 1),
        standards.model,
        standards.rings,
        low,
        high,
        busy=standards.busy,
        before=before,
        move_price=standards.move_price if before is not None and placed is None else 0.0,
    )


def limits_of(ask: Ask, times: Times, shift: Shift, cap: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Fewest and most cars at each site, (S,): hand-set posts, pins and forbidden ones.

    Raises:
        ValueError: a post is not among the sites.

    """
    place_of = {code: row for row, code in enumerate(times.sites.codes)}

    def row(code: str) -> int:
        if code not in place_of:
            raise ValueError(f"posts: there is no post {code}")
        return place_of[code]

    low, high = np.zeros(len(place_of), np.int64), np.full(len(place_of), cap)
    if shift.code in ask.posts:
        low[:] = 0
        for code, count in ask.posts[shift.code].items():
            low[row(code)] = count
        return low, low.copy()
    for key in ("", shift.code):
        for code in ask.pins.get(key, ()):
            low[row(code)] = max(low[row(code)], 1)
        for code in ask.forbidden.get(key, ()):
            high[row(code)] = 0
    return low, high


@dataclass(frozen=True, eq=False)
class Posted:
    """Posts by shift, cars moved since the shift before, the gap over all shifts and their moves."""

    plans: Mapping[str, PostPlan]
    moved: Mapping[str, int]
    gap: float


def posts_of_shifts(
    day: Day, ask: Ask, times: Times, cars: Mapping[str, int], effort: Effort, watch: Watch = UNWATCHED
) -> Posted:
    """The posts of all shifts; a car that changes its post in between costs the standards' price.

    With an effort that proves nothing each shift is solved near the one before it: a quick answer.

    Raises:
        Contradicted: what the planner has set for a shift leaves no plan; it says why and what helps.

    """
    shifts, price = day.shifts, day.standards.move_price
    if not effort.prove:
        return _in_turn(day, ask, times, cars, effort, watch)
    requests = [_asked(day, ask, times, shift, cars[shift.code]) for shift in shifts]
    found = place_shifts(
        requests, Moves(price), replace(effort, time_limit_s=effort.time_limit_s * len(shifts)), watch
    )
    into = dict(zip([shift.code for shift in shifts[1:]] + [shifts[0].code], found.moved, strict=False))
    plans = {shift.code: plan for shift, plan in zip(shifts, found.plans, strict=True)}
    return Posted(plans, {shift.code: into.get(shift.code, 0) for shift in shifts}, found.gap)


def _in_turn(
    day: Day, ask: Ask, times: Times, cars: Mapping[str, int], effort: Effort, watch: Watch
) -> Posted:
    plans: dict[str, PostPlan] = {}
    before: NDArray[np.int64] | None = None
    for shift in day.shifts:
        plan = place(_asked(day, ask, times, shift, cars[shift.code], before), effort, watch)
        plans[shift.code], before = plan, plan.cars
    moved = {code: plan.moved for code, plan in plans.items()}
    return Posted(plans, moved, max(plan.gap for plan in plans.values()))


def _asked(
    day: Day, ask: Ask, times: Times, shift: Shift, cars: int, before: NDArray[np.int64] | None = None
) -> Request:
    try:
        return request_of(day, ask, times, shift, cars, before)
    except ContradictionError as clash:
        raise Contradicted(shift.code, clash, times) from clash


def shown(day: Day, ask: Ask, times: Times, shift: Shift, posted: Posted, cars: int) -> ShiftPosts:
    """A shift's posts as plain data."""
    plan, weight = posted.plans[shift.code], day.demand.of(shift)
    expected = float(weight.sum())
    spread = Z80 * float(np.sqrt(expected + day.demand.alpha * expected**2))
    by_hand = shift.code in ask.posts
    return ShiftPosts(
        code=shift.code,
        start_min=shift.start_min,
        minutes=shift.minutes,
        hour_class=hour_class_of(day, shift).name.lower(),
        expected=expected,
        low=max(0.0, expected - spread),
        high=expected + spread,
        cars=cars,
        placed=int(plan.cars.sum()),
        posts=_stands(day, ask, times, shift, plan),
        share_ring=plan.shares.ring,
        share_ring_twice=plan.shares.ring_twice,
        share_support=plan.shares.support,
        share_support_twice=plan.shares.support_twice,
        mean_s=plan.response.mean_s,
        p90_s=plan.response.p90_s,
        value=plan.value,
        bound=plan.bound,
        gap=plan.gap,
        bound_from="hand" if by_hand else plan.bound_from,
        status=plan.status.value,
        binds=list(plan.binds),
        minimum_cars=plan.minimum.cars,
        minimum_bound=plan.minimum.bound,
        one_more=plan.one_more,
        one_less=plan.one_less,
        moved=posted.moved[shift.code],
        by_hand=by_hand,
        shortfalls=_missing(day, times, plan),
    )


def _stands(day: Day, ask: Ask, times: Times, shift: Shift, plan: PostPlan) -> list[Stand]:
    weight = day.demand.of(shift)
    total = float(weight.sum()) or 1.0
    near = times.table(hour_class_of(day, shift)) <= day.standards.rings.ring_s
    pinned = {*ask.pins.get("", ()), *ask.pins.get(shift.code, ())}
    sites = times.sites
    return [
        Stand(
            sites.codes[row], float(sites.lon[row]), float(sites.lat[row]), sites.beat_codes[row],
            int(plan.cars[row]), float(weight[near[row]].sum()) / total, sites.codes[row] in pinned,
        )
        for row in plan.posts
    ]  # fmt: skip


def _missing(day: Day, times: Times, plan: PostPlan) -> list[Missing]:
    found = []
    for short in plan.shortfalls:
        relief = {} if short.relief is None else relief_of(short.relief, times)
        points = np.asarray(short.points, np.int64)
        if not len(points):
            found.append(Missing(short.kind, short.demand, short.share, 0, relief=relief))
            continue
        for kind, rows in (("off_road", points[times.off[points]]), (short.kind, points[~times.off[points]])):
            if len(rows):
                codes = [str(day.demand.codes[row]) for row in rows[:MAX_LISTED]]
                part = len(rows) / len(points)
                found.append(Missing(kind, short.demand * part, short.share * part, len(rows), codes, relief))
    return found
