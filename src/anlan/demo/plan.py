"""`python -m anlan.demo.plan`: plans the day, has it signed and published, while the site is up already.

Posts, routes and rehearsal of the full county take a minute or two, which a visitor need not wait for;
stating a trial's power takes some seconds as well. The trial begins today: none was patrolled by before.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from anlan.demo.generate import names

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from anlan.service.planning.models import DeploymentPlan

PLAYS = 200
SIGNERS = ("sim-leader", "sim-commander")
PUBLISHER = "sim-commander"


def plans_today() -> QuerySet[DeploymentPlan]:
    """The day's plans, the newest version first."""
    from anlan.demo.load import local_today  # noqa: PLC0415
    from anlan.service.planning.models import DeploymentPlan  # noqa: PLC0415

    rows = DeploymentPlan.objects.in_county(names.COUNTY6).filter(date=local_today())
    return rows.order_by("-version")


def wanted() -> bool:
    """Whether the day has no published plan; one that a visitor made is the visitor's to publish."""
    ready = plans_today().exclude(made_by=None, published_at=None)
    return not ready.exists()


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


def publish(plan: DeploymentPlan) -> None:
    """Let the simulated leader and commander sign as far as the level asks, and the commander publish."""
    from anlan.service.planning import domain  # noqa: PLC0415
    from anlan.service.staff.models import Account  # noqa: PLC0415

    people = {name: Account.objects.get(username=name) for name in (*SIGNERS, PUBLISHER)}
    for name in SIGNERS:
        if plan.approved_at is None:
            domain.sign_plan(plan, people[name])
    domain.publish_plan(plan, people[PUBLISHER])


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
        publish(plans_today().first() or domain.make_plan(names.COUNTY6, local_today(), None))


if __name__ == "__main__":
    main()
