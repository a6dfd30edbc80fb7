"""What the functions of the domain share."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied

if TYPE_CHECKING:
    from anlan.service.staff.models import Account


def check(actor: Account | None, permission: str, record: Any) -> None:
    """Refuse an actor without the permission in the record's area; None is the system.

    Raises:
        PermissionDenied: the actor may not.

    """
    if actor is not None and not actor.has_perm(permission, record):
        raise PermissionDenied(permission)


def plain(result: Any) -> dict[str, Any]:
    """Return dataclasses as the JSON that the database will give back."""
    return json.loads(json.dumps(asdict(result), allow_nan=False))
