"""The taxonomy as a county sees it."""

from __future__ import annotations

from django.db.models import Q

from anlan.service.incidents.models import IncidentType


def types_for(county: str, *, active: bool = True) -> list[IncidentType]:
    """Return the county's types; its own version of a type stands in for the shared one."""
    rows = IncidentType.objects.filter(Q(county="") | Q(county=county)).order_by("county")
    chosen = {kind.code: kind for kind in rows}
    return sorted(
        (kind for kind in chosen.values() if kind.active or not active),
        key=lambda kind: (kind.priority, kind.code),
    )


def find_type(county: str, said: str) -> IncidentType | None:
    """Return the type whose code or name, in either language, is `said` (as the type-ahead writes it)."""
    text = said.strip().casefold()
    code = text.split(" ", 1)[0]
    for kind in types_for(county):
        if kind.code.casefold() in {text, code} or text in {kind.name.casefold(), kind.name_en.casefold()}:
            return kind
    return None
