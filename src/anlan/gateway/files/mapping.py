"""The mapping file: which column means what, in which zone, coordinates and words (see docs/formats.md)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from anlan.engine.geo.crs import Crs
from anlan.gateway.files import taxonomy
from anlan.gateway.files.errors import ImportRefusedError
from anlan.gateway.files.taxonomy import TypeEntry

TIMES = ("occurred_to", "received", "dispatched", "on_scene", "closed")
SECTIONS = {
    "file": {"delimiter", "sheet", "encoding"},
    "columns": {"key", "occurred", "lon", "lat", "address", *TIMES},
    "key": {"merge", "prefix"},
    "time": {"formats", "zone", "precision", "day"},
    "location": {"crs", "missing"},
    "types": {"columns", "constant", "unmapped", "map"},
    "source": {"column", "map"},
}
TOP = {"name", "title", "extends", *SECTIONS}


@dataclass(frozen=True)
class Mapping:
    """How one kind of file becomes incidents. Columns of a list are joined by a space (times) or a bar."""

    name: str
    occurred: tuple[str, ...]
    formats: tuple[str, ...] = ()
    zone: str = ""
    precision: Literal["time", "day"] = "time"
    times: dict[str, tuple[str, ...]] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    key_prefix: str = ""
    merge: bool = False
    day: str = ""
    lon: str = ""
    lat: str = ""
    crs: str = ""
    missing: tuple[tuple[float, float], ...] = ((0.0, 0.0),)
    address: str = ""
    type_columns: tuple[str, ...] = ()
    type_constant: str = ""
    types: dict[str, str] = field(default_factory=dict)
    unmapped: Literal["quarantine", "other"] = "quarantine"
    source_column: str = ""
    sources: dict[str, str] = field(default_factory=dict)
    delimiter: str = ""
    sheet: str = ""
    encoding: str = ""

    def __post_init__(self) -> None:
        """Refuse a mapping that would have to guess.

        Raises:
            ImportRefusedError: naming the key of the mapping and what it should be.

        """
        if bool(self.occurred) == bool(self.day):
            raise self.wrong("give columns.occurred, or time.day for a file of one day")
        if not self.type_columns and not self.type_constant:
            raise self.wrong("types.columns or types.constant is missing")
        if bool(self.lon) != bool(self.lat):
            raise self.wrong("columns.lon and columns.lat belong together")
        self._check_zone()
        self._check_orders()
        self._check_words()

    def wrong(self, what: str) -> ImportRefusedError:
        """Return the error that names this mapping."""
        return ImportRefusedError(f"mapping {self.name}: {what}")

    def _check_zone(self) -> None:
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise self.wrong(f"time.zone {self.zone!r}: expected a name such as Asia/Shanghai") from None
        if self.day and (self.precision != "day" or not _is_day(self.day)):
            raise self.wrong(f"time.day {self.day!r}: expected YYYY-MM-DD, with time.precision day")
        if self.precision not in ("time", "day"):
            raise self.wrong(f"time.precision {self.precision!r}: expected time or day")

    def _check_orders(self) -> None:
        orders = {order for text in self.formats if (order := day_month_order(text))}
        if len(orders) > 1:
            raise self.wrong(
                "time.formats has day before month and month before day: 03/04 would be read by chance. "
                "Split the file, or keep one order"
            )

    def _check_words(self) -> None:
        if self.unmapped not in ("quarantine", "other"):
            raise self.wrong(f"types.unmapped {self.unmapped!r}: expected quarantine or other")
        for text, source in self.sources.items():
            if source not in taxonomy.SOURCES:
                raise self.wrong(f"source.map {text!r} = {source!r}: expected resident or officer")

    def located(self) -> Crs | None:
        """Return the coordinate system, None where the file has no coordinates.

        Raises:
            ImportRefusedError: there are coordinates, but nobody said of which system.

        """
        if not self.lon:
            return None
        if not self.crs:
            raise self.wrong(
                "location.crs is not given: say WGS84, CGCS2000, GCJ02 or EPSG:<number> "
                "(a wrong guess moves every incident by up to 700 m)"
            )
        try:
            return Crs.parse(self.crs)
        except ValueError as error:
            raise self.wrong(f"location.crs: {error}") from None

    def columns(self) -> list[str]:
        """Return every column that the file must have."""
        times = [name for columns in self.times.values() for name in columns]
        named = [*self.occurred, *times, *self.key, *self.type_columns]
        named += [self.lon, self.lat, self.address, self.source_column]
        return list(dict.fromkeys(name for name in named if name))

    def check_types(self, known: dict[str, TypeEntry]) -> None:
        """Raise ImportRefusedError for a code that the county's taxonomy does not have."""
        for text, code in {**self.types, "types.constant": self.type_constant or "other"}.items():
            if code not in known:
                raise self.wrong(f"types.map {text!r} = {code!r}: the taxonomy has no such type")

    def type_of(self, texts: tuple[str, ...]) -> str:
        """Return the taxonomy code of one combination of type texts, "" where nothing matches.

        Tried in turn: the whole combination, patterns with ``*`` in the file's order, the first text alone.
        """
        if self.type_constant:
            return self.type_constant
        whole = "|".join(texts)
        if whole in self.types:
            return self.types[whole]
        for pattern, code in self.types.items():
            if "*" in pattern and fnmatchcase(whole, pattern):
                return code
        fallback = "other" if self.unmapped == "other" else ""
        return self.types.get(texts[0], fallback)


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def day_month_order(text: str) -> str:
    """Return "dm" or "md" where a date format begins with day or month in digits, else ""."""
    day, month = text.find("%d"), text.find("%m")
    if min(day, month) < 0 or text.startswith("%Y"):
        return ""
    return "dm" if day < month else "md"


def presets() -> dict[str, str]:
    """Return the names of the presets that come along, with their titles."""
    folder = files("anlan.gateway.files") / "presets"
    found = {}
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".toml"):
            found[entry.name[:-5]] = tomllib.loads(entry.read_text(encoding="utf-8")).get("title", "")
    return found


def preset(name: str, **changes: str) -> Mapping:
    """Return a preset; `changes` such as ``crs="GCJ02"`` override its settings.

    Raises:
        ImportRefusedError: there is no such preset.

    """
    return build(_preset_table(name), name, **changes)


def load(path: Path, **changes: str) -> Mapping:
    """Return the mapping in a TOML file.

    Raises:
        ImportRefusedError: not readable as TOML, or a setting is missing, unknown or wrong.

    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ImportRefusedError(f"mapping {path.name}: {error}") from None
    return build(table, path.stem, **changes)


def build(table: dict[str, Any], name: str, **changes: str) -> Mapping:
    """Return the mapping of a parsed TOML table."""
    if "extends" in table:
        table = _layered(_preset_table(str(table["extends"])), table)
    _refuse_unknown(table, name)
    part = {section: table.get(section, {}) for section in SECTIONS}
    columns = part["columns"]
    settings: dict[str, Any] = {
        "name": table.get("name", name),
        "occurred": _list(columns.get("occurred")),
        "formats": _list(part["time"].get("formats")),
        "zone": part["time"].get("zone", ""),
        "precision": part["time"].get("precision", "time"),
        "day": part["time"].get("day", ""),
        "times": {time: _list(columns[time]) for time in TIMES if columns.get(time)},
        "key": _list(columns.get("key")),
        "key_prefix": part["key"].get("prefix", table.get("name", name)),
        "merge": bool(part["key"].get("merge", False)),
        "lon": columns.get("lon", ""),
        "lat": columns.get("lat", ""),
        "crs": part["location"].get("crs", ""),
        "missing": ((0.0, 0.0), *(tuple(map(float, pair)) for pair in part["location"].get("missing", []))),
        "address": columns.get("address", ""),
        "type_columns": _list(part["types"].get("columns")),
        "type_constant": part["types"].get("constant", ""),
        "types": part["types"].get("map", {}),
        "unmapped": part["types"].get("unmapped", "quarantine"),
        "source_column": part["source"].get("column", ""),
        "sources": part["source"].get("map", {}),
        **part["file"],
    }
    return Mapping(**{**settings, **{name: value for name, value in changes.items() if value}})


def _preset_table(name: str) -> dict[str, Any]:
    entry = files("anlan.gateway.files") / "presets" / f"{name}.toml"
    if not entry.is_file():
        raise ImportRefusedError(f"preset {name!r}: there is none; there are {', '.join(presets())}")
    table = tomllib.loads(entry.read_text(encoding="utf-8"))
    return _layered(_preset_table(str(table["extends"])), table) if "extends" in table else table


def _layered(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        both = isinstance(value, dict) and isinstance(below.get(key), dict)
        merged[key] = _layered(below[key], value) if both else value
    return merged


def _refuse_unknown(table: dict[str, Any], name: str) -> None:
    for key in table:
        if key not in TOP:
            raise ImportRefusedError(
                f"mapping {name}: unknown setting {key!r}; known: {', '.join(sorted(TOP))}"
            )
    for section, known in SECTIONS.items():
        for key in table.get(section, {}):
            if key not in known:
                raise ImportRefusedError(
                    f"mapping {name}: unknown setting {section}.{key}; known: {', '.join(sorted(known))}"
                )


def _list(value: str | list[str] | None) -> tuple[str, ...]:
    if not value:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)
