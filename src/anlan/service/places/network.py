"""The road graph in use: one memory-mapped file per county, named by its row, replaced as a whole."""

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
from anlan.service.places.models import RoadNetwork

if TYPE_CHECKING:
    from anlan.service.staff.models import Account

logger = logging.getLogger(__name__)
LEFT_BEHIND_S = 3600


def store_network(county6: str, graph: RoadGraph, source: str, actor: Account | None) -> RoadNetwork:
    """Put a graph in use for a county: file, row and log entry together, or none of them.

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
        return _record(county6, graph, source, actor, path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _record(county6: str, graph: RoadGraph, source: str, actor: Account | None, path: Path) -> RoadNetwork:
    area_code = codes.normalise(county6)
    facts = {"nodes": graph.nodes, "edges": graph.edges, "length_km": round(graph.length_km, 3)}
    with transaction.atomic():
        old = RoadNetwork.objects.select_for_update().filter(area_code=area_code).first()
        network, _created = RoadNetwork.objects.update_or_create(
            area_code=area_code,
            defaults={"file": path.name, "source": source[:200], "imported_at": timezone.now(), **facts},
        )
        log.append(
            Verb.ROADS_IMPORTED, network, actor=actor, area_code=area_code, data={"source": source, **facts}
        )
        transaction.on_commit(lambda: _tidy(path, county6, "" if old is None else old.file), robust=True)
    return network


def _tidy(path: Path, county6: str, old: str) -> None:
    """Remove the file just replaced, and what imports that were killed left behind an hour ago or earlier."""
    for stale in {*path.parent.glob(f"{county6}-*.roads"), *path.parent.glob(f".{county6}-*.part")} - {path}:
        if stale.name == old or time.time() - stale.stat().st_mtime > LEFT_BEHIND_S:
            stale.unlink(missing_ok=True)


def road_graph(county6: str) -> RoadGraph | None:
    """The county's road graph, None where no roads were imported or their file is gone.

    The mapping is kept between calls as long as the same file is in use.
    """
    name = (
        RoadNetwork.objects.filter(area_code=codes.normalise(county6)).values_list("file", flat=True).first()
    )
    if name is None:
        return None
    path = Path(settings.ROADS_DIR) / name
    try:
        return _loaded(str(path), path.stat().st_mtime_ns)
    except FileNotFoundError:
        return None


@lru_cache(maxsize=16)
def _loaded(path: str, _mtime_ns: int) -> RoadGraph:
    return RoadGraph.load(Path(path))


def warm() -> None:
    """Load every county's graph and the compiled search, so that the first dispatch need not wait."""
    for code in RoadNetwork.objects.values_list("area_code", flat=True):
        graph = road_graph(codes.county(code))
        if graph is not None:
            graph.warm()


def warm_in_background() -> threading.Thread:
    """Do so in a thread of its own; trouble is logged, the site starts all the same."""

    def run() -> None:
        try:
            warm()
        except (DatabaseError, OSError, ValueError) as error:
            logger.warning("road graphs are not ready: %s", error)
        finally:
            connection.close()

    thread = threading.Thread(target=run, name="warm-roads", daemon=True)
    thread.start()
    return thread
