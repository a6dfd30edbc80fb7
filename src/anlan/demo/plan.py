"""`python -m anlan.demo.plan`: starts a trial and makes today's deployment plan while the site is up already.

The solver proves how good the posts are for up to half a minute, which a visitor need not wait for; stating
a trial's power takes some seconds as well. The trial begins today: nothing was patrolled by it before.
"""

from __future__ import annotations

import os

from anlan.demo.generate import names

PLAYS = 200


def wanted() -> bool:
    """Whether the day has no plan yet."""
    from anlan.demo.load import local_today  # noqa: PLC0415
    from anlan.service.planning.models import DeploymentPlan  # noqa: PLC0415

    return not DeploymentPlan.objects.in_county(names.COUNTY6).filter(date=local_today()).exists()


def start_trial() -> None:
    """Start a trial on the county's busiest grids, unless there is one; the day's routes follow it."""
    from anlan.demo.load import local_today  # noqa: PLC0415
    from anlan.service.planning import domain  # noqa: PLC0415
    from anlan.service.planning.models import Trial  # noqa: PLC0415
    from anlan.service.planning.trials.ask import TrialAsk  # noqa: PLC0415

    if Trial.objects.in_county(names.COUNTY6).exists():
        return
    ask = TrialAsk("热点停留巡逻试验 · Stops at hot spots", local_today(), least=0.2)
    made = domain.design_trial(names.COUNTY6, ask, None, plays=PLAYS)
    domain.start_trial(made, local_today(), "", None)


def main() -> None:
    """Make what there is not yet, and let the site go first meanwhile."""
    os.nice(10)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.service.settings")
    import django  # noqa: PLC0415

    django.setup()
    from anlan.demo.load import local_today  # noqa: PLC0415
    from anlan.service.planning import domain  # noqa: PLC0415

    start_trial()
    if wanted():
        domain.make_plan(names.COUNTY6, local_today(), None)


if __name__ == "__main__":
    main()
