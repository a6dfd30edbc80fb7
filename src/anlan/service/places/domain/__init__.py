"""What may happen to places: the only code that writes them. Each store is one transaction and one event."""

from anlan.service.places.domain.areas import store_areas, store_county
from anlan.service.places.domain.beats import store_beats
from anlan.service.places.domain.bulk import PlaceError
from anlan.service.places.domain.features import store_features
from anlan.service.places.domain.grids import assign_responsible, store_grids
from anlan.service.places.domain.making import Made, MakeOrder, Weights, make_grids, repair_grids
from anlan.service.places.domain.points import store_points

__all__ = [
    "Made",
    "MakeOrder",
    "PlaceError",
    "Weights",
    "assign_responsible",
    "make_grids",
    "repair_grids",
    "store_areas",
    "store_beats",
    "store_county",
    "store_features",
    "store_grids",
    "store_points",
]
