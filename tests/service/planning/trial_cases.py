"""Cases of trials: a county with hot spots apart from each other, a past, and weeks in which patrol helps."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from django.conf import settings
from django.utils import timezone
from tests.factories import COUNTY, TOWNSHIPS, GridFactory, make_county, square

from anlan.gateway.history import SCHEMA, HistoryStore
from anlan.service.places.models import Beat, Grid
from anlan.service.planning import domain
from anlan.service.planning.models import Trial
from anlan.service.planning.trials import records
from anlan.service.planning.trials.ask import TrialAsk

if TYPE_CHECKING:
    from datetime import date as Date  # noqa: N812 fields are called date

COUNTY6 = COUNTY[:6]
SPOTS, PAST_WEEKS = 12, 60
A_WEEK = 4.0


def hot_spots() -> list[str]:
    """Make the cast's county with twelve grids that lie two kilometres apart; return their codes."""
    make_county()
    beat = Beat.objects.order_by("code").first()
    codes = [f"{TOWNSHIPS[0]}9{number:03}" for number in range(SPOTS)]
    for number, code in enumerate(codes):
        shape = square(2 * (number % 4) + 10, 2 * (number // 4))
        GridFactory(code=code, beat=beat, area_code=TOWNSHIPS[0], shape=shape)
    return codes


def write(codes: list[str], first: Date, counts: Any, *, prefix: str = "h", kind: str = "theft-shop") -> None:
    """Write `counts` (grids, days) of residents' incidents from a day on, at the middle of each grid."""
    grids = {grid.code: grid for grid in Grid.objects.filter(code__in=codes)}
    table = np.asarray(counts)
    place, day = (part.repeat(table.ravel()) for part in np.indices(table.shape).reshape(2, -1))
    number = len(place)
    begin = datetime(first.year, first.month, first.day, 4, tzinfo=UTC)
    where = [grids[codes[row]] for row in place]
    rows = {
        "key": [f"{prefix}{at}" for at in range(number)],
        "occurred": [begin + timedelta(days=int(at), minutes=number % 600) for at in day],
        "lon": [grid.lon for grid in where], "lat": [grid.lat for grid in where],
        "type": [kind] * number, "category": ["theft"] * number, "priority": [3] * number,
        "source": ["resident"] * number, "area_code": [grid.area_code for grid in where],
        "grid_code": [grid.code for grid in where], "beat_code": [grid.beat_id for grid in where],
        "address": [""] * number, "precision": ["time"] * number,
    }  # fmt: skip
    rows |= {name: [None] * number for name in SCHEMA if name not in rows}
    HistoryStore(settings.HISTORY_DIR).write(COUNTY6, pl.DataFrame(rows, schema=SCHEMA))


def past(codes: list[str], weeks: int = PAST_WEEKS, seed: int = 1) -> None:
    """Write uneven weeks up to yesterday."""
    random = np.random.default_rng(seed)
    level = random.uniform(0.8, 1.2, len(codes)) * A_WEEK / 7
    today = timezone.localdate()
    days = random.poisson(level[:, None], (len(codes), 7 * weeks))
    days[:, -1] = 1  # the history reaches yesterday
    write(codes, today - timedelta(days=7 * weeks), days)


def wanted(**change: Any) -> TrialAsk:
    """Return an ask for a short trial of all hot spots."""
    first = change.pop("first", timezone.localdate())
    given = {"weeks": 12, "places": SPOTS, "looks": (6,), "effect": -0.5} | change
    return TrialAsk("Shops", first, **given)


def fresh(actor: Any = None, **change: Any) -> Trial:
    """Return a trial designed here and now, its power stated by few plays."""
    return domain.design_trial(COUNTY6, wanted(**change), actor, plays=20)


MADE: dict[str, dict[str, Any]] = {}
"""Designs of the county's one past by what was asked: made once, stored anew in each test."""
KEPT = (
    "area_code", "name", "first", "days", "ask", "design", "commitment", "seed", "made_at",
)  # fmt: skip


def designed(**change: Any) -> Trial:
    """Return a trial as `fresh` makes it."""
    key = repr(sorted(change.items()))
    if key not in MADE:
        made = fresh(**change)
        MADE[key] = {name: getattr(made, name) for name in KEPT}
        return made
    return Trial.objects.create(**copy.deepcopy(MADE[key]))


def running(weeks: int = 0, **change: Any) -> Trial:
    """Return a trial that was started `weeks` ago, with the weeks since then not yet in the history."""
    trial = domain.start_trial(designed(**change), timezone.localdate(), "7 11", None)
    first = timezone.localdate() - timedelta(days=7 * weeks)
    trial.first, trial.schedule = first, trial.schedule | {"first": first.isoformat()}
    span = records.past_of(trial)
    trial.design["past"][0] = (span.first - timedelta(days=7 * weeks)).isoformat()
    trial.save(update_fields=["first", "schedule", "design"])
    if weeks:
        forget(first)
    return trial


def forget(first: Date) -> None:
    """Take the incidents from a day on out of the history."""
    store = HistoryStore(settings.HISTORY_DIR)
    frame = store.scan(COUNTY6).collect()
    late = frame.filter(frame["occurred"].dt.date() >= first)["key"].to_list()
    store.write(COUNTY6, frame.head(0), drop=late)


def came(trial: Trial, weeks: int, *, treated: float, control: float, seed: int = 5) -> None:
    """Write the weeks of a trial: so many incidents a week where patrolled and where not."""
    plan = records.schedule_of(trial)
    assert plan is not None
    random = np.random.default_rng(seed)
    flags = plan.table()[:, :weeks].repeat(7, axis=1)
    days = random.poisson(np.where(flags, treated, control) / 7)
    days[:, -1] = 1
    write(list(plan.places), trial.first, days, prefix="t")
