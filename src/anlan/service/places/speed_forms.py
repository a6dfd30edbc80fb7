"""The table of road speeds as a form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.engine.geo.roads import CLASS_INDEX
from anlan.service.places.domain.speeds import LEAST, LONGEST_S, MOST, waits_of
from anlan.service.places.queries.speeds import HOUR_NAMES, class_speeds, has_lights

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from anlan.engine.geo.roads import RoadGraph
    from anlan.service.places.queries.speeds import ClassSpeeds

HOURS = {
    "night": gettext_lazy("Night, 22-6"), "day": gettext_lazy("Day"),
    "peak": gettext_lazy("Peak, working days 7-9, 17-19"),
}  # fmt: skip
ROADS = {
    "motorway": gettext_lazy("Motorway"), "motorway_link": gettext_lazy("Motorway, slip road"),
    "trunk": gettext_lazy("Trunk road"), "trunk_link": gettext_lazy("Trunk road, slip road"),
    "primary": gettext_lazy("Primary road"), "primary_link": gettext_lazy("Primary road, slip road"),
    "secondary": gettext_lazy("Secondary road"), "secondary_link": gettext_lazy("Secondary road, slip road"),
    "tertiary": gettext_lazy("Tertiary road"), "tertiary_link": gettext_lazy("Tertiary road, slip road"),
    "unclassified": gettext_lazy("Minor road"), "residential": gettext_lazy("Residential street"),
    "living_street": gettext_lazy("Living street"), "service": gettext_lazy("Service road"),
    "track": gettext_lazy("Track"), "pedestrian": gettext_lazy("Pedestrian street"),
    "busway": gettext_lazy("Busway"), "other": gettext_lazy("Other road"),
}  # fmt: skip


def number(label: str, low: float, high: float) -> forms.FloatField:
    """Return a field of the table; its label is for screen readers."""
    attrs = {
        "step": "any",
        "inputmode": "decimal",
        "aria-label": label,
        "class": "form-control form-control-sm table-input",
    }
    return forms.FloatField(
        label=label, min_value=low, max_value=high, localize=False, widget=forms.NumberInput(attrs=attrs)
    )


class SpeedsForm(forms.Form):
    """A factor for each road class that the county has and each time of day, and the wait at lights."""

    def __init__(self, graph: RoadGraph, *args: Any, **kwargs: Any) -> None:
        """Show what is in use."""
        super().__init__(*args, **kwargs)
        self.graph, self.classes = graph, class_speeds(graph)
        for one in self.classes:
            for hour, factor in zip(HOUR_NAMES, one.factors, strict=True):
                said = _("%(road)s, %(hours)s") % {"road": ROADS[one.name], "hours": HOURS[hour]}
                self.fields[f"{hour}-{one.name}"] = field = number(said, LEAST, MOST)
                field.initial, field.hour = f"{factor:.4g}", HOURS[hour]  # type: ignore[attr-defined]
        if has_lights(graph):
            for hour, seconds in zip(HOUR_NAMES, waits_of(graph), strict=True):
                said = _("Traffic light, %(hours)s") % {"hours": HOURS[hour]}
                self.fields[f"{hour}-light"] = field = number(said, 0, LONGEST_S)
                field.initial, field.hour = f"{float(seconds):.4g}", HOURS[hour]  # type: ignore[attr-defined]

    @property
    def lights(self) -> list[forms.BoundField]:
        """The fields of waits at lights; none where the network knows of none."""
        return [self[f"{hour}-light"] for hour in HOUR_NAMES if f"{hour}-light" in self.fields]

    def rows(self) -> Iterator[tuple[ClassSpeeds, str, list[tuple[forms.BoundField, float]]]]:
        """Yield each road class with its name, and its fields with the speed that they give."""
        for one in self.classes:
            fields = [self[f"{hour}-{one.name}"] for hour in HOUR_NAMES]
            yield one, str(ROADS[one.name]), list(zip(fields, one.kmh, strict=True))

    def factors(self) -> NDArray[np.float32]:
        """Return the table; classes that the county has not keep what they have."""
        table = np.array(self.graph.factors, np.float32)
        for one in self.classes:
            for place, hour in enumerate(HOUR_NAMES):
                name = f"{hour}-{one.name}"
                if name in self.changed_data:
                    table[place, CLASS_INDEX[one.name]] = self.cleaned_data[name]
        return table

    def waits(self) -> NDArray[np.float32]:
        """Return the waits at lights."""
        waits = np.array(waits_of(self.graph), np.float32)
        for place, hour in enumerate(HOUR_NAMES):
            if f"{hour}-light" in self.changed_data:
                waits[place] = self.cleaned_data[f"{hour}-light"]
        return waits
