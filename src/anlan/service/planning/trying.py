"""What an edit of a plan would change, in a second or two: nothing is kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from anlan.engine.planning.deployment import QUICK, Ask, Bench, Contradicted, NobodyOut, Out, assemble
from anlan.engine.planning.deployment.rehearsals import compared
from anlan.service.patrol.domain.common import plain
from anlan.service.patrol.evidence import NoData
from anlan.service.places.network import roads_state
from anlan.service.places.queries import version
from anlan.service.planning import inputs
from anlan.service.planning.dispatch_rule import rule_of
from anlan.service.planning.models import CountyStandards
from anlan.service.planning.words import contradiction, nobody_out

if TYPE_CHECKING:
    from anlan.service.planning.models import DeploymentPlan

KEPT = 4
RUNS = 40
_benches: OrderedDict[tuple[Any, ...], Bench] = OrderedDict()
_lock = threading.Lock()


def tried(plan: DeploymentPlan, ask: Ask) -> dict[str, Any]:
    """Return what the plan would be with `ask` in place of its own, and what that changes.

    Shifts for which nothing else is asked keep their posts; the others are solved anew in about a second.
    The change is rehearsed: both on the same calls. Routes and the need by queueing are left out.

    Raises:
        NoData: what is asked for leaves no plan; the message says why and what helps.

    """
    bench = _bench(plan, ask)
    try:
        found = assemble(bench.day, kept(plan, ask), QUICK, bench=bench)
    except Contradicted as clash:
        raise NoData(contradiction(plan.area_code[:6], clash.plain)) from clash
    except NobodyOut as nobody:
        raise NoData(nobody_out()) from nobody
    except ValueError as error:
        raise NoData(str(error)) from error
    before = [Out(**row) for row in plan.body["out"]]
    change, beats = compared(bench.day, before, found.out, scene=bench.stage, runs=RUNS)
    body = plain(found)
    kept_parts = {key: body[key] for key in ("level", "shifts", "out", "problems", "gap")}
    return kept_parts | {"change": plain(change), "beats": beats}


def kept(plan: DeploymentPlan, ask: Ask) -> Ask:
    """Return the ask with the posts and cars of the plan in every shift for which nothing else is asked."""
    before = plan.ask
    posts, cars = dict(ask.posts), dict(ask.cars)
    for shift in plan.body["shifts"]:
        code = shift["code"]
        cars.setdefault(code, shift["cars"])
        same = all(
            list(getattr(ask, name).get(key, ())) == list(before.get(name, {}).get(key, ()))
            for name in ("pins", "forbidden")
            for key in ("", code)
        )
        if same and code not in posts and cars[code] == shift["cars"]:
            posts[code] = {post["code"]: post["cars"] for post in shift["posts"]}
    return replace(ask, posts=posts, cars=cars)


def _bench(plan: DeploymentPlan, ask: Ask) -> Bench:
    """Return the plan's day at hand, read anew when its briefing, places, roads or standards have changed."""
    if plan.briefing is None:
        raise NoData(_("The briefing that the plan was made from is gone. Make the plan again."))
    county6 = plan.area_code[:6]
    roads = roads_state(county6, *inputs.day_span(county6, plan.date))
    changed = CountyStandards.objects.filter(area_code=plan.area_code).values_list("changed_at", flat=True)
    places, rule = version(county6), rule_of(county6)
    key = (plan.area_code, plan.date, plan.briefing_id, roads, places, changed.first(), rule)
    with _lock:
        held = _benches.get(key)
        if held is None or not held.knows(ask):
            day = inputs.gather(county6, plan.briefing, plan.date)
            posts = {row["code"]: row["cars"] for shift in plan.body["shifts"] for row in shift["posts"]}
            held = Bench.of(day, replace(ask, posts=dict(ask.posts) | {"": posts}))
            _benches[key] = held
        _benches.move_to_end(key)
        while len(_benches) > KEPT:
            _benches.popitem(last=False)
    return held
