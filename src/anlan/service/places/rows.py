"""What the store functions of `domain` take: one row a record, geometries in WGS-84."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True)
class AreaRow:
    """A division. Its level comes from its code unless given; `lon`, `lat` where it has no shape."""

    code: str
    name: str
    parent_code: str = ""
    level: int = 0
    shape: BaseGeometry | None = None
    lon: float | None = None
    lat: float | None = None
    name_en: str = ""
    character: str = ""
    population: int | None = None
    time_zone: str = ""


@dataclass(frozen=True)
class BeatRow:
    """A beat; without a shape it is the union of its grids."""

    code: str
    area_code: str
    name: str
    shape: BaseGeometry | None = None
    name_en: str = ""


@dataclass(frozen=True)
class GridRow:
    """A grid; `area_m2` is measured where it is not given."""

    code: str
    area_code: str
    shape: BaseGeometry
    beat_code: str = ""
    name: str = ""
    name_en: str = ""
    population: int | None = None
    area_m2: float | None = None
    responsible: str = ""


@dataclass(frozen=True)
class PlaceRow:
    """A post, point, line, checkpoint or premises; its codes are resolved when it is stored."""

    code: str
    name: str
    shape: BaseGeometry
    name_en: str = ""
    active: bool = True
    ring: int = 1
    kind: str = "other"
    hazards: str = ""


@dataclass(frozen=True)
class FeatureRow:
    """A shape of the base map; `kind` is water, green or rail."""

    code: str
    kind: str
    shape: BaseGeometry
    name: str = ""
    name_en: str = ""


@dataclass(frozen=True)
class Stored:
    """What a store function did: rows new, changed, as they were, and removed."""

    new: int = 0
    changed: int = 0
    same: int = 0
    removed: int = 0

    @property
    def total(self) -> int:
        """How many rows were given."""
        return self.new + self.changed + self.same
