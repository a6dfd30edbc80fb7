"""The lists of places: which columns, which rows a reader sees, counts by township."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.db.models.functions import Substr
from django.utils.translation import gettext_lazy as _

from anlan.engine.geo import codes
from anlan.service.places import models

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from anlan.service.staff.models import Account


@dataclass(frozen=True)
class Ledger:
    """A list of places: its key in the address, title, model."""

    kind: str
    title: Any
    model: Any
    located: bool = True


LEDGERS = {
    ledger.kind: ledger
    for ledger in (
        Ledger("beats", _("Beats"), models.Beat, located=False),
        Ledger("grids", _("Grids"), models.Grid, located=False),
        Ledger("posts", _("Standby posts"), models.StandbyPost),
        Ledger("points", _("Patrol points"), models.PatrolPoint),
        Ledger("lines", _("Patrol lines"), models.PatrolLine),
        Ledger("checkpoints", _("Checkpoints"), models.Checkpoint),
        Ledger("premises", _("Premises"), models.Premises),
    )
}


def ledger_rows(ledger: Ledger, county6: str, account: Account, words: str = "") -> QuerySet[Any]:
    """Return the rows of a ledger that the account may see, searched by code and names."""
    rows = ledger.model.objects.in_county(county6).visible_to(account).defer("geometry").order_by("code")
    if ledger.kind == "grids":
        rows = rows.select_related("beat", "responsible").defer("geometry", "beat__geometry")
    if ledger.kind == "beats":
        rows = rows.annotate(grid_count=Count("grids"))
    return rows.filter(named(words)) if words else rows


def named(words: str) -> Q:
    """Return the condition that a code starts with, or a name holds, the words."""
    return Q(code__startswith=words) | Q(name__icontains=words) | Q(name_en__icontains=words)


def area_names(rows: Any) -> dict[str, models.Area]:
    """Return the areas that rows lie in, by code, in one query."""
    wanted = {row.area_code for row in rows}
    return models.Area.objects.defer("geometry").in_bulk(wanted)


def area_rows(county6: str, account: Account, under: str = "", words: str = "") -> QuerySet[Any]:
    """Return areas one level below `under` (the county when empty), or all that match the words."""
    rows = models.Area.objects.in_county(county6).visible_to(account).defer("geometry").order_by("code")
    if words:
        return rows.filter(named(words))
    if under:
        return rows.filter(parent_code=under)
    return rows.filter(level__in=(codes.Level.COUNTY, codes.Level.TOWNSHIP))


def counts_by_area(county6: str, account: Account, digits: int = 9) -> dict[str, dict[str, int]]:
    """Return for each area prefix how many villages, beats, grids and posts it has; one query each."""
    counted: dict[str, dict[str, int]] = {}
    villages = models.Area.objects.filter(level=codes.Level.VILLAGE)
    sets = {
        "villages": (villages, "code"),
        "beats": (models.Beat.objects.all(), "area_code"),
        "grids": (models.Grid.objects.all(), "area_code"),
        "posts": (models.StandbyPost.objects.all(), "area_code"),
    }
    for name, (rows, field) in sets.items():
        seen = rows.in_county(county6).visible_to(account).order_by()
        grouped = seen.annotate(prefix=Substr(field, 1, digits)).values("prefix").annotate(n=Count("pk"))
        for row in grouped:
            counted.setdefault(row["prefix"], {})[name] = row["n"]
    return counted


def totals(county6: str, account: Account) -> dict[str, int]:
    """Return how many places of each kind the account sees in the county."""
    found = {
        kind: ledger.model.objects.in_county(county6).visible_to(account).count()
        for kind, ledger in LEDGERS.items()
    }
    areas = models.Area.objects.in_county(county6).visible_to(account)
    return {"areas": areas.count()} | found
