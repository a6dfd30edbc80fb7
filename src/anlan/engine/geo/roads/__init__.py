"""Road networks: a table of links, a compact graph, travel times by time of day."""

from anlan.engine.geo.roads.bends import Bends
from anlan.engine.geo.roads.closures import (
    Closure,
    CutOff,
    cut_off_by_closures,
    edges_along,
    edges_near,
    edges_touching,
)
from anlan.engine.geo.roads.graph import MAX_SNAP_M, RoadGraph
from anlan.engine.geo.roads.lines import RoadLines, road_lines
from anlan.engine.geo.roads.links import CLASS_INDEX, CLASSES, RoadLinks, road_links
from anlan.engine.geo.roads.profile import HourClass, Hours, default_factors, default_waits, edited
from anlan.engine.geo.roads.reach import Look, Ring, rings, rings_of_each
from anlan.engine.geo.roads.routing import Route, Step, described, route, routes
from anlan.engine.geo.roads.trees import Tree, tree
from anlan.engine.geo.roads.turns import Turns

__all__ = [
    "CLASSES",
    "CLASS_INDEX",
    "MAX_SNAP_M",
    "Bends",
    "Closure",
    "CutOff",
    "HourClass",
    "Hours",
    "Look",
    "Ring",
    "RoadGraph",
    "RoadLines",
    "RoadLinks",
    "Route",
    "Step",
    "Tree",
    "Turns",
    "cut_off_by_closures",
    "default_factors",
    "default_waits",
    "described",
    "edges_along",
    "edges_near",
    "edges_touching",
    "edited",
    "rings",
    "rings_of_each",
    "road_lines",
    "road_links",
    "route",
    "routes",
    "tree",
]
