"""What is shown of places: the hierarchy, point location, tables for the engine, map features."""

from anlan.service.places.queries.areas import counties, county_area
from anlan.service.places.queries.cells import (
    GridTable,
    Place,
    grid_table,
    locator,
    resolve,
    resolve_many,
    version,
)
from anlan.service.places.queries.features import KINDS, features
from anlan.service.places.queries.partition import PartitionState, county_outline, partition

__all__ = [
    "KINDS",
    "GridTable",
    "PartitionState",
    "Place",
    "counties",
    "county_area",
    "county_outline",
    "features",
    "grid_table",
    "locator",
    "partition",
    "resolve",
    "resolve_many",
    "version",
]
