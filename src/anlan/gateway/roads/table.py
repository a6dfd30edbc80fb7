"""Roads from two CSV files: nodes (id, longitude, latitude) and directed links."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from anlan.engine.geo.roads import CLASS_INDEX, road_links
from anlan.engine.geo.roads.links import OTHER
from anlan.gateway.roads.cut import RoadsRead
from anlan.gateway.roads.moves import bends_of, turns_of

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from anlan.engine.geo.roads import Bends, RoadLinks, Turns

NODE_COLUMNS = {"id": ("node_id", "id"), "lon": ("lon", "longitude", "x"), "lat": ("lat", "latitude", "y")}
LINK_COLUMNS = {
    "from": ("from", "from_node", "u"),
    "to": ("to", "to_node", "v"),
    "length": ("length_m", "length"),
    "speed": ("freespeed_mps", "speed_mps", "freespeed"),
}
OPTIONAL = {
    "class": ("highway", "class"),
    "name": ("name",),
    "modes": ("modes",),
    "signals": ("signals",),
    "geometry": ("geometry", "wkt"),
}
TURN_COLUMNS: dict[str, tuple[str, ...]] = {
    "from": ("from", "from_node"),
    "via": ("via", "via_node"),
    "to": ("to", "to_node"),
}
MAX_NAMED = 5


def read_tables(links: Path, nodes: Path, turns: Path | None = None) -> RoadsRead:
    """Read links and nodes; each link is one direction, each turn a row. Columns as in docs/methods/roads.md.

    Raises:
        ValueError: an empty file, a missing column, or bad rows: the first of them are named with the reason.
        OSError: a file cannot be read.

    """
    places = _columns(nodes, NODE_COLUMNS, {})
    rows = _columns(links, LINK_COLUMNS, OPTIONAL)
    ids, lon, lat = places["id"].to_list(), _numbers(places, "lon"), _numbers(places, "lat")
    _refuse(nodes, "node_id is empty", places["id"].is_null().to_numpy())
    _refuse(nodes, "node_id is there twice", places["id"].is_duplicated().to_numpy())
    off = ~((np.abs(lon) <= 180) & (np.abs(lat) <= 90))
    _refuse(nodes, "lon, lat are not degrees of longitude and latitude (swapped, or other units?)", off)
    drives = _drives(rows)
    rows = rows.with_row_index("row", 2).filter(drives)
    number = {node: index for index, node in enumerate(ids)}
    tail, head = (_ends(links, rows, column, number) for column in ("from", "to"))
    length, speed = _numbers(rows, "length"), _numbers(rows, "speed")
    _refuse(links, "length_m must be a number above 0", ~(length > 0), rows)
    _refuse(
        links, "freespeed_mps must be a number above 0 and at most 70", ~((speed > 0) & (speed <= 70)), rows
    )
    names = ("", *sorted(set(rows["name"].drop_nulls()) - {""})) if "name" in rows.columns else ("",)
    table = road_links(
        lon, lat, tail, head, length, speed, road_class=_classes(rows), name=_names(rows, names), names=names,
        signals=_signals(links, rows), bends=_bends(links, rows, (lon, lat), tail, head),
    )  # fmt: skip
    counts = {"links not for cars": int((~drives).sum())}
    if turns is not None:
        moves, counts["turns of roads not driven"] = _turns(turns, table, number)
        table = replace(table, turns=moves)
    return RoadsRead(table, len(rows), {reason: count for reason, count in counts.items() if count})


def _signals(path: Path, rows: pl.DataFrame) -> NDArray[np.uint8] | None:
    if "signals" not in rows.columns:
        return None
    found = np.nan_to_num(_numbers(rows.with_columns(pl.col("signals").replace("", "0")), "signals"), nan=-1)
    wrong = ~((found >= 0) & (found <= 255) & (found == np.rint(found)))
    wrong &= ~rows["signals"].is_null().to_numpy()
    _refuse(path, "signals must be a whole number from 0 to 255", wrong, rows)
    return np.maximum(found, 0).astype(np.uint8)


def _bends(
    path: Path,
    rows: pl.DataFrame,
    places: tuple[NDArray[np.float64], NDArray[np.float64]],
    tail: NDArray[np.int64],
    head: NDArray[np.int64],
) -> Bends | None:
    if "geometry" not in rows.columns:
        return None
    lon, lat = places
    try:
        return bends_of(rows["geometry"].to_list(), (lon[tail], lat[tail]), (lon[head], lat[head]))
    except ValueError as error:
        place, _, what = str(error).partition(": ")
        raise ValueError(f"{path.name} row {rows['row'][int(place)]}: {what}") from None


def _turns(path: Path, links: RoadLinks, number: dict[str, int]) -> tuple[Turns, int]:
    table = _columns(path, TURN_COLUMNS, {"kind": ("kind",)})
    ends = [[number.get(node, -1) for node in table[column].to_list()] for column in ("from", "via", "to")]
    kinds = table["kind"].fill_null("no").to_list() if "kind" in table.columns else ["no"] * len(table)
    try:
        return turns_of(links, list(zip(*ends, kinds, strict=True)))
    except ValueError as error:
        raise ValueError(f"{path.name} {error}") from None


def _columns(
    path: Path, required: dict[str, tuple[str, ...]], optional: dict[str, tuple[str, ...]]
) -> pl.DataFrame:
    if path.stat().st_size == 0:
        raise ValueError(f"{path.name}: the file is empty")
    try:
        table = pl.read_csv(path, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise ValueError(f"{path.name}: not a readable CSV file in UTF-8 ({error})") from None
    found = {name: _first(table.columns, names) for name, names in (required | optional).items()}
    lacking = [names[0] for name, names in required.items() if found[name] is None]
    if lacking:
        raise ValueError(f"{path.name}: no column {', '.join(lacking)}; it has {', '.join(table.columns)}")
    if not len(table):
        raise ValueError(f"{path.name}: no rows")
    return table.select(
        pl.col(column).str.strip_chars().alias(name) for name, column in found.items() if column
    )


def _first(columns: list[str], names: tuple[str, ...]) -> str | None:
    return next((name for name in names if name in columns), None)


def _numbers(table: pl.DataFrame, column: str) -> NDArray[np.float64]:
    return table[column].cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy()


def _drives(rows: pl.DataFrame) -> pl.Series:
    if "modes" not in rows.columns:
        return pl.Series([True] * len(rows))
    return rows["modes"].fill_null("car").str.contains(r"(?i)\bcar\b")


def _ends(path: Path, rows: pl.DataFrame, column: str, number: dict[str, int]) -> NDArray[np.int64]:
    nodes = rows[column].to_list()
    ends = np.fromiter((number.get(node, -1) for node in nodes), np.int64, len(nodes))
    bad = ends < 0
    example = nodes[int(np.argmax(bad))] if bad.any() else ""
    _refuse(path, f"{column} names node {example!r}, which the nodes file does not have", bad, rows)
    return ends


def _classes(rows: pl.DataFrame) -> NDArray[np.uint8]:
    if "class" not in rows.columns:
        return np.full(len(rows), OTHER, np.uint8)
    return np.fromiter((CLASS_INDEX.get(name, OTHER) for name in rows["class"]), np.uint8, len(rows))


def _names(rows: pl.DataFrame, names: tuple[str, ...]) -> NDArray[np.int32]:
    if "name" not in rows.columns:
        return np.zeros(len(rows), np.int32)
    index = {name: place for place, name in enumerate(names)}
    return np.fromiter((index[name or ""] for name in rows["name"]), np.int32, len(rows))


def _refuse(path: Path, what: str, bad: NDArray[np.bool_], rows: pl.DataFrame | None = None) -> None:
    """Raise with the file's row numbers (the header is row 1)."""
    if not bad.any():
        return
    places = np.flatnonzero(bad)
    named = [
        int(rows["row"][int(place)]) if rows is not None else int(place) + 2 for place in places[:MAX_NAMED]
    ]
    more = f" and {len(places) - MAX_NAMED} more" if len(places) > MAX_NAMED else ""
    raise ValueError(f"{path.name} row {', '.join(map(str, named))}{more}: {what}")
