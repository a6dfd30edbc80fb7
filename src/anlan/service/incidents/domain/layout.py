"""Arranging one's own board."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction

from anlan.service.incidents.models import BoardLayout
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb

if TYPE_CHECKING:
    from anlan.service.incidents.arrangement import Arrangement
    from anlan.service.staff.models import Account


@transaction.atomic
def arrange_board(account: Account, arrangement: Arrangement | None) -> bool:
    """Keep how the account has arranged its board, None for the default again; whether anything changed.

    Raises:
        PermissionDenied: the account may not see a board.

    """
    if not account.has_perm("incidents.view"):
        raise PermissionDenied
    if arrangement is None:
        changed = bool(BoardLayout.objects.filter(account=account).delete()[0])
    else:
        changed = store(account, arrangement.model_dump())
    if changed:
        area = account.postings.order_by("pk").values_list("area_code", flat=True).first() or "0" * 12
        data = {"default": arrangement is None}
        log.append(Verb.BOARD_ARRANGED, account, actor=account, area_code=area, data=data)
    return changed


def store(account: Account, wanted: dict[str, object]) -> bool:
    """Write the arrangement unless it is kept already."""
    kept, made = BoardLayout.objects.get_or_create(account=account, defaults={"arrangement": wanted})
    if made or kept.arrangement == wanted:
        return made
    kept.arrangement = wanted
    kept.save(update_fields=["arrangement"])
    return True
