"""What a county holds its plans to: set as a whole, put back to the defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from anlan.engine.planning.standards import Standards
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.patrol.domain.common import check
from anlan.service.places.queries import county_area
from anlan.service.planning.models import CountyStandards
from anlan.service.planning.standards import plain, standards_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from anlan.service.staff.models import Account

PERMISSION = "planning.set_standards"


def set_standards(county6: str, standards: Standards, actor: Account | None) -> bool:
    """Hold the county's plans to come to these standards; return whether that changed anything.

    Raises:
        PermissionDenied: the actor may not set the county's standards.

    """
    area = county_area(county6)
    check(actor, PERMISSION, area)
    body = plain(standards)
    with transaction.atomic():
        CountyStandards.objects.select_for_update().filter(area_code=area.code).first()
        changes = dict(_changes(plain(standards_of(county6)), body))
        if not changes:
            return False
        row, _new = CountyStandards.objects.update_or_create(
            area_code=area.code,
            defaults={"body": body, "changed_at": timezone.now(), "changed_by": actor},
        )
        log.append(Verb.STANDARDS_CHANGED, row, actor=actor, area_code=area.code, data={"changes": changes})
    return True


def reset_standards(county6: str, actor: Account | None) -> bool:
    """Put the defaults back; return whether that changed anything.

    Raises:
        PermissionDenied: the actor may not set the county's standards.

    """
    return set_standards(county6, Standards(), actor)


def _changes(before: Any, after: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield what differs by its path: [before, after]."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after}):
            yield from _changes(before.get(key), after.get(key), f"{path}.{key}" if path else key)
    elif before != after:
        yield path, [before, after]
