"""A plan as its page shows it: figures with names in place of codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from anlan.service.patrol.presentation.names import Names
from anlan.service.planning.words import Labels

if TYPE_CHECKING:
    from anlan.service.planning.models import DeploymentPlan


def page(plan: DeploymentPlan) -> dict[str, Any]:
    """Return the parts of the page."""
    body, county6 = plan.body, plan.area_code[:6]
    names, labels = Names(county6), Labels(county6)
    return {
        "body": body,
        "shifts": [shift | {"stands": stands(shift, labels)} for shift in body["shifts"]],
        "force": [row | {"beat": names.beat(row["beat_code"])} for row in body["force"]],
        "colours": {row["beat_code"]: row["colour"] for row in body["force"]},
        "posts": [[post["lon"], post["lat"]] for post in body["shifts"][0]["posts"]],
    }


def stands(shift: dict[str, Any], labels: Labels) -> list[dict[str, Any]]:
    """Return a shift's posts with their names."""
    return [post | {"name": labels.place(post["code"])} for post in shift["posts"]]
