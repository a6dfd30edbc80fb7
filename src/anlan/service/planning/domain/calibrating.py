"""Learning road speeds from trips: the county's own record, or a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from anlan.engine.geo.roads.calibration import calibrate
from anlan.engine.planning.watch import UNWATCHED
from anlan.service.patrol.domain.common import check
from anlan.service.patrol.evidence import NoData
from anlan.service.places.domain.speeds import PERMISSION, keep_calibration
from anlan.service.places.network import base_graph
from anlan.service.places.queries import county_area
from anlan.service.planning.domain.jobs import JobWatch, does
from anlan.service.planning.models import PlanningJob
from anlan.service.planning.trips import recorded_trips

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anlan.engine.geo.roads.calibration import Trips
    from anlan.engine.planning.watch import Watch
    from anlan.service.places.models import Calibration
    from anlan.service.staff.models import Account

LEAST = 10


def learn_speeds(
    county6: str,
    actor: Account | None,
    trips: Trips | None = None,
    *,
    source: str = "",
    left_out: Mapping[str, int] | None = None,
    watch: Watch = UNWATCHED,
) -> Calibration:
    """Learn from trips, those recorded here without any given, and keep what they say.

    Raises:
        PermissionDenied: the actor may not set the county's speeds.
        NoData: no roads, or too few trips that can be learnt from; the message says why.

    """
    check(actor, PERMISSION, county_area(county6))
    graph = base_graph(county6)
    if graph is None:
        raise NoData(_("The county has no roads. Import them first."))
    watch.told("trips", 0.0)
    if trips is None:
        recorded = recorded_trips(county6)
        trips, left_out = recorded.trips, recorded.left_out
    if len(trips) < LEAST:
        told = _("%(count)s recorded trips can be used; at least %(least)s are needed.")
        raise NoData(told % {"count": len(trips), "least": LEAST})
    try:
        learnt = calibrate(graph, trips, watch=watch)
    except ValueError as problem:
        raise NoData(_("Not enough to learn from: %(why)s") % {"why": problem}) from problem
    if "all" not in learnt.after:
        raise NoData(_("Stopped before anything could be judged on trips held out."))
    return keep_calibration(county6, learnt, source, left_out or {}, actor)


@does(PlanningJob.Kind.CALIBRATE)
def calibration(job: PlanningJob, watch: JobWatch) -> str:
    """Learn from the county's own record."""
    made = learn_speeds(job.area_code[:6], job.asked_by, watch=watch)
    return reverse("places:calibration", kwargs={"calibration_id": made.pk})
