"""Maps of a value per beat or grid, and of a surface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from anlan.gateway.report.plots import COOLING, RISING, MapPicture, Shade
from anlan.gateway.report.plots.ink import number
from anlan.service.analysis.ground import DECIMALS, TOLERANCE, feature

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from anlan.service.analysis.ground import Ground
    from anlan.service.analysis.inputs import Located

NOWHERE: dict[str, Any] = {"type": "FeatureCollection", "features": []}


def outline(ground: Ground) -> dict[str, Any]:
    """Return the county's outline as GeoJSON, simplified for drawing."""
    if ground.outline is None:
        return NOWHERE
    simple = shapely.simplify(ground.outline, TOLERANCE)
    shape = shapely.transform(simple, lambda xy: np.round(xy, DECIMALS))
    return {"type": "FeatureCollection", "features": [feature(shape, {"code": ground.county6})]}


def graded(
    ground: Ground, level: str, values: Mapping[str, float], caption: str, *, unit: str = "", **more: Any
) -> MapPicture:
    """Return cells shaded in at most five classes of about equal size; cells at 0 or unknown stay blank."""
    some = {code: value for code, value in values.items() if np.isfinite(value) and value > 0}
    edges = _edges(np.array(list(some.values())))
    places = np.searchsorted(edges[1:-1], list(some.values()), side="left") if some else []
    shades = [
        Shade(colour, f"{_between(low, high)}{unit}")
        for low, high, colour in zip(edges[:-1], edges[1:], _spread(len(edges) - 1), strict=True)
    ]
    return painted(
        ground, level, dict(zip(some, map(int, places), strict=True)), shades, caption, some, **more
    )


def painted(
    ground: Ground,
    level: str,
    classes: Mapping[str, int],
    shades: list[Shade],
    caption: str,
    values: Mapping[str, float] | None = None,
    **more: Any,
) -> MapPicture:
    """Return cells in given classes; `values` go into GeoJSON."""
    shapes = ground.shapes(level)
    for one in shapes["features"]:
        if values is not None and one["properties"]["code"] in values:
            one["properties"]["value"] = round(float(values[one["properties"]["code"]]), 6)
    return MapPicture(
        caption, shapes, dict(classes), shades, outline=outline(ground), named=level == "beat", **more
    )


def changed(ground: Ground, level: str, changes: Mapping[str, float | None], caption: str) -> MapPicture:
    """Return cells by change as a share: fell by more than a fifth, a little, about the same, rose."""
    edges = (-0.2, -0.05, 0.05, 0.2)
    labels = ("< −20 %", "−20 … −5 %", "−5 … +5 %", "+5 … +20 %", "> +20 %")
    known = {code: value for code, value in changes.items() if value is not None}
    classes = {code: int(np.searchsorted(edges, value, side="right")) for code, value in known.items()}
    shades = [Shade(colour, label) for colour, label in zip(COOLING, labels, strict=True)]
    return painted(ground, level, classes, shades, caption, known)


def contoured(
    ground: Ground,
    points: Located,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    height: NDArray[np.float64],
    caption: str,
    *,
    unit: str,
    **more: Any,
) -> MapPicture:
    """Return a surface of heights (rows from south, columns from west) as bands between five levels."""
    most = float(np.nanmax(height))
    edges = most * np.array([0.1, 0.25, 0.45, 0.7, 1.0])
    step = (x[1] - x[0]) / 2, (y[1] - y[0]) / 2
    features, classes = [], {}
    for place, (low, high) in enumerate(zip([0.02 * most, *edges[:-1]], edges, strict=True)):
        inside = (height > low) & (height <= (np.inf if place == len(edges) - 1 else high))
        band = _boxes(inside, x, y, step)
        if band is not None:
            drawn = shapely.transform(
                band, lambda xy: np.round(np.column_stack(_there(points, xy)), DECIMALS)
            )
            classes[f"band{place}"] = place
            facts = {"code": f"band{place}", "name": "", "low": round(low, 3), "high": round(high, 3)}
            features.append(feature(drawn, facts))
    shades = [
        Shade(colour, f"{number(low)}–{number(high)}{unit}")
        for low, high, colour in zip([0.02 * most, *edges[:-1]], edges, RISING, strict=True)
    ]
    shapes = {"type": "FeatureCollection", "features": features}
    return MapPicture(caption, shapes, classes, shades, outline=outline(ground), **more)


def _there(points: Located, xy: NDArray[np.float64]) -> tuple[Any, Any]:
    lon, lat = points.degrees(xy[:, 0], xy[:, 1])
    return lon, lat


def _boxes(
    inside: NDArray[np.bool_], x: NDArray[np.float64], y: NDArray[np.float64], half: tuple[float, float]
) -> Any:
    """Return the union of the nodes' boxes, row by row in runs; None where no node is inside."""
    padded = np.pad(inside.astype(np.int8), ((0, 0), (1, 1)))
    rows, edges = np.nonzero(np.diff(padded, axis=1))
    if not len(rows):
        return None
    row, first, last = rows[::2], edges[::2], edges[1::2] - 1
    boxes = shapely.box(x[first] - half[0], y[row] - half[1], x[last] + half[0], y[row] + half[1])
    return shapely.union_all(boxes)


def _edges(values: NDArray[np.float64]) -> NDArray[np.float64]:
    if not len(values):
        return np.zeros(1)
    edges = np.unique(np.quantile(values, [0, 0.2, 0.4, 0.6, 0.8, 1], method="nearest"))
    return edges if len(edges) > 1 else np.array([edges[0], edges[0]])


def _spread(count: int) -> list[str]:
    """Return colours from the lightest to the darkest, as far apart as they can be."""
    if count <= 1:
        return list(RISING[2:3])[:count]
    return [RISING[round(place * (len(RISING) - 1) / (count - 1))] for place in range(count)]


def _between(low: float, high: float) -> str:
    return number(low) if low == high else f"{number(low)}–{number(high)}"
