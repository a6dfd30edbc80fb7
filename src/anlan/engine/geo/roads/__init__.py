"""Road networks: a table of links, a compact graph, travel times by time of day."""

from anlan.engine.geo.roads.graph import MAX_SNAP_M, RoadGraph
from anlan.engine.geo.roads.lines import RoadLines, road_lines
from anlan.engine.geo.roads.links import CLASS_INDEX, CLASSES, RoadLinks, road_links
from anlan.engine.geo.roads.profile import HourClass, Hours, default_factors, edited

__all__ = [
    "CLASSES",
    "CLASS_INDEX",
    "MAX_SNAP_M",
    "HourClass",
    "Hours",
    "RoadGraph",
    "RoadLines",
    "RoadLinks",
    "default_factors",
    "edited",
    "road_lines",
    "road_links",
]
