"""Area scope: which rows a member of staff may see, by division-code prefix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db.models import Q, QuerySet

if TYPE_CHECKING:
    from anlan.service.staff.models import Account


def scope_q(prefixes: tuple[str, ...], field: str = "area_code") -> Q:
    """Return the condition that `field` starts with one of the prefixes; no prefix, no row."""
    if "" in prefixes:
        return Q()
    condition = Q(pk__in=[])
    for prefix in prefixes:
        condition |= Q(**{f"{field}__startswith": prefix})
    return condition


def covered(prefixes: tuple[str, ...], area_code: str) -> bool:
    """Whether one of the prefixes covers the area code: what `scope_q` asks of the database."""
    return any(area_code.startswith(prefix) for prefix in prefixes)


class ScopedQuerySet(QuerySet[Any]):
    """Rows that carry an area code; every model's `visible_to` is this one."""

    area_field = "area_code"

    def visible_to(self, account: Account) -> Self:
        """Return the rows inside the account's area scope."""
        return self.filter(scope_q(account.area_prefixes(), self.area_field))

    def in_county(self, county: str) -> Self:
        """Return the rows of one county (six digits)."""
        return self.filter(**{f"{self.area_field}__startswith": county})
