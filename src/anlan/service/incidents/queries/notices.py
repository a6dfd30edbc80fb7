"""Which notices of a level wait for a reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from anlan.service.incidents.models import Incident, Notice

if TYPE_CHECKING:
    from anlan.service.staff.models import Account


def open_notices(county: str, account: Account) -> list[Notice]:
    """Return the notices that wait for the reader: for a role held there, or an agency that posted him."""
    rows = Notice.objects.in_county(county).visible_to(account).filter(noted_at=None)
    rows = rows.exclude(incident__status=Incident.Status.CLOSED)
    roles = {role for role, _prefix in account.held}
    mine = Q(role__in=roles) | Q(agency__posting__account=account)
    return list(rows.filter(mine).select_related("incident__type", "agency").distinct())
