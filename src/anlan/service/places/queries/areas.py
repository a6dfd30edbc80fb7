"""The hierarchy of divisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.engine.geo import codes
from anlan.service.places.models import Area

if TYPE_CHECKING:
    from django.db.models import QuerySet


def counties() -> QuerySet[Area]:
    """Return all counties, without their outlines."""
    return Area.objects.filter(level=codes.Level.COUNTY).defer("geometry")


def county_area(code: str) -> Area:
    """Return the county that a code of six or more digits lies in.

    Raises:
        Area.DoesNotExist: no such county.

    """
    return Area.objects.get(code=codes.normalise(codes.county(code)))
