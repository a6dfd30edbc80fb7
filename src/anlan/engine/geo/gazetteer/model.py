"""What a gazetteer holds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a named place is; equals in a search come in this order."""

    STREET = "street"
    CROSSING = "crossing"
    PREMISES = "premises"
    PATROL_POINT = "patrol_point"
    PATROL_LINE = "patrol_line"
    POST = "post"
    CHECKPOINT = "checkpoint"
    AREA = "area"
    BEAT = "beat"
    GRID = "grid"


RANK = {kind: place for place, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Entry:
    """A named place and the point (WGS-84) that stands for it.

    `other` is its second name, or a crossing's second street; `metres` a street's length, 0 for a point.
    `area_code` is the division it lies in.
    """

    name: str
    kind: Kind
    lon: float
    lat: float
    other: str = ""
    metres: float = 0.0
    area_code: str = ""
