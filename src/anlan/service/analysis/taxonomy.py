"""Types as a question names them: a type's code, or `category:` with a category's."""

from __future__ import annotations

from django.utils.translation import get_language

from anlan.gateway.files import taxonomy
from anlan.service.incidents.models import Category, IncidentType

GROUP = "category:"


def known(county6: str) -> list[tuple[str, str, str]]:
    """Return (code, category, label) of the seed's types, the shared ones and the county's own."""
    chinese = (get_language() or "").startswith("zh")
    found = {one.code: (one.category, one.name if chinese else one.name_en) for one in taxonomy.load()}
    for row in IncidentType.objects.filter(county__in=["", county6]).order_by("county"):
        found[row.code] = (row.category, row.label)
    return [(code, category, label) for code, (category, label) in found.items()]


def choices(county6: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the types as grouped choices, each category first with all of it."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for code, category, label in known(county6):
        groups.setdefault(category, []).append((code, label))
    order = [value for value in Category.values if value in groups]
    return [
        (str(Category(one).label), [(GROUP + one, f"{Category(one).label} ∗"), *sorted(groups[one])])
        for one in order
    ]


def types_of(county6: str, chosen: tuple[str, ...]) -> set[str]:
    """Return the codes of the chosen types and of all types in the chosen categories."""
    groups = {one.removeprefix(GROUP) for one in chosen if one.startswith(GROUP)}
    codes = {code for code, category, _label in known(county6) if category in groups}
    return codes | {one for one in chosen if not one.startswith(GROUP)}
