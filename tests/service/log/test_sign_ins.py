"""Failed sign-ins are logged without what was typed."""

from __future__ import annotations

from django.contrib.auth import authenticate
from django.test import RequestFactory
from tests.factories import posted

from anlan.service.log.models import Event
from anlan.service.log.verbs import Verb


def test_failed_sign_in_keeps_nothing_typed(db: None) -> None:
    """A wrong password on an account is logged; a name that is none leaves no trace of itself."""
    account, request = posted("dispatcher", "990101000000"), RequestFactory().post("/")
    authenticate(request, username=account.username, password="wrong-typed")
    authenticate(request, username="somebody else", password="wrong-typed")
    event = Event.objects.get()
    assert (event.verb, event.record_id, event.data) == (Verb.ACCOUNT_SIGN_IN_FAILED, str(account.pk), {})
