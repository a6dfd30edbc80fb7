"""Making grids where a county has none: squares, hexagons, by streets, by population target."""

from anlan.engine.geo.make.cells import Cells, MakeError, Regions, by_streets, hexagons, numbered, squares
from anlan.engine.geo.make.population import by_population
from anlan.engine.geo.make.voronoi import nearest_centre

__all__ = [
    "Cells",
    "MakeError",
    "Regions",
    "by_population",
    "by_streets",
    "hexagons",
    "nearest_centre",
    "numbered",
    "squares",
]
