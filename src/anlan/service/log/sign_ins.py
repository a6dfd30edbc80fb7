"""Sign-ins in the log. A failed one is noted only for an account that exists, and holds no name as typed.

What somebody types into the name field is sometimes a password or a resident's name: it is not kept. Where the
attempt came from is the web server's business, not the log's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.db import transaction
from django.dispatch import receiver

from anlan.service.log.domain import append
from anlan.service.log.verbs import Verb
from anlan.service.staff.models import Account

if TYPE_CHECKING:
    from collections.abc import Mapping


def area_of(account: Account) -> str:
    """Return the area of the account's first posting, empty for none."""
    return account.postings.values_list("area_code", flat=True).first() or ""


@receiver(user_logged_in)
def signed_in(user: Account, **_: Any) -> None:
    """Note that somebody signed in."""
    with transaction.atomic():
        append(Verb.ACCOUNT_SIGNED_IN, user, actor=user, area_code=area_of(user))


@receiver(user_login_failed)
def failed(credentials: Mapping[str, Any], **_: Any) -> None:
    """Note a failed attempt on an account that exists."""
    account = Account.objects.filter(username=str(credentials.get("username") or "")).first()
    if account is not None:
        with transaction.atomic():
            append(Verb.ACCOUNT_SIGN_IN_FAILED, account, actor=None, area_code=area_of(account))
