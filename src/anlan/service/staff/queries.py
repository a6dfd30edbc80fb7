"""What is shown of accounts, agencies and units; which counties a reader may look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from anlan.engine.geo.codes import Level, county
from anlan.service.environment import environment
from anlan.service.places.models import Area
from anlan.service.staff.models import Account, Posting

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

COUNTY_KEY = "county"


def counties_for(account: Any) -> QuerySet[Area]:
    """Return the counties that a reader may choose: those its postings touch; all for the public."""
    counties = Area.objects.filter(level=Level.COUNTY).defer("geometry")
    if account is None or not account.is_authenticated:
        return counties
    within = Q(pk__in=[])
    for prefix in account.area_prefixes():
        within |= Q(code__startswith=county(prefix))
    return counties.filter(within)


def county_for(request: HttpRequest) -> Area | None:
    """Return the county at hand: the session's choice, else ANLAN_COUNTY, else the first one there is."""
    counties = {area.code[:6]: area for area in counties_for(request.user)}
    for code in (request.session.get(COUNTY_KEY, ""), environment().county[:6]):
        if code in counties:
            return counties[code]
    return next(iter(counties.values()), None)


def accounts_visible_to(reader: Account) -> QuerySet[Account]:
    """Return the accounts with a posting inside the reader's areas, each once, with their postings."""
    accounts = Account.objects.prefetch_related("postings").order_by("username")
    if reader.is_superuser:
        return accounts
    return accounts.filter(pk__in=Posting.objects.visible_to(reader).values("account"))
