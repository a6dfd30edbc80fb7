"""How long a partner agency has to accept: per agency and priority, else the county's, else the standard."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anlan.engine.geo import codes
from anlan.service.incidents.domain.guard import allow
from anlan.service.incidents.errors import Refused
from anlan.service.incidents.models import STANDARD_S, AcceptanceDeadline, Priority
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.places.models import Area

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from anlan.service.incidents.models import Incident
    from anlan.service.staff.models import Account, Agency

LONGEST_S = 7 * 24 * 3600


def due(incident: Incident, agency: Agency, now: datetime) -> datetime:
    """Return the moment until which the agency is to accept."""
    rows = AcceptanceDeadline.objects.filter(county=incident.county, priority=incident.priority)
    found = {row.agency_id: row.seconds for row in rows.filter(Q(agency=agency) | Q(agency=None))}
    seconds = found.get(agency.pk, found.get(None, STANDARD_S[Priority(incident.priority)]))
    return now + timedelta(seconds=seconds)


def set_deadlines(
    county: str, agency: Agency | None, seconds: Mapping[int, int | None], actor: Account | None
) -> bool:
    """Set an agency's deadlines by priority (the county's without agency); None removes its own.

    Returns whether anything changed.

    Raises:
        Refused: a priority that does not exist, or a time out of bounds.

    """
    check(seconds)
    with transaction.atomic():
        area = Area.objects.get(code=codes.normalise(county))
        allow(actor, "incidents.edit_deadlines", agency or area)
        rows = AcceptanceDeadline.objects.filter(county=county, agency=agency)
        before = dict(rows.values_list("priority", "seconds"))
        wanted = {priority: value for priority, value in seconds.items() if value is not None}
        kept = {priority: value for priority, value in before.items() if priority not in seconds}
        if before == kept | wanted:
            return False
        rows.filter(priority__in=seconds).delete()
        AcceptanceDeadline.objects.bulk_create(
            AcceptanceDeadline(county=county, agency=agency, priority=priority, seconds=value)
            for priority, value in wanted.items()
        )
        data = {"agency": agency.label if agency else "", "before": before, "after": kept | wanted}
        log.append(Verb.LINKAGE_DEADLINES, agency or area, actor=actor, area_code=area.code, data=data)
    return True


def check(seconds: Mapping[int, int | None]) -> None:
    """Refuse what is no deadline."""
    for priority, value in seconds.items():
        if priority not in Priority.values:
            raise Refused(_("The priority is a number from 1 to 4."), "priority")
        if value is not None and not 10 <= value <= LONGEST_S:
            raise Refused(_("A deadline lies between 10 seconds and 7 days."), f"seconds-{priority}")
