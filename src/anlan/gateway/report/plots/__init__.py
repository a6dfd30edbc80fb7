"""Pictures of results: charts, shaded tables, maps. SVG, the same on the page, in a file and on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.gateway.report.model import Heat
from anlan.gateway.report.plots.charts import Bars, Chart, Lines, Scatter, Series, chart_svg
from anlan.gateway.report.plots.heats import heat_picture_svg
from anlan.gateway.report.plots.ink import PAGE, PRINT, Ink
from anlan.gateway.report.plots.maps import COOLING, RISING, MapPicture, Shade, map_picture_svg
from anlan.gateway.report.plots.png import to_png_picture

if TYPE_CHECKING:
    AnyPicture = Chart | Heat | MapPicture

WIDE, NARROW = 720.0, 340.0


def svg_of(picture: AnyPicture, *, width: float = WIDE, ink: Ink = PRINT) -> str:
    """Return any picture as SVG; `PAGE` ink follows the page's theme, `PRINT` stands by itself."""
    if isinstance(picture, MapPicture):
        return map_picture_svg(picture, width=width, ink=ink)
    if isinstance(picture, Heat):
        return heat_picture_svg(picture, width=width, ink=ink)
    return chart_svg(picture, width=width, ink=ink)


__all__ = [
    "COOLING",
    "NARROW",
    "PAGE",
    "PRINT",
    "RISING",
    "WIDE",
    "Bars",
    "Chart",
    "Heat",
    "Ink",
    "Lines",
    "MapPicture",
    "Scatter",
    "Series",
    "Shade",
    "svg_of",
    "to_png_picture",
]
