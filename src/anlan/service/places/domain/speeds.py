"""Road speeds: factors set by hand, learnt from recorded trips, or put back; each makes a new graph file."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.engine.geo.roads import CLASSES, HourClass, default_factors, default_waits
from anlan.service.log.domain import append
from anlan.service.log.verbs import Verb
from anlan.service.places.domain.bulk import known_county
from anlan.service.places.models import Calibration, RoadNetwork
from anlan.service.places.network import base_graph, store_network
from anlan.service.places.queries.speeds import speed_origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from anlan.engine.geo.roads import RoadGraph
    from anlan.engine.geo.roads.calibration import Calibration as Learnt
    from anlan.service.staff.models import Account

PERMISSION = "places.set_speeds"
LEAST, MOST, LONGEST_S = 0.1, 20.0, 300.0
CHANGES_TOLD = 12


def set_speeds(
    county6: str,
    factors: NDArray[np.float32],
    waits: NDArray[np.float32],
    actor: Account | None,
    origin: Mapping[str, Any] | None = None,
) -> RoadNetwork:
    """Put factors (hour, road classes) and waits (hour classes) in use; the same again change nothing.

    `origin` says where they come from; by hand without one. Whoever holds the old graph can go on using it.

    Raises:
        PermissionDenied: the actor may not set the county's speeds.
        ValidationError: no roads, or a factor or wait out of range.
        PlaceError: unknown county.
        OSError: the disk is full or not writable.

    """
    _allowed(actor, known_county(county6))
    graph, network = _in_use(county6)
    factors, waits = np.asarray(factors, np.float32), np.asarray(waits, np.float32)
    _check(factors, waits)
    source = dict(origin or {"from": "edited"}) | {"at": timezone.now().isoformat()}
    before = speed_origin(graph)["from"]
    if _same(graph, factors, waits) and (origin is None or before == source["from"]):
        return network
    told = {"from": source["from"], "changed": changes(graph, factors, waits)}
    made = replace(graph.with_factors(factors, waits), facts=graph.facts | {"speeds": source})
    return store_network(county6, made, network.source, actor, speeds=told)


def reset_speeds(county6: str, actor: Account | None) -> RoadNetwork:
    """Put the default factors back in use.

    Raises:
        PermissionDenied, ValidationError, PlaceError, OSError: as `set_speeds`.

    """
    return set_speeds(county6, default_factors(), default_waits(), actor, {"from": "default"})


def keep_calibration(
    county6: str, learnt: Learnt, source: str, left_out: Mapping[str, int], actor: Account | None
) -> Calibration:
    """Keep what trips say of the speeds; nothing is in use before somebody takes it over.

    Raises:
        PermissionDenied: the actor may not set the county's speeds.
        ValidationError: the county has no roads any more.

    """
    county = known_county(county6)
    _allowed(actor, county)
    _graph, network = _in_use(county6)
    body = asdict(learnt) | {"left_out": dict(learnt.left_out) | dict(left_out)}
    body.pop("why")
    used = learnt.before["all"].trips
    with transaction.atomic():
        made = Calibration.objects.create(
            area_code=county.code, source=source[:200], trips=used, roads_at=network.imported_at, body=body,
            made_at=timezone.now(), made_by=actor,
        )  # fmt: skip
        data = {"source": source, "trips": used, "error_s": learnt.after["all"].median_abs_s}
        append(Verb.SPEEDS_CALIBRATED, made, actor=actor, area_code=county.code, data=data)
    return made


def use_calibration(calibration: Calibration, actor: Account | None) -> RoadNetwork:
    """Put what was learnt in use; doing so again changes nothing.

    Raises:
        PermissionDenied, OSError: as `set_speeds`.
        ValidationError: other roads have been imported since.

    """
    _allowed(actor, calibration)
    county6, body = calibration.area_code[:6], calibration.body
    _graph, network = _in_use(county6)
    if network.imported_at != calibration.roads_at:
        raise ValidationError(_("Other roads have been imported since. Calibrate again."))
    origin = {
        "from": "calibrated", "calibration": calibration.pk, "trips": calibration.trips,
        "before_s": body["before"]["all"]["median_abs_s"], "after_s": body["after"]["all"]["median_abs_s"],
    }  # fmt: skip
    network = set_speeds(county6, np.array(body["factors"]), np.array(body["waits"]), actor, origin)
    Calibration.objects.filter(pk=calibration.pk, used_at=None).update(used_at=timezone.now())
    calibration.refresh_from_db()
    return network


def changes(graph: RoadGraph, factors: NDArray[np.float32], waits: NDArray[np.float32]) -> dict[str, Any]:
    """Return how many factors differ from those in use, and the first of them by name: [old, new]."""
    hours, kinds = np.nonzero(~np.isclose(graph.factors, factors, rtol=1e-5))
    found = {
        f"{HourClass(hour).name.lower()} {CLASSES[kind]}": [
            round(float(graph.factors[hour, kind]), 3), round(float(factors[hour, kind]), 3),
        ]
        for hour, kind in zip(hours[:CHANGES_TOLD].tolist(), kinds[:CHANGES_TOLD].tolist(), strict=True)
    }  # fmt: skip
    told: dict[str, Any] = {"factors": len(hours), "first": found}
    if not np.allclose(waits_of(graph), waits):
        told["waits"] = [round(float(seconds), 2) for seconds in waits]
    return told


def waits_of(graph: RoadGraph) -> NDArray[np.float32]:
    """Return the graph's waits at traffic lights."""
    return default_waits() if graph.waits is None else np.asarray(graph.waits)


def _same(graph: RoadGraph, factors: NDArray[np.float32], waits: NDArray[np.float32]) -> bool:
    return np.allclose(graph.factors, factors, rtol=1e-5) and np.allclose(waits_of(graph), waits)


def _in_use(county6: str) -> tuple[RoadGraph, RoadNetwork]:
    graph = base_graph(county6)
    network = RoadNetwork.objects.in_county(county6).first()
    if graph is None or network is None:
        raise ValidationError(_("The county has no roads. Import them first."))
    return graph, network


def _allowed(actor: Account | None, record: Any) -> None:
    if actor is not None and not actor.has_perm(PERMISSION, record):
        raise PermissionDenied(PERMISSION)


def _check(factors: NDArray[np.float32], waits: NDArray[np.float32]) -> None:
    if factors.shape != (len(HourClass), len(CLASSES)) or waits.shape != (len(HourClass),):
        raise ValidationError(_("One factor for each road class and time of day, please."))
    if not ((factors >= LEAST - 1e-6) & (factors <= MOST)).all():
        raise ValidationError(
            _("A factor is from %(least)s to %(most)s.") % {"least": LEAST, "most": round(MOST)}
        )
    if not ((waits >= 0) & (waits <= LONGEST_S)).all():
        raise ValidationError(_("A wait is from 0 to %(most)s seconds.") % {"most": round(LONGEST_S)})
