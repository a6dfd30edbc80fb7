"""The road graph in use: one memory-mapped file per county, named by its row, replaced as a whole.

Closures in force lie over it: who asks for the graph gets it with the roads that are closed or slowed.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from anlan.engine.geo import codes
from anlan.engine.geo.roads import RoadGraph
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.places.closing import closed_edges
from anlan.service.places.models import RoadClosure, RoadNetwork
from anlan.service.places.queries.closures import closures_at, closures_within

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from typing import Any

    from django.db.models import QuerySet

    from anlan.service.staff.models import Account

logger = logging.getLogger(__name__)
LEFT_BEHIND_S = 3600


def store_network(
    county6: str,
    graph: RoadGraph,
    source: str,
    actor: Account | None,
    *,
    speeds: Mapping[str, Any] | None = None,
) -> RoadNetwork:
    """Put a graph in use for a county: file, row and log entry together, or none of them.

    `speeds` says what was changed where only the speeds are new: source and day of the import then stay.

    The file gets a new name, so that a failure at any moment leaves the network in use as it was; the old
    file is removed once the change is committed.

    Raises:
        OSError: the disk is full or not writable.

    """
    folder = Path(settings.ROADS_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{county6}-{secrets.token_hex(6)}.roads"
    graph.save(path)
    try:
        return _record(county6, graph, source, actor, path, speeds)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _record(
    county6: str,
    graph: RoadGraph,
    source: str,
    actor: Account | None,
    path: Path,
    speeds: Mapping[str, Any] | None,
) -> RoadNetwork:
    area_code = codes.normalise(county6)
    facts = {"nodes": graph.nodes, "edges": graph.edges, "length_km": round(graph.length_km, 3)}
    imported = {"source": source[:200], "imported_at": timezone.now()}
    with transaction.atomic():
        old = RoadNetwork.objects.select_for_update().filter(area_code=area_code).first()
        network, _created = RoadNetwork.objects.update_or_create(
            area_code=area_code,
            defaults={"file": path.name, **facts} | (imported if speeds is None else {}),
            create_defaults={"file": path.name, **facts, **imported},
        )
        verb = Verb.ROADS_IMPORTED if speeds is None else Verb.SPEEDS_CHANGED
        data = {"source": source, **facts} if speeds is None else speeds
        log.append(verb, network, actor=actor, area_code=area_code, data=data)
        transaction.on_commit(lambda: _tidy(path, county6, "" if old is None else old.file), robust=True)
    return network


def _tidy(path: Path, county6: str, old: str) -> None:
    """Remove the file just replaced, and what imports that were killed left behind an hour ago or earlier."""
    for stale in {*path.parent.glob(f"{county6}-*.roads"), *path.parent.glob(f".{county6}-*.part")} - {path}:
        if stale.name == old or time.time() - stale.stat().st_mtime > LEFT_BEHIND_S:
            stale.unlink(missing_ok=True)


def base_graph(county6: str) -> RoadGraph | None:
    """The county's roads as imported, whatever is closed; None where there are none or their file is gone.

    The mapping is kept between calls as long as the same file is in use.
    """
    key = file_in_use(county6)
    return None if key is None else _loaded(*key)


def road_graph(county6: str, at: datetime | None = None) -> RoadGraph | None:
    """The county's roads with the closures in force at a moment (now without one); None as `base_graph`.

    One query tells whether anything is closed; the graph with these closures is kept as long as they stay.
    """
    return _with(county6, closures_at(county6, at))


def road_graph_within(county6: str, start: datetime, end: datetime) -> RoadGraph | None:
    """The county's roads with every closure that holds during some part of [start, end)."""
    return _with(county6, closures_within(county6, start, end))


def roads_state(county6: str, start: datetime, end: datetime) -> tuple[Any, ...]:
    """What changes whenever `road_graph_within` would be another."""
    state = closures_within(county6, start, end).values_list("pk", "slowdown")
    return (file_in_use(county6), tuple(state))


def _with(county6: str, closures: QuerySet[RoadClosure]) -> RoadGraph | None:
    key = file_in_use(county6)
    if key is None:
        return None
    state = tuple(closures.values_list("pk", "slowdown"))
    return _closed(*key, state) if state else _loaded(*key)


def file_in_use(county6: str) -> tuple[str, int] | None:
    """Path of the county's file and when it was written."""
    rows = RoadNetwork.objects.filter(area_code=codes.normalise(county6))
    name = rows.values_list("file", flat=True).first()
    if name is None:
        return None
    path = Path(settings.ROADS_DIR) / name
    try:
        return str(path), path.stat().st_mtime_ns
    except FileNotFoundError:
        return None


@lru_cache(maxsize=16)
def _loaded(path: str, _mtime_ns: int) -> RoadGraph:
    return RoadGraph.load(Path(path))


@lru_cache(maxsize=16)
def _closed(path: str, mtime_ns: int, state: tuple[tuple[int, float | None], ...]) -> RoadGraph:
    """The graph under closures; a closure's shape never changes, so its key and slowdown stand for it."""
    graph = _loaded(path, mtime_ns)
    rows = RoadClosure.objects.in_bulk([pk for pk, _slowdown in state])
    found = []
    for pk, slowdown in state:
        try:
            found.append(closed_edges(graph, rows[pk].shape, slowdown))
        except ValueError as problem:  # roads were imported anew since
            logger.warning("closure %s is on no road: %s", pk, problem)
    return graph.with_closures(found)


def warm() -> None:
    """Load every county's graph and the compiled search, so that the first dispatch need not wait."""
    for code in RoadNetwork.objects.values_list("area_code", flat=True):
        county6 = codes.county(code)
        for graph in (base_graph(county6), road_graph(county6)):
            if graph is not None:
                graph.warm()


def warm_in_background(*more: Callable[[], None]) -> threading.Thread:
    """Do so, and `more`, in a thread of its own; trouble is logged, the site starts all the same."""

    def run() -> None:
        try:
            for work in (warm, *more):
                work()
        except (DatabaseError, OSError, ValueError) as error:
            logger.warning("road graphs are not ready: %s", error)
        finally:
            connection.close()

    thread = threading.Thread(target=run, name="warm-roads", daemon=True)
    thread.start()
    return thread
