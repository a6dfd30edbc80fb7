"""Charts and how each is drawn: bars with intervals, lines with a band, a scatter with limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from anlan.gateway.report.plots.axes import Scale, ticks
from anlan.gateway.report.plots.ink import PRINT, SERIES, Ink, line, number, picture, shortened, text, wide

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDE, NARROW = 720.0, 340.0
TOP, FOOT, ROW = 12.0, 34.0, 22.0


@dataclass(frozen=True)
class Bars:
    """Horizontal bars from 0, one a label; `low` and `high` end the whiskers, `unit` names the values."""

    caption: str
    labels: list[str]
    values: list[float | None]
    unit: str = ""
    low: list[float | None] = field(default_factory=list)
    high: list[float | None] = field(default_factory=list)


@dataclass(frozen=True)
class Series:
    """One line: its name and a value for each place along the axis (None breaks the line)."""

    name: str
    values: list[float | None]
    dashed: bool = False


@dataclass(frozen=True)
class Lines:
    """Lines over labelled places; `band` (low, high) is shaded, `marks` are places set off, with a dot."""

    caption: str
    labels: list[str]
    series: list[Series]
    unit: str = ""
    band: tuple[list[float], list[float]] | None = None
    marks: list[int] = field(default_factory=list)
    from_zero: bool = True


@dataclass(frozen=True)
class Scatter:
    """Points with names, and curves (name, x, y) such as the limits of a funnel; `named` are written out."""

    caption: str
    x: list[float]
    y: list[float]
    names: list[str]
    x_unit: str
    y_unit: str
    curves: list[tuple[str, list[float], list[float]]] = field(default_factory=list)
    named: list[int] = field(default_factory=list)


Chart = Bars | Lines | Scatter


def chart_svg(chart: Chart, *, width: float = WIDE, ink: Ink = PRINT) -> str:
    """Return a chart as SVG of a width, as high as it needs."""
    if isinstance(chart, Bars):
        return _bars(chart, width, ink)
    return _lines(chart, width, ink) if isinstance(chart, Lines) else _scatter(chart, width, ink)


def _bars(chart: Bars, width: float, ink: Ink) -> str:
    room = min(max((wide(label) for label in chart.labels), default=0) + 12, 0.42 * width)
    ends = [value for part in (chart.values, chart.low, chart.high) for value in part if value is not None]
    marks = ticks(min([0.0, *ends]), max([0.0, *ends]), 5 if width > 500 else 3)
    across = Scale(marks[0], marks[-1], room, width - 52)
    height = TOP + ROW * len(chart.labels) + FOOT
    parts = _upright_grid(marks, across, height - FOOT, ink)
    for row, (label, value) in enumerate(zip(chart.labels, chart.values, strict=True)):
        middle = TOP + ROW * (row + 0.5)
        parts.append(text(room - 8, middle + 4, shortened(label, room - 12), ink, anchor="end"))
        parts += _bar(chart, row, value, across, middle, ink)
    parts.append(text((room + width - 52) / 2, height - 4, chart.unit, ink, anchor="middle"))
    return picture(width, height, parts, chart.caption, ink)


def _bar(chart: Bars, row: int, value: float | None, across: Scale, middle: float, ink: Ink) -> list[str]:
    if value is None:
        return [text(across.at(0) + 4, middle + 4, "–", ink)]
    zero, end = across.at(0), across.at(value)
    left, length = min(zero, end), max(abs(end - zero), 0.8)
    place = f'x="{left:.1f}" y="{middle - 7:.1f}" width="{length:.1f}" height="14"'
    colour = SERIES[0] if value >= 0 else SERIES[2]
    parts = [f'<rect {place} fill="{colour}" fill-opacity="0.8"/>']
    last = max(zero, end)
    if chart.low and chart.high:
        low, high = chart.low[row], chart.high[row]
        first = across.start if low is None else across.at(low)
        last = max(last, across.end if high is None else across.at(high))
        parts.append(line(first, middle, last, middle, ink.ink, width=1.6))
        parts += [line(x, middle - 4, x, middle + 4, ink.ink, width=1.6) for x in (first, last)]
    return [*parts, text(last + 4, middle + 4, number(value), ink, size=10)]


def _upright_grid(marks: Sequence[float], across: Scale, foot: float, ink: Ink) -> list[str]:
    parts = [
        line(across.at(mark), TOP, across.at(mark), foot, ink.ink, more=f'stroke-opacity="{_faint(mark)}"')
        for mark in marks
    ]
    words = [text(across.at(mark), foot + 14, number(mark), ink, size=10, anchor="middle") for mark in marks]
    return parts + words


def _faint(mark: float) -> float:
    return 0.6 if mark == 0 else 0.14


def _level_grid(marks: Sequence[float], along: Scale, left: float, right: float, ink: Ink) -> list[str]:
    parts = []
    for mark in marks:
        y = along.at(mark)
        parts.append(line(left, y, right, y, ink.ink, more=f'stroke-opacity="{_faint(mark)}"'))
        parts.append(text(left - 6, y + 4, number(mark), ink, size=10, anchor="end"))
    return parts


def _lines(chart: Lines, width: float, ink: Ink) -> str:
    height = 260.0 if width > 500 else 220.0
    known = [value for one in chart.series for value in one.values if value is not None]
    known += [value for side in chart.band or () for value in side]
    marks = ticks(min(known + ([0.0] if chart.from_zero else []), default=0), max(known, default=1))
    left = 14 + max(wide(number(mark), 10) for mark in marks)
    names = _legend([one.name for one in chart.series], left, width, ink)
    foot = height - 24
    along, across = Scale(marks[0], marks[-1], foot, 34 + names[1]), _places(len(chart.labels), left, width)
    parts = [*names[0], text(left, 28 + names[1], chart.unit, ink, size=10)]
    parts += _level_grid(marks, along, left, width - 8, ink)
    parts += _below(chart.labels, across, height - 8, width - left, ink)
    if chart.band is not None:
        parts.append(_band(*chart.band, across, along))
    for place, one in enumerate(chart.series):
        parts.append(_path(one, across, along, SERIES[place % len(SERIES)]))
    parts += [_dot(across[mark], along, chart, mark, ink) for mark in chart.marks]
    return picture(width, height, parts, chart.caption, ink)


def _places(count: int, left: float, width: float) -> list[float]:
    step = (width - 24 - left) / max(count - 1, 1)
    return [left + 8 + step * place for place in range(count)]


def _below(labels: list[str], across: list[float], y: float, room: float, ink: Ink) -> list[str]:
    """Write as many labels as fit side by side, always at even distances."""
    widest = max((wide(label, 10) for label in labels), default=1) + 10
    every = max(1, round(len(labels) * widest / room + 0.49))
    middle = (across[0], across[-1]) if across else (0.0, 0.0)
    parts = []
    for place in range(0, len(labels), every):
        half = wide(labels[place], 10) / 2
        x = min(max(across[place], middle[0] - 8 + half), max(middle[1] + 14 - half, middle[0]))
        parts.append(text(x, y, labels[place], ink, size=10, anchor="middle"))
    return parts


def _path(one: Series, across: list[float], along: Scale, colour: str) -> str:
    pieces, pen = [], "M"
    for x, value in zip(across, one.values, strict=True):
        if value is None:
            pen = "M"
            continue
        pieces.append(f"{pen}{x:.1f},{along.at(value):.1f}")
        pen = "L"
    dashes = ' stroke-dasharray="5 4"' if one.dashed else ""
    shape = 'fill="none" stroke-width="2" stroke-linejoin="round"'
    return f'<path d="{"".join(pieces)}" {shape} stroke="{colour}"{dashes}/>'


def _band(low: list[float], high: list[float], across: list[float], along: Scale) -> str:
    upper = [f"{x:.1f},{along.at(value):.1f}" for x, value in zip(across, high, strict=True)]
    lower = [f"{x:.1f},{along.at(value):.1f}" for x, value in zip(across, low, strict=True)]
    return f'<polygon points="{" ".join([*upper, *reversed(lower)])}" fill="{SERIES[0]}" fill-opacity="0.2"/>'


def _dot(x: float, along: Scale, chart: Lines, place: int, ink: Ink) -> str:
    value = chart.series[0].values[place]
    if value is None:
        return ""
    return (
        f'<circle cx="{x:.1f}" cy="{along.at(value):.1f}" r="4.5" fill="{SERIES[1]}" stroke="{ink.paper}"/>'
    )


def _legend(names: list[str], left: float, width: float, ink: Ink) -> tuple[list[str], float]:
    """Return the names with their colours, in as many rows as they need, and the height of the rows."""
    if len(names) < 2:
        return [], 0.0
    parts, x, y = [], left, 12.0
    for place, name in enumerate(names):
        long = wide(name, 10.5) + 34
        if x + long > width and x > left:
            x, y = left, y + 15
        parts.append(line(x, y - 4, x + 16, y - 4, SERIES[place % len(SERIES)], width=3))
        parts.append(text(x + 21, y, name, ink, size=10.5))
        x += long
    return parts, y - 4


def _scatter(chart: Scatter, width: float, ink: Ink) -> str:
    height = 320.0 if width > 500 else 280.0
    every_x = [*chart.x, *(value for _name, xs, _ys in chart.curves for value in xs)]
    most = 1.25 * max(chart.y, default=1.0)
    every_y = [*chart.y, *(min(value, most) for _name, _xs, ys in chart.curves for value in ys)]
    x_marks = ticks(0, max(every_x, default=1), 5 if width > 500 else 3)
    y_marks = ticks(0, max(every_y, default=1))
    left = 14 + max(wide(number(mark), 10) for mark in y_marks)
    across = Scale(x_marks[0], x_marks[-1], left, width - 20)
    along = Scale(y_marks[0], y_marks[-1], height - 42, 26)
    parts = [*_level_grid(y_marks, along, left, width - 20, ink), text(4, 14, chart.y_unit, ink, size=10)]
    parts += [
        text(across.at(mark), height - 26, number(mark), ink, size=10, anchor="middle") for mark in x_marks
    ]
    parts.append(text((left + width) / 2, height - 8, chart.x_unit, ink, size=10.5, anchor="middle"))
    parts += [_curve(curve, across, along, ink) for curve in chart.curves]
    parts += [_point(chart, place, across, along, ink) for place in range(len(chart.x))]
    return picture(width, height, parts, chart.caption, ink)


def _curve(curve: tuple[str, list[float], list[float]], across: Scale, along: Scale, ink: Ink) -> str:
    name, xs, ys = curve
    pieces = []
    for (x1, y1), (x2, y2) in pairwise(zip(xs, ys, strict=True)):
        if y1 <= along.high or y2 <= along.high:
            pieces.append(f"M{across.at(x1):.1f},{along.at(y1):.1f}L{across.at(x2):.1f},{along.at(y2):.1f}")
    shape = f'fill="none" stroke="{ink.ink}" stroke-opacity="0.55" stroke-dasharray="5 4"'
    end = text(across.at(xs[-1]) - 2, along.at(ys[-1]) - 4, name, ink, size=9, anchor="end") if xs else ""
    return f'<path d="{"".join(pieces)}" {shape}/>{end}'


def _point(chart: Scatter, place: int, across: Scale, along: Scale, ink: Ink) -> str:
    x, y = across.at(chart.x[place]), along.at(chart.y[place])
    named = place in chart.named
    dot = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{SERIES[1 if named else 0]}" fill-opacity="0.85">'
    about = f"<title>{_said(chart, place)}</title></circle>"
    if not named:
        return dot + about
    side = "end" if x > (across.start + across.end) / 2 else "start"
    return dot + about + text(x + (-7 if side == "end" else 7), y + 4, chart.names[place], ink, anchor=side)


def _said(chart: Scatter, place: int) -> str:
    return escape(f"{chart.names[place]}: {number(chart.x[place])}, {number(chart.y[place])}")
