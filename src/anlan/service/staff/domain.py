"""What may happen to accounts, postings, agencies, teams and units; the only code that writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from anlan.engine.geo import codes
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.staff.models import Account, Agency, Posting, Team, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anlan.service.scope import ScopedQuerySet

MANAGE = "staff.manage"
NOWHERE = "000000000000"


def full_code(area_code: str) -> str:
    """Return the 12-digit form of an area code.

    Raises:
        ValidationError: it is no division code; the message is on the field `area_code`.

    """
    try:
        return codes.normalise(area_code)
    except ValueError as error:
        raise ValidationError({"area_code": _("Give a division code of 2, 4, 6, 9 or 12 digits.")}) from error


def check_manages(actor: Account | None, record: Any) -> None:
    """Let the system and administrators of the record's area pass; raise PermissionDenied."""
    if actor is not None and not actor.has_perm(MANAGE, record):
        raise PermissionDenied(_("This area lies outside your own posting."))


@transaction.atomic
def create_account(  # noqa: PLR0913
    *,
    username: str,
    password: str | None,
    role: str,
    area_code: str,
    actor: Account | None,
    display_name: str = "",
    language: str = "",
    is_demo: bool = False,
    agency: Agency | None = None,
) -> Account:
    """Make an account with its first posting; `actor` None is the system itself.

    With `password` None nobody signs in with one.

    Raises:
        ValidationError: a name that is taken or malformed, or no division code, by field.
        PermissionDenied: the actor does not administer that area.

    """
    account = Account(username=username, display_name=display_name, language=language, is_demo=is_demo)
    account.set_password(password)
    posting = Posting(account=account, role=role, area_code=full_code(area_code), agency=agency)
    check_manages(actor, posting)
    account.full_clean()
    account.save()
    posting.account = account
    event = {"username": username, "demo": is_demo}
    log.append(Verb.ACCOUNT_CREATED, account, actor=actor, area_code=posting.area_code, data=event)
    _store_posting(posting, actor)
    return account


@transaction.atomic
def give_posting(
    account: Account, role: str, area_code: str, *, actor: Account | None, agency: Agency | None = None
) -> Posting:
    """Give the account a role in an area.

    Raises:
        ValidationError: no division code, or the account already has this posting.
        PermissionDenied: the actor does not administer that area.

    """
    posting = Posting(account=account, role=role, area_code=full_code(area_code), agency=agency)
    check_manages(actor, posting)
    return _store_posting(posting, actor)


def _store_posting(posting: Posting, actor: Account | None) -> Posting:
    posting.full_clean()
    posting.save()
    event = {"role": posting.role, "account": posting.account_id}
    log.append(Verb.ACCOUNT_POSTED, posting.account, actor=actor, area_code=posting.area_code, data=event)
    posting.account.__dict__.pop("held", None)
    return posting


@transaction.atomic
def end_posting(posting: Posting, *, actor: Account | None) -> None:
    """Take a posting away; raises PermissionDenied outside the actor's area."""
    check_manages(actor, posting)
    event = {"role": posting.role, "account": posting.account_id}
    log.append(Verb.ACCOUNT_UNPOSTED, posting.account, actor=actor, area_code=posting.area_code, data=event)
    posting.account.__dict__.pop("held", None)
    posting.delete()


@transaction.atomic
def save_organisation(record: Agency | Team | Unit, *, actor: Account | None) -> Agency | Team | Unit:
    """Store a new or changed agency, team or unit.

    Raises:
        ValidationError: a malformed field, by name.
        PermissionDenied: the record's area, before or after, is outside the actor's.

    """
    record.area_code = full_code(record.area_code)
    before = type(record).objects.filter(pk=record.pk).first()
    for version in filter(None, (before, record)):
        check_manages(actor, version)
    record.full_clean()
    record.save()
    data: Mapping[str, Any] = {"label": str(record), "new": before is None}
    log.append(Verb.ORGANISATION_SAVED, record, actor=actor, area_code=record.area_code, data=data)
    return record


def postings_within(actor: Account) -> ScopedQuerySet:
    """Return the postings that the actor may end: those inside its own areas."""
    return Posting.objects.visible_to(actor)


def check_governs(actor: Account | None, account: Account) -> None:
    """Let pass who administers every area that the account is posted to; raise PermissionDenied.

    One posting outside is enough to refuse: whoever sets a password may act with all the account's powers.
    """
    if actor is None or actor.is_superuser:
        return
    postings = list(account.postings.all())
    if account.is_superuser or not postings:
        raise PermissionDenied(_("Only the system's own administrator may do this."))
    for posting in postings:
        check_manages(actor, posting)


@transaction.atomic
def reset_password(account: Account, password: str, *, actor: Account | None) -> None:
    """Give a colleague a new password; every session of the account ends.

    Raises:
        ValidationError: the password is too short or too common; on the field `password`.
        PermissionDenied: the actor does not administer all the account's areas.

    """
    check_governs(actor, account)
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error
    account.set_password(password)
    account.save(update_fields=["password"])
    log.append(Verb.ACCOUNT_PASSWORD_RESET, account, actor=actor, area_code=_area_of(account))


@transaction.atomic
def reset_second_factor(account: Account, *, actor: Account | None) -> int:
    """Forget the account's second factors, lost with a phone; return how many. The next sign-in sets one up.

    Raises:
        PermissionDenied: the actor does not administer all the account's areas.

    """
    check_governs(actor, account)
    count, _kinds = Authenticator.objects.filter(user=account).delete()
    data = {"factors": count}
    log.append(Verb.ACCOUNT_FACTOR_RESET, account, actor=actor, area_code=_area_of(account), data=data)
    return count


def _area_of(account: Account) -> str:
    posting = account.postings.first()
    return posting.area_code if posting else NOWHERE
