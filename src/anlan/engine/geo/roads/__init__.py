"""Road networks: a table of links, a compact graph, travel times by time of day."""

from anlan.engine.geo.roads.bends import Bends
from anlan.engine.geo.roads.graph import MAX_SNAP_M, RoadGraph
from anlan.engine.geo.roads.lines import RoadLines, road_lines
from anlan.engine.geo.roads.links import CLASS_INDEX, CLASSES, RoadLinks, road_links
from anlan.engine.geo.roads.profile import HourClass, Hours, default_factors, default_waits, edited
from anlan.engine.geo.roads.turns import Turns

__all__ = [
    "CLASSES",
    "CLASS_INDEX",
    "MAX_SNAP_M",
    "Bends",
    "HourClass",
    "Hours",
    "RoadGraph",
    "RoadLines",
    "RoadLinks",
    "Turns",
    "default_factors",
    "default_waits",
    "edited",
    "road_lines",
    "road_links",
]
