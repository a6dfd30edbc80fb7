"""`python -m anlan.demo.live`: runs the simulated day beside the server until that ends."""

from __future__ import annotations

import argparse
import logging
import os
import time

import numpy as np

TICK_S = 1.0
AT_FIRST = 12  # incidents open when the day begins, those on the desk among them
logger = logging.getLogger("anlan.demo.live")


def main() -> None:
    """Simulate until the process that started this one is gone."""
    parser = argparse.ArgumentParser(description="The demo county's simulated live day")
    parser.add_argument("--speed", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    os.nice(5)  # the site starts first
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.service.settings")
    import django  # noqa: PLC0415

    django.setup()
    run(options.seed, options.speed)


def run(seed: int, speed: float) -> None:
    """Tick until orphaned."""
    from django.utils import timezone  # noqa: PLC0415

    from anlan.demo.generate import SMALL, county, names  # noqa: PLC0415
    from anlan.demo.live.calls import Calls  # noqa: PLC0415
    from anlan.demo.live.day import Day  # noqa: PLC0415
    from anlan.demo.live.route import Router  # noqa: PLC0415
    from anlan.demo.load import loaded  # noqa: PLC0415
    from anlan.gateway.files import taxonomy  # noqa: PLC0415
    from anlan.service import live_day  # noqa: PLC0415
    from anlan.service.incidents.models import Incident  # noqa: PLC0415
    from anlan.service.places.network import road_graph  # noqa: PLC0415

    there = loaded()
    demo = county(seed, SMALL) if there is not None and there.grids == SMALL.grids else county(seed)
    rng = np.random.default_rng()
    day = Day(Calls(demo, taxonomy.load(), rng), Router(road_graph(names.COUNTY6)), speed, rng)
    day.stand_by()
    there_are = Incident.objects.in_county(names.COUNTY6).exclude(status=Incident.Status.CLOSED).count()
    day.open_with(max(AT_FIRST - there_are, 0))
    live_day.set_speed(speed)
    parent, last = os.getppid(), timezone.now()
    while os.getppid() == parent:
        now = timezone.now()
        try:
            day.go(live_day.speed(), now)
            if day.speed:
                day.tick(now, (now - last).total_seconds())
        except Exception:
            logger.exception("a tick failed; going on")
        last = now
        time.sleep(TICK_S)
    live_day.end()


if __name__ == "__main__":
    main()
