"""Where: kernel density on a grid, at any place, adaptive, and along the roads; bandwidths."""

from anlan.engine.analysis.density.adaptive import AdaptiveSurface, adaptive_surface
from anlan.engine.analysis.density.bandwidth import Bandwidth, bandwidth_by_likelihood
from anlan.engine.analysis.density.mask import coverage_of, mask_of
from anlan.engine.analysis.density.network import NetworkDensity, network_density
from anlan.engine.analysis.density.peaks import HotSpot, hot_spots
from anlan.engine.analysis.density.roads import Lixels
from anlan.engine.analysis.density.surface import Surface, nodes, surface, to_degrees, to_metres

__all__ = [
    "AdaptiveSurface",
    "Bandwidth",
    "HotSpot",
    "Lixels",
    "NetworkDensity",
    "Surface",
    "adaptive_surface",
    "bandwidth_by_likelihood",
    "coverage_of",
    "hot_spots",
    "mask_of",
    "network_density",
    "nodes",
    "surface",
    "to_degrees",
    "to_metres",
]
