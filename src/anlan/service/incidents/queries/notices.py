"""Which notices of a level wait for a reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.service.incidents.models import Incident, Notice

if TYPE_CHECKING:
    from anlan.service.staff.models import Account


def open_notices(county: str, account: Account) -> list[Notice]:
    """Return the notices that wait for the reader, who holds their role."""
    rows = Notice.objects.in_county(county).visible_to(account).filter(noted_at=None)
    rows = rows.exclude(incident__status=Incident.Status.CLOSED)
    roles = {role for role, _prefix in account.held}
    return list(rows.filter(role__in=roles).select_related("incident__type"))
