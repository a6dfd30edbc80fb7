"""Vector pictures for print: beats by alert colour with marks and posts; a table of shaded cells."""

from __future__ import annotations

from math import cos, radians
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from anlan.gateway.report.model import COLOURS, MARKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from anlan.gateway.report.model import Heat, MapPart

WIDTH, HEIGHT, MARGIN = 760.0, 460.0, 14.0
INK, LINE, PAPER = "#1c2b36", "#3d5a73", "#ffffff"
DEEP = (11, 92, 140)
FONT = "Noto Sans LT, Noto Sans LT Thin, Noto Sans SC, Noto Sans SC Thin, sans-serif"


def map_svg(part: MapPart) -> str:
    """Return the map as SVG; beats without a colour stay white, every colour also carries its mark."""
    rings = {
        feature["properties"]["code"]: list(_rings(feature["geometry"])) for feature in part.beats["features"]
    }
    place, size = _projection([point for beat in rings.values() for ring in beat for point in ring])
    shapes = [_beat(beat, part.colours.get(code, ""), place) for code, beat in rings.items()]
    labels = _labels(part, place)
    marks = [_mark(*place(lon, lat), text) for lon, lat, text in part.marks]
    posts = [_post(*place(lon, lat)) for lon, lat in part.posts]
    return _svg(*size, [*shapes, *posts, *labels, *marks], part.caption)


def heat_svg(heat: Heat) -> str:
    """Return shaded cells, darker for more, with the number written where it fits."""
    left, top, wide, high = 46.0, 18.0, 28.0, 20.0
    most = max((max(row, default=0) for row in heat.values), default=0) or 1
    parts = [_text(left - 6, top + (i + 0.68) * high, name, 10, "end") for i, name in enumerate(heat.rows)]
    parts += [_text(left + (j + 0.5) * wide, 12, name, 9, "middle") for j, name in enumerate(heat.columns)]
    for i, row in enumerate(heat.values):
        for j, value in enumerate(row):
            parts.append(_cell(left + j * wide, top + i * high, wide, high, value, most))
    size = left + len(heat.columns) * wide + 2, top + len(heat.rows) * high + 2
    return _svg(*size, parts, heat.caption)


def _cell(x: float, y: float, wide: float, high: float, value: float, most: float) -> str:
    part = value / most
    red, green, blue = (round(255 - (255 - channel) * part) for channel in DEEP)
    ink = PAPER if part > 0.55 else INK
    place = f'x="{x:.1f}" y="{y:.1f}" width="{wide - 1:.1f}" height="{high - 1:.1f}"'
    box = f'<rect {place} fill="rgb({red},{green},{blue})"/>'
    text = f"{value:.0f}" if value >= 10 else f"{value:.1f}"
    return box + _text(x + wide / 2, y + high * 0.68, text, 8.5, "middle", ink)


def _rings(geometry: dict[str, Any]) -> Iterator[list[list[float]]]:
    if geometry["type"] == "Polygon":
        yield from geometry["coordinates"]
    elif geometry["type"] == "MultiPolygon":
        for polygon in geometry["coordinates"]:
            yield from polygon


def _projection(
    points: list[list[float]],
) -> tuple[Callable[[float, float], tuple[float, float]], tuple[float, float]]:
    """Return an equirectangular projection that fits the points, and the picture's size."""
    if not points:
        return lambda _lon, _lat: (WIDTH / 2, HEIGHT / 2), (WIDTH, HEIGHT)
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    squeeze = cos(radians((south + north) / 2))
    across, along = max((east - west) * squeeze, 1e-9), max(north - south, 1e-9)
    scale = min((WIDTH - 2 * MARGIN) / across, (HEIGHT - 2 * MARGIN) / along)

    def place(lon: float, lat: float) -> tuple[float, float]:
        return MARGIN + (lon - west) * squeeze * scale, MARGIN + (north - lat) * scale

    return place, (2 * MARGIN + across * scale, 2 * MARGIN + along * scale)


def _beat(
    rings: list[list[list[float]]], colour: str, place: Callable[[float, float], tuple[float, float]]
) -> str:
    path = "".join(
        "M" + "L".join("{:.1f},{:.1f}".format(*place(lon, lat)) for lon, lat, *_ in ring) + "Z"
        for ring in rings
    )
    fill = COLOURS.get(colour, PAPER)
    paint = f'fill="{fill}" fill-opacity="0.55" fill-rule="evenodd" stroke="{LINE}" stroke-width="0.8"'
    return f'<path d="{path}" {paint}/>'


def _labels(part: MapPart, place: Callable[[float, float], tuple[float, float]]) -> list[str]:
    """Name beats where names do not run into each other or a mark, the worst colours first."""
    order = list(COLOURS)
    named = [feature["properties"] for feature in part.beats["features"]]
    named = [facts for facts in named if facts.get("lon") is not None]
    named.sort(key=lambda facts: order.index(part.colours.get(facts["code"], "unknown")))
    taken = [_box(*place(lon, lat), 20, 20) for lon, lat, _ in part.marks]
    labels = []
    for facts in named:
        mark = MARKS.get(part.colours.get(facts["code"], ""), "")
        words = f"{mark} {facts['name']}".strip()
        x, y = place(facts["lon"], facts["lat"])
        box = _box(x, y, sum(10 if ord(letter) > 0x2E80 else 5.4 for letter in words), 12)
        if not any(_touch(box, other) for other in taken):
            taken.append(box)
            labels.append(_text(x, y + 3, words, 9.5, "middle", halo=True))
    return labels


def _box(x: float, y: float, wide: float, high: float) -> tuple[float, float, float, float]:
    return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2


def _touch(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _mark(x: float, y: float, text: str) -> str:
    dot = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="8" fill="{INK}" stroke="{PAPER}" stroke-width="1.5"/>'
    return dot + _text(x, y + 3.4, text, 9.5, "middle", PAPER)


def _post(x: float, y: float) -> str:
    place = f'x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8"'
    return f'<rect {place} fill="#0b5cad" stroke="{PAPER}" stroke-width="1.2"/>'


def _text(
    x: float, y: float, words: str, size: float, anchor: str, ink: str = INK, *, halo: bool = False
) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-family="{FONT}" text-anchor="{anchor}"'
    edge = f'fill="none" stroke="{PAPER}" stroke-width="2.6" stroke-linejoin="round"'
    under = f"<text {place} {edge}>{escape(words)}</text>"
    return (under if halo else "") + f'<text {place} fill="{ink}">{escape(words)}</text>'


def _svg(width: float, height: float, parts: list[str], title: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" role="img"><title>{escape(title)}</title>{"".join(parts)}</svg>'
    )
