"""Sign-ins are logged without what was typed."""

from __future__ import annotations

from django.contrib.auth import authenticate
from django.test import Client, RequestFactory
from tests.factories import posted

from anlan.service.log.models import Event
from anlan.service.log.verbs import Verb


def test_sign_in_is_logged(db: None) -> None:
    """A sign-in is an event of the account in its area."""
    account = posted("dispatcher", "990100000000")
    Client().force_login(account)
    event = Event.objects.get()
    assert (event.verb, event.actor, event.area_code) == (Verb.ACCOUNT_SIGNED_IN, account, "990100000000")


def test_failed_sign_in_keeps_nothing_typed(db: None) -> None:
    """A wrong password on an account is logged; a name that is none leaves no trace of itself."""
    account, request = posted("dispatcher", "990100000000"), RequestFactory().post("/")
    authenticate(request, username=account.username, password="wrong-typed")
    authenticate(request, username="somebody else", password="wrong-typed")
    event = Event.objects.get()
    assert (event.verb, event.record_id, event.data) == (Verb.ACCOUNT_SIGN_IN_FAILED, str(account.pk), {})
