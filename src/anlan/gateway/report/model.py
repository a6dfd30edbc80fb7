"""What a report is made of, in the reader's language: sections of text, tables, heat tables and a map."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

COLOURS = {
    "red": "#c8102e",
    "orange": "#e87722",
    "yellow": "#f2c500",
    "green": "#2e8540",
    "unknown": "#8a949c",
}
MARKS = {"red": "▲", "orange": "◆", "yellow": "■", "green": "●", "unknown": "?"}


@dataclass(frozen=True)
class Table:
    """Rows of text; `numeric` names the columns set right; `colours` a colour name per row ("" for none)."""

    header: list[str]
    rows: list[list[str]]
    numeric: list[int] = field(default_factory=list)
    colours: list[str] = field(default_factory=list)
    caption: str = ""

    def __post_init__(self) -> None:
        """Refuse rows of another length than the header, naming the first."""
        for number, row in enumerate(self.rows):
            if len(row) != len(self.header):
                raise ValueError(f"rows[{number}]: {len(row)} cells, the header has {len(self.header)}")


@dataclass(frozen=True)
class Heat:
    """A matrix of numbers drawn as shaded cells: row labels, column labels, values (rows, columns)."""

    caption: str
    rows: list[str]
    columns: list[str]
    values: list[list[float]]


@dataclass(frozen=True)
class MapPart:
    """The map: GeoJSON beats with a colour by code, numbered marks (lon, lat, label), posts (lon, lat)."""

    beats: dict[str, Any]
    colours: dict[str, str]
    marks: list[tuple[float, float, str]]
    posts: list[tuple[float, float]]
    legend: list[tuple[str, str]]
    caption: str


@dataclass(frozen=True)
class Drawn:
    """A picture that is drawn already: SVG, what it shows, and whether it needs the height of a map."""

    svg: str
    caption: str
    tall: bool = False


@dataclass(frozen=True)
class Section:
    """A part under a heading; `key` is its stable name."""

    key: str
    title: str
    paragraphs: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    heats: list[Heat] = field(default_factory=list)
    bullets: list[str] = field(default_factory=list)
    map: MapPart | None = None
    pictures: list[Drawn] = field(default_factory=list)


@dataclass(frozen=True)
class Report:
    """A whole report; `facts` are label–figure pairs under the title."""

    title: str
    subtitle: str
    language: str
    facts: list[tuple[str, str]]
    sections: list[Section]
    footer: str
