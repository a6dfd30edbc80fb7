"""What sign-in says to the log, and a second factor just set up counts as shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.contrib.auth.signals import user_login_failed
from django.db import transaction
from django.dispatch import receiver

from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.staff.models import Account

if TYPE_CHECKING:
    from django.http import HttpRequest

NOWHERE = "000000000000"


def area_of(account: Account) -> str:
    """Return the area of the account's first posting; twelve zeros for an account without one."""
    posting = account.postings.first()
    return posting.area_code if posting else NOWHERE


@receiver(user_logged_in)
def note_sign_in(user: Account, **_: Any) -> None:
    """Log a completed sign-in."""
    with transaction.atomic():
        log.append(Verb.ACCOUNT_SIGNED_IN, user, actor=user, area_code=area_of(user))


@receiver(user_login_failed)
def note_failure(credentials: dict[str, Any], **_: Any) -> None:
    """Log a failed sign-in to an account that exists; names that do not exist are not kept."""
    account = Account.objects.filter(username__iexact=credentials.get("username") or "").first()
    if account:
        with transaction.atomic():
            log.append(Verb.ACCOUNT_SIGN_IN_FAILED, account, actor=None, area_code=area_of(account))


@receiver(authenticator_added)
def count_as_shown(request: HttpRequest, user: Account, authenticator: Authenticator, **_: Any) -> None:
    """Whoever has just set up a factor has shown it; recovery codes alone prove nothing."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
