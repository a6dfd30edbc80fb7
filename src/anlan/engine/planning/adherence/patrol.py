"""Visible patrol: the share of duty outside stations and posts, moving or at a place of the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from anlan.engine.planning.adherence.model import Patrol
from anlan.engine.planning.adherence.track import Track

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from anlan.engine.planning.adherence.model import Duty, Floats, Places, Rules

FAR = 1e12


def patrol(duty: Duty, track: Track, wanted: Sequence[str], places: Places, rules: Rules) -> Patrol:
    """Measure one duty in ticks; `wanted`: places planned for the unit in it."""
    ticks = np.arange(duty.begin_s + rules.tick_s / 2, duty.end_s, rules.tick_s)
    worth = (duty.end_s - duty.begin_s) / max(len(ticks), 1)
    at, speed = _motion(ticks, track.within(duty.begin_s, duty.end_s).pieces, rules.over_s)
    known = np.isfinite(speed)
    where = shapely.points(at[known])
    inside = _near(where, shapely.MultiPoint(places.stations), rules.station_m)
    at_place = _at_places(where, wanted, places, rules) & ~inside
    moving = (speed[known] >= rules.moving_mps) & ~inside
    return Patrol(
        duty.unit, duty.beat, duty.shift, duty.begin_s, duty.end_s - duty.begin_s, float(known.sum() * worth),
        *(float(part.sum() * worth) for part in (moving | at_place, moving, at_place, inside)),
    )  # fmt: skip


def _near(where: NDArray[np.object_], what: shapely.Geometry, metres: float) -> NDArray[np.bool_]:
    return np.asarray(shapely.dwithin(where, what, metres), bool)


def _at_places(
    where: NDArray[np.object_], wanted: Sequence[str], places: Places, rules: Rules
) -> NDArray[np.bool_]:
    spots = [places.points[code] for code in wanted if code in places.points]
    lines = [shapely.LineString(places.lines[code]) for code in wanted if code in places.lines]
    found = _near(where, shapely.MultiPoint(spots), rules.radius_m)
    return found | _near(where, shapely.MultiLineString(lines), rules.line_m)


def _motion(ticks: Floats, pieces: Floats, over_s: float) -> tuple[Floats, Floats]:
    """Return place (t, 2) and speed (t,) at each tick, NaN where nothing is known.

    Speed is the distance between the places half of `over_s` before and after, as far as the way is known
    without a gap.
    """
    at, speed = np.full((len(ticks), 2), np.nan), np.full(len(ticks), np.nan)
    for run in _runs(pieces[pieces[:, 3] > pieces[:, 0]]):
        times, ways = np.append(run[:, 0], run[-1, 3]), np.vstack((run[:, 1:3], run[-1:, 4:6]))
        mine = (ticks >= times[0]) & (ticks <= times[-1])
        begin, end = (np.clip(ticks[mine] + side * over_s / 2, times[0], times[-1]) for side in (-1, 1))
        here, one, two = (_placed(moment, times, ways) for moment in (ticks[mine], begin, end))
        at[mine], speed[mine] = here, np.hypot(*(two - one).T) / (end - begin)
    return at, speed


def _placed(moments: Floats, times: Floats, ways: Floats) -> Floats:
    return np.column_stack([np.interp(moments, times, ways[:, axis]) for axis in (0, 1)])


def _runs(pieces: Floats) -> list[Floats]:
    """Split pieces where one does not begin as the one before ends."""
    breaks = np.flatnonzero(pieces[1:, 0] > pieces[:-1, 3]) + 1
    return [run for run in np.split(pieces, breaks) if len(run)]
