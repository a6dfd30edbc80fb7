"""What the call form finds as one types: places for the pin, types of incident."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.engine.geo.gazetteer import Kind, NameIndex
from anlan.engine.geo.gazetteer.words import typed
from anlan.gateway.coordinates import read_positions
from anlan.service.incidents.queries.types import types_for
from anlan.service.places.gazetteer import county_box, gazetteer, town_names

if TYPE_CHECKING:
    from anlan.engine.geo.gazetteer import Entry
    from anlan.service.incidents.models import IncidentType
    from anlan.service.staff.models import Account

LONGEST = 120
SHOWN = 8
KINDS = {
    Kind.STREET: gettext_lazy("street"), Kind.CROSSING: gettext_lazy("crossing"),
    Kind.PREMISES: gettext_lazy("premises"), Kind.PATROL_POINT: gettext_lazy("patrol point"),
    Kind.PATROL_LINE: gettext_lazy("patrol line"), Kind.POST: gettext_lazy("standby post"),
    Kind.CHECKPOINT: gettext_lazy("checkpoint"), Kind.AREA: gettext_lazy("area"),
    Kind.BEAT: gettext_lazy("beat"), Kind.GRID: gettext_lazy("grid"),
}  # fmt: skip


def find_places(county: str, account: Account, text: str) -> list[dict[str, Any]]:
    """Return where the words may be, the likeliest first: label, note, longitude, latitude."""
    said = text.strip()[:LONGEST]
    if not said:
        return []
    positions = [
        {"label": one.given, "note": f"{one.lat:.6f}, {one.lon:.6f}", "lon": one.lon, "lat": one.lat}
        for one in read_positions(said, county_box(county))
    ]
    towns = town_names(county)
    found = gazetteer(county).search(said, SHOWN, account.area_prefixes())
    return [*positions, *(place_option(entry, towns) for entry in found)][:SHOWN]


def place_option(entry: Entry, towns: dict[str, str]) -> dict[str, Any]:
    """Return an entry as the list shows it: a street says that its pin is only its middle."""
    crossing = entry.kind == Kind.CROSSING
    notes = [str(KINDS[entry.kind]), towns.get(entry.area_code[:9], "")]
    if entry.kind == Kind.STREET:
        notes.append(_("%(metres)d m long: the pin is its middle") % {"metres": round(entry.metres)})
    return {
        "label": f"{entry.name} × {entry.other}" if crossing else entry.name,
        "note": " · ".join(note for note in notes if note),
        "lon": round(entry.lon, 6),
        "lat": round(entry.lat, 6),
    }


def suggest_types(county: str, text: str) -> list[IncidentType]:
    """Return the types that a code, a name in either language or pinyin starts, the likeliest first."""
    types = types_for(county)
    if not text.strip():
        return types[:SHOWN]
    index = type_index(tuple((kind.code, kind.name, kind.name_en) for kind in types))
    scores: dict[int, tuple[int, int]] = {}
    for variant in typed(text[:LONGEST]):
        for number, score in index.starting(variant).items():
            scores[number] = min(score, scores.get(number, score))
    order = sorted(scores, key=lambda number: (scores[number][0] > 1, types[number].priority, scores[number]))
    return [types[number] for number in order][:SHOWN]


@lru_cache(maxsize=32)
def type_index(names: tuple[tuple[str, str, str], ...]) -> NameIndex:
    """Return the index over the types' codes and names."""
    return NameIndex(
        (name, number)
        for number, said in enumerate(names)
        for name in (*said, said[0].replace("-", " "))
        if name
    )
