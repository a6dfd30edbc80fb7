"""Codes in the reader's language, read once per report."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anlan.gateway.files import taxonomy
from anlan.service.incidents.models import Category, IncidentType
from anlan.service.places.models import Beat, Grid


class Names:
    """Labels of beats, types and categories of one county, in the active language."""

    def __init__(self, county6: str) -> None:
        self.beats = {beat.code: beat.label for beat in Beat.objects.in_county(county6).defer("geometry")}
        chinese = (get_language() or "").startswith("zh")
        self.types = {entry.code: entry.name if chinese else entry.name_en for entry in taxonomy.load()}
        rows = IncidentType.objects.filter(county__in=["", county6]).order_by("county")
        self.types |= {row.code: row.label for row in rows}
        self.county6 = county6
        self._cells: dict[str, str] | None = None

    def beat(self, code: str) -> str:
        """Return a beat's name, its code where it has none."""
        return self.beats.get(code, code)

    def type(self, code: str) -> str:
        """Return a type's name, its code where it is unknown."""
        return self.types.get(code, code)

    def stream(self, code: str) -> str:
        """Return a category's name; "" stands for all incidents."""
        return str(Category(code).label) if code in Category.values else code or _("All incidents")

    def cell(self, code: str) -> str:
        """Return a grid's name, its code where it has none; all are read at the first."""
        if self._cells is None:
            chinese = (get_language() or "").startswith("zh")
            rows = Grid.objects.in_county(self.county6).values_list("code", "name", "name_en")
            self._cells = {key: (name if chinese else english) or name for key, name, english in rows}
        return self._cells.get(code) or code

    def grids(self, codes: list[str]) -> dict[str, Grid]:
        """Return the grids of the codes."""
        return {grid.code: grid for grid in Grid.objects.filter(code__in=codes).defer("geometry")}
