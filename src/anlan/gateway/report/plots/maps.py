"""Maps of values: cells or beats shaded by class, with numbered marks, dots and circles."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import cos, radians
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from anlan.gateway.report.plots.ink import PRINT, Ink, picture, text, wide

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Place = Callable[[float, float], tuple[float, float]]

WIDE, NARROW, TALLEST, MARGIN = 720.0, 340.0, 500.0, 10.0
METRES_PER_DEGREE = 111_320.0
FEW = 400  # shapes; the borders of more would hide what they enclose
RISING = ("#fdf0c4", "#fdc46c", "#f58b3c", "#d84a27", "#94172a")
COOLING = ("#2b6ca3", "#8bb9dc", "#e6e6e1", "#f2a377", "#c0392b")


@dataclass(frozen=True)
class Shade:
    """A class of the legend: its colour and what it means."""

    colour: str
    label: str


@dataclass(frozen=True)
class MapPicture:
    """A map: GeoJSON polygons, each with a class by its property `code`, and what lies on top.

    Attributes:
        caption: what it shows.
        shapes: a FeatureCollection; features carry `code`, optionally `name`, `lon`, `lat` and any values.
        shade_of: index into `shades` by code; a code without one stays blank.
        shades: the classes of the legend, least first.
        marks: numbered marks (lon, lat, label).
        dots: small points (lon, lat).
        circles: (lon, lat, radius in metres, label).
        outline: a FeatureCollection drawn as lines only, beneath.
        named: whether shapes are labelled with their names where those fit.

    """

    caption: str
    shapes: dict[str, Any]
    shade_of: dict[str, int]
    shades: list[Shade]
    marks: list[tuple[float, float, str]] = field(default_factory=list)
    dots: list[tuple[float, float]] = field(default_factory=list)
    circles: list[tuple[float, float, float, str]] = field(default_factory=list)
    outline: dict[str, Any] | None = None
    named: bool = False

    def geojson(self) -> dict[str, Any]:
        """Return what is shown as one FeatureCollection: shapes with their class, marks, dots, circles."""
        features = [
            {**feature, "properties": feature["properties"] | self._class_of(feature)}
            for feature in self.shapes["features"]
        ]
        features += [_at(lon, lat, {"mark": label}) for lon, lat, label in self.marks]
        features += [_at(lon, lat, {}) for lon, lat in self.dots]
        features += [
            _at(lon, lat, {"radius_m": round(radius), "label": label})
            for lon, lat, radius, label in self.circles
        ]
        return {"type": "FeatureCollection", "features": features}

    def _class_of(self, feature: dict[str, Any]) -> dict[str, str]:
        shade = self.shade_of.get(feature["properties"]["code"])
        return {} if shade is None else {"class": self.shades[shade].label}


def _at(lon: float, lat: float, properties: dict[str, Any]) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]}
    return {"type": "Feature", "geometry": point, "properties": properties}


def map_picture_svg(part: MapPicture, *, width: float = WIDE, ink: Ink = PRINT) -> str:
    """Return the map as SVG with its legend beneath."""
    place, metre, height = _fitted(part, width)
    parts = [_lines_only(feature, place, ink) for feature in (part.outline or {"features": []})["features"]]
    parts += [_shape(feature, part, place, ink) for feature in part.shapes["features"]]
    parts += [_circle(circle, place, metre, ink) for circle in part.circles]
    parts += [_dot(*place(lon, lat), ink) for lon, lat in part.dots]
    parts += _names(part, place, ink) if part.named and width > 500 else []
    parts += [_mark(*place(lon, lat), label, ink) for lon, lat, label in part.marks]
    legend, foot = _legend(part.shades, height, width, ink)
    return picture(width, foot, [*parts, *legend], part.caption, ink)


def _fitted(part: MapPicture, width: float) -> tuple[Place, float, float]:
    """Return the projection (equirectangular), pixels per metre, and the height that the map takes."""
    collections = (part.shapes, part.outline or {"features": []})
    points = [
        point for these in collections for one in these["features"] for ring in _rings(one) for point in ring
    ]
    points += [[lon, lat] for lon, lat in _spots(part)]
    if not points:
        return lambda _lon, _lat: (width / 2, MARGIN), 1.0, 2 * MARGIN
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    squeeze = cos(radians((south + north) / 2))
    across, along = max((east - west) * squeeze, 1e-6), max(north - south, 1e-6)
    scale = min((width - 2 * MARGIN) / across, TALLEST / along)
    left = (width - across * scale) / 2

    def place(lon: float, lat: float) -> tuple[float, float]:
        return left + (lon - west) * squeeze * scale, MARGIN + (north - lat) * scale

    return place, scale / METRES_PER_DEGREE, 2 * MARGIN + along * scale


def _spots(part: MapPicture) -> list[tuple[float, float]]:
    marks = [(lon, lat) for lon, lat, _label in part.marks]
    return [*marks, *part.dots, *((lon, lat) for lon, lat, _radius, _label in part.circles)]


def _rings(feature: dict[str, Any]) -> Iterator[list[list[float]]]:
    geometry = feature["geometry"]
    if geometry["type"] == "Polygon":
        yield from geometry["coordinates"]
    elif geometry["type"] == "MultiPolygon":
        for polygon in geometry["coordinates"]:
            yield from polygon


def _path(feature: dict[str, Any], place: Place) -> str:
    return "".join(
        "M" + "L".join("{:.1f},{:.1f}".format(*place(lon, lat)) for lon, lat, *_ in ring) + "Z"
        for ring in _rings(feature)
    )


def _lines_only(feature: dict[str, Any], place: Place, ink: Ink) -> str:
    path = _path(feature, place)
    return f'<path d="{path}" fill="none" stroke="{ink.ink}" stroke-opacity="0.45" stroke-width="0.8"/>'


def _shape(feature: dict[str, Any], part: MapPicture, place: Place, ink: Ink) -> str:
    facts = feature["properties"]
    shade = part.shade_of.get(facts["code"])
    fill = "none" if shade is None else part.shades[shade].colour
    thin = 0.5 if len(part.shapes["features"]) <= FEW else 0.2
    edge = f'stroke="{ink.ink}" stroke-opacity="0.35" stroke-width="{thin}"'
    about = [str(facts.get("name") or facts["code"])]
    about += [] if shade is None else [part.shades[shade].label]
    path = f'<path d="{_path(feature, place)}" fill="{fill}" fill-rule="evenodd" fill-opacity="0.9" {edge}>'
    return f"{path}<title>{escape(': '.join(about))}</title></path>"


def _circle(circle: tuple[float, float, float, str], place: Place, pixels_per_metre: float, ink: Ink) -> str:
    lon, lat, radius, label = circle
    x, y = place(lon, lat)
    size = max(radius * pixels_per_metre, 5)
    ring = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" fill="#b3212b" fill-opacity="0.15"'
    return f'{ring} stroke="#d0404a" stroke-width="2"/>{_mark(x, y, label, ink) if label else ""}'


def _dot(x: float, y: float, ink: Ink) -> str:
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="#2b83ba" stroke="{ink.paper}" stroke-width="0.6"/>'
    )


def _mark(x: float, y: float, label: str, ink: Ink) -> str:
    size = max(9.0, wide(label, 10) / 2 + 4)
    disc = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" fill="#1c2b36" stroke="#ffffff"/>'
    return disc + text(x, y + 3.6, label, ink, size=10, anchor="middle", colour="#ffffff")


def _names(part: MapPicture, place: Place, ink: Ink) -> list[str]:
    """Write names where they do not run into each other or into a mark; the highest classes first."""
    facts = [feature["properties"] for feature in part.shapes["features"]]
    facts = [one for one in facts if one.get("lon") is not None and one.get("name")]
    facts.sort(key=lambda one: -part.shade_of.get(one["code"], -1))
    taken = [_box(*place(lon, lat), 22, 20) for lon, lat in _spots(part)]
    words = []
    for one in facts:
        x, y = place(one["lon"], one["lat"])
        box = _box(x, y, wide(one["name"], 9.5) + 4, 12)
        if not any(_touch(box, other) for other in taken):
            taken.append(box)
            shade = part.shade_of.get(one["code"])
            colour = ink.ink if shade is None else _readable(part.shades[shade].colour)
            words.append(text(x, y + 3, one["name"], ink, size=9.5, anchor="middle", colour=colour))
    return words


def _readable(fill: str) -> str:
    """Return dark or white letters, whichever is read better on a fill `#rrggbb`."""
    red, green, blue = (int(fill[i : i + 2], 16) for i in (1, 3, 5))
    return "#1c2b36" if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else "#ffffff"


def _box(x: float, y: float, across: float, along: float) -> tuple[float, float, float, float]:
    return x - across / 2, y - along / 2, x + across / 2, y + along / 2


def _touch(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _legend(shades: list[Shade], top: float, width: float, ink: Ink) -> tuple[list[str], float]:
    """Return the classes with their meaning in rows, and where the picture ends."""
    parts, x, y = [], MARGIN, top + 8
    for shade in shades:
        long = 26 + wide(shade.label, 10.5) + 12
        if x + long > width and x > MARGIN:
            x, y = MARGIN, y + 18
        box = f'x="{x:.1f}" y="{y:.1f}" width="14" height="12"'
        parts.append(f'<rect {box} fill="{shade.colour}" stroke="{ink.ink}" stroke-opacity="0.4"/>')
        parts.append(text(x + 19, y + 10, shade.label, ink, size=10.5))
        x += long
    return parts, (y + 20 if shades else top)
