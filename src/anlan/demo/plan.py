"""`python -m anlan.demo.plan`: makes today's deployment plan while the site is up already.

The solver proves how good the posts are for up to half a minute, which a visitor need not wait for.
"""

from __future__ import annotations

import os

from anlan.demo.generate import names


def wanted() -> bool:
    """Whether the day has no plan yet."""
    from anlan.demo.load import local_today  # noqa: PLC0415
    from anlan.service.planning.models import DeploymentPlan  # noqa: PLC0415

    return not DeploymentPlan.objects.in_county(names.COUNTY6).filter(date=local_today()).exists()


def main() -> None:
    """Make the plan if there is none, and let the site go first meanwhile."""
    os.nice(10)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.service.settings")
    import django  # noqa: PLC0415

    django.setup()
    from anlan.demo.load import local_today  # noqa: PLC0415
    from anlan.service.planning import domain  # noqa: PLC0415

    if wanted():
        domain.make_plan(names.COUNTY6, local_today(), None)


if __name__ == "__main__":
    main()
