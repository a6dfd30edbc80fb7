"""Cases of staffing: work of some beats, a way to travel, a shift of units."""

from __future__ import annotations

import numpy as np

from anlan.engine.planning.staffing import (
    Dispersion,
    ShiftUnits,
    Travel,
    Work,
)

CURVE = Travel.square_root_law(25.0, 40.0)


def some_work(seed: int = 0, beats: int = 4, calls: float = 8.0, away: float = 0.2) -> Work:
    """Two priorities over three shifts."""
    random = np.random.default_rng(seed)
    number = random.gamma(2, calls / 2, (beats, 3))
    names = [f"B{row}" for row in range(beats)]
    return Work(
        names, np.stack((0.2 * number, 0.8 * number)), (2700.0, 2100.0), away=away, spread=Dispersion(2.0)
    )


def shift_units(seed: int = 0, units: int = 6, load: float = 0.35, dispersion: float = 2.0) -> ShiftUnits:
    """Units and points over three beats of a square of 6 km."""
    random = np.random.default_rng(seed)
    posts, points = random.random((units, 2)), random.random((40, 2))
    times = np.abs(posts[:, None] - points).sum(axis=2) * 540
    beats = [f"B{int(3 * x)}" for x, _ in points]
    own = [f"B{int(3 * x)}" for x, _ in posts]
    return ShiftUnits(
        np.full(40, load * units * 3600 / 1500 / 40),
        beats,
        times,
        own,
        on_scene_s=1500.0,
        dispersion=dispersion,
    )
