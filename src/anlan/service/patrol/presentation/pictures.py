"""Maps of figures: where incidents are expected, which beats rose and fell, rates of beats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _

from anlan.gateway.report import Drawn
from anlan.gateway.report.plots import COOLING, RISING, MapPicture, Shade, svg_of
from anlan.service.patrol.presentation.shapes import dissolved, grid_shapes
from anlan.service.patrol.presentation.words import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anlan.gateway.report.plots import Ink

SHARES = (0.5, 0.8, 0.95, 0.99)


def drawn(picture: MapPicture, ink: Ink) -> Drawn:
    """Return a map as it is put on paper or page."""
    return Drawn(svg_of(picture, ink=ink), picture.caption, tall=True)


def forecast_map(body: dict[str, Any], county6: str) -> MapPicture | None:
    """Return the grids by expected incidents; the darkest two classes are the highest 5 % of them."""
    if not body["cells"]:
        return None
    codes, expected = body["cells"]["codes"], np.array(body["cells"]["expected"])
    limits = np.quantile(expected, SHARES)
    classes = np.searchsorted(limits, expected, side="right")
    shapes = dissolved(grid_shapes(county6, set(codes)), dict(zip(codes, classes.tolist(), strict=True)))
    edges = [0.0, *limits.tolist(), float(expected.max())]
    shades = [
        Shade(colour, f"{number(low, 2)}–{number(high, 2)}")
        for colour, low, high in zip(RISING, edges, edges[1:], strict=False)
    ]
    marks = [(spot["lon"], spot["lat"], str(i + 1)) for i, spot in enumerate(body["hot_spots"])]
    caption = _("Expected incidents by cell; the two darkest classes are the highest 5 %% of cells") % ()
    shade_of = {
        feature["properties"]["code"]: int(feature["properties"]["code"]) for feature in shapes["features"]
    }
    return MapPicture(caption, shapes, shade_of, shades, marks)


def change_map(changes: Sequence[dict[str, Any]], shapes: dict[str, Any], caption: str) -> MapPicture:
    """Return the beats by their change: clear falls and rises in full colour, others faint."""
    labels = (
        _("fell clearly"), _("fell, not clearly"), _("no change"), _("rose, not clearly"), _("rose clearly"),
    )  # fmt: skip
    shades = [Shade(colour, label) for colour, label in zip(COOLING, labels, strict=True)]
    shade_of = {row["key"]: _change_class(row) for row in changes}
    return MapPicture(caption, shapes, shade_of, shades, named=True)


def _change_class(row: dict[str, Any]) -> int:
    change = row["change"] if row["change"] is not None else float(row["observed"])
    if not change:
        return 2
    if row["clear"]:
        return 4 if change > 0 else 0
    return 3 if change > 0 else 1


def rate_map(
    rates: dict[str, float], limits: Sequence[float], shapes: dict[str, Any], caption: str
) -> MapPicture:
    """Return the beats by incidents per day; `limits` part the classes, so that two maps can share them."""
    edges = [0.0, *limits, max([*rates.values(), *limits, 0.0])]
    shades = [
        Shade(colour, f"{number(low, 1)}–{number(high, 1)}")
        for colour, low, high in zip(RISING, edges, edges[1:], strict=False)
    ]
    shade_of = {code: int(np.searchsorted(limits, rate, side="right")) for code, rate in rates.items()}
    return MapPicture(caption, shapes, shade_of, shades, named=True)
