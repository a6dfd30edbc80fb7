"""A table of shaded cells, wide on a desk, upright on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.gateway.report.plots.ink import PRINT, Ink, number, picture, text, wide

if TYPE_CHECKING:
    from anlan.gateway.report.model import Heat

DEEP = (11, 92, 140)


def heat_picture_svg(heat: Heat, *, width: float = 720.0, ink: Ink = PRINT) -> str:
    """Return shaded cells, darker for more; with fewer than 26 points a column, rows become columns."""
    rows, columns, values = heat.rows, heat.columns, heat.values
    if len(columns) > len(rows) and (width - 60) / len(columns) < 26:
        rows, columns, values = columns, rows, [list(column) for column in zip(*values, strict=True)]
    left = max((wide(name, 10) for name in rows), default=0) + 12
    across, along = (width - left - 2) / max(len(columns), 1), 20.0
    most = max((max(row, default=0.0) for row in values), default=0.0) or 1.0
    parts = [
        text(left + (j + 0.5) * across, 12, name, ink, size=10, anchor="middle")
        for j, name in enumerate(columns)
    ]
    for i, row in enumerate(values):
        y = 18 + i * along
        parts.append(text(left - 6, y + 13.6, rows[i], ink, size=10, anchor="end"))
        parts += [_cell(left + j * across, y, across, value, most, ink) for j, value in enumerate(row)]
    return picture(width, 20 + along * len(rows), parts, heat.caption, ink)


def _cell(x: float, y: float, across: float, value: float, most: float, ink: Ink) -> str:
    part = max(value, 0.0) / most
    red, green, blue = (round(245 - (245 - channel) * part) for channel in DEEP)
    box = f'<rect x="{x:.1f}" y="{y:.1f}" width="{across - 1:.1f}" height="19"'
    letters = "#ffffff" if part > 0.5 else "#1c2b36"
    word = number(value) if value >= 10 or value == round(value) else f"{value:.1f}"
    middle = text(x + across / 2, y + 13.6, word, ink, size=9, anchor="middle", colour=letters)
    return f'{box} fill="rgb({red},{green},{blue})"/>{middle}'
