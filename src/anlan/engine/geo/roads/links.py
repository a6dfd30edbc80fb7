"""Road links as a plain table: what every reader of road files translates to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from anlan.engine.geo.roads.bends import Bends
    from anlan.engine.geo.roads.turns import Turns

CLASSES = (
    "motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary",
    "secondary_link", "tertiary", "tertiary_link", "unclassified", "residential", "living_street",
    "service", "track", "pedestrian", "busway", "other",
)  # fmt: skip
CLASS_INDEX = {name: index for index, name in enumerate(CLASSES)}
OTHER = CLASS_INDEX["other"]
MAX_SPEED_MPS = 70.0


@dataclass(frozen=True, eq=False)
class RoadLinks:
    """Directed links between nodes; a two-way road is two links.

    Shapes: `node_lon`, `node_lat` (N,) WGS-84 degrees; `tail`, `head`, `length_m`, `speed_mps` and
    `road_class` (index into `CLASSES`) and `name` (index into `names`, 0 = no name) (E,).

    What a file may lack is None: `signals` (E,), traffic lights met along the link, its end included and its
    beginning not; `roundabout` (E,), whether it is part of one; `bends`, how links run between their ends;
    `turns`, sequences of links that nobody may drive.

    Raises:
        ValueError: names the first row that is wrong, and what is wrong with it.

    """

    node_lon: NDArray[np.float64]
    node_lat: NDArray[np.float64]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    length_m: NDArray[np.float32]
    speed_mps: NDArray[np.float32]
    road_class: NDArray[np.uint8]
    name: NDArray[np.int32]
    names: tuple[str, ...] = field(default=("",))
    signals: NDArray[np.uint8] | None = None
    roundabout: NDArray[np.bool_] | None = None
    bends: Bends | None = None
    turns: Turns | None = None

    def __post_init__(self) -> None:
        check(self)

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return len(self.node_lon)

    @property
    def links(self) -> int:
        """Number of directed links."""
        return len(self.tail)


def road_links(  # noqa: PLR0913  one argument a column
    node_lon: ArrayLike,
    node_lat: ArrayLike,
    tail: ArrayLike,
    head: ArrayLike,
    length_m: ArrayLike,
    speed_mps: ArrayLike,
    *,
    road_class: ArrayLike | None = None,
    name: ArrayLike | None = None,
    names: tuple[str, ...] = ("",),
    signals: ArrayLike | None = None,
    roundabout: ArrayLike | None = None,
    bends: Bends | None = None,
    turns: Turns | None = None,
) -> RoadLinks:
    """Make a table from anything array-like; without classes all are "other", without names nameless."""
    count = len(np.asarray(tail))
    return RoadLinks(
        np.asarray(node_lon, np.float64),
        np.asarray(node_lat, np.float64),
        np.asarray(tail, np.int32),
        np.asarray(head, np.int32),
        np.asarray(length_m, np.float32),
        np.asarray(speed_mps, np.float32),
        np.full(count, OTHER, np.uint8) if road_class is None else np.asarray(road_class, np.uint8),
        np.zeros(count, np.int32) if name is None else np.asarray(name, np.int32),
        names,
        None if signals is None else np.asarray(signals, np.uint8),
        None if roundabout is None else np.asarray(roundabout, np.bool_),
        bends,
        turns,
    )


def check(links: RoadLinks) -> None:
    """Refuse a table that no graph can be made of.

    Raises:
        ValueError: see `RoadLinks`.

    """
    if links.node_lon.shape != links.node_lat.shape:
        raise ValueError("node_lon and node_lat: different lengths")
    columns = ("tail", "head", "length_m", "speed_mps", "road_class", "name")
    if len({getattr(links, column).shape for column in columns}) != 1:
        raise ValueError(f"{', '.join(columns)}: different lengths")
    for column in ("signals", "roundabout", "bends"):
        given = getattr(links, column)
        if given is not None and len(given.of if column == "bends" else given) != links.links:
            raise ValueError(f"{column}: expected one a link, {links.links}")
    _refuse("node", "longitude or latitude outside the globe", ~_on_globe(links.node_lon, links.node_lat))
    for column in ("tail", "head"):
        ends = getattr(links, column)
        _refuse("link", f"{column} names an unknown node", (ends < 0) | (ends >= links.nodes))
    _refuse("link", "length_m must be above 0", ~(links.length_m > 0) | ~np.isfinite(links.length_m))
    wrong = ~(links.speed_mps > 0) | (links.speed_mps > MAX_SPEED_MPS)
    _refuse("link", f"speed_mps must be above 0 and at most {MAX_SPEED_MPS:g}", wrong)
    _refuse("link", "road_class is not in CLASSES", links.road_class >= len(CLASSES))
    _refuse("link", "name is not in names", (links.name < 0) | (links.name >= len(links.names)))
    if links.turns is not None:
        links.turns.check(links.tail, links.head)


def _on_globe(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
    return (np.abs(lon) <= 180) & (np.abs(lat) <= 90)


def _refuse(kind: str, what: str, wrong: NDArray[np.bool_]) -> None:
    if wrong.any():
        rows = np.flatnonzero(wrong)
        raise ValueError(f"{kind} {rows[0]}: {what} ({len(rows)} such {kind}s)")
