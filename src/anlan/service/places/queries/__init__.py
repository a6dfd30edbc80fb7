"""What is shown of places: the hierarchy, point location, tables for the engine, map features."""

from anlan.service.places.queries.areas import counties, county_area
from anlan.service.places.queries.base import BASE_KINDS, ground, ground_version
from anlan.service.places.queries.cells import (
    GridTable,
    Place,
    grid_table,
    locator,
    resolve,
    resolve_many,
    version,
)
from anlan.service.places.queries.closures import closures_version
from anlan.service.places.queries.features import KINDS, features
from anlan.service.places.queries.partition import PartitionState, county_outline, partition

__all__ = [
    "BASE_KINDS",
    "KINDS",
    "GridTable",
    "PartitionState",
    "Place",
    "closures_version",
    "counties",
    "county_area",
    "county_outline",
    "features",
    "grid_table",
    "ground",
    "ground_version",
    "locator",
    "partition",
    "resolve",
    "resolve_many",
    "version",
]
