"""Sign-in: second factor before anything else, demo accounts only in a demonstration, lock-out."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client
from django.urls import reverse
from tests.factories import PASSWORD, posted

from anlan.service.log.models import Event
from anlan.service.log.verbs import Verb
from anlan.service.staff.models import Role


def sign_in(account, client=None, password=PASSWORD):
    """Send the sign-in form."""
    client = client or Client()
    answer = client.post(reverse("account_login"), {"login": account.username, "password": password})
    return client, answer


def current_code(secret):
    """Return the code that an authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


@pytest.mark.parametrize("path", ["/", "/staff/units/", "/admin/", "/accounts/password/change/"])
def test_no_page_before_the_second_factor(db, path):
    """An account without a second factor is sent to set one up, whatever it asks for."""
    client, _ = sign_in(posted(Role.DISPATCHER))
    assert client.get(path).url == reverse("mfa_index")


def test_setting_up_a_second_factor_opens_the_site(transactional_db):
    """Scanning the secret and typing a code is enough to go on."""
    client, _ = sign_in(posted(Role.DISPATCHER))
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    code = current_code(page.context["form"].secret)
    assert client.post(reverse("mfa_activate_totp"), {"code": code}).status_code == 302
    assert client.get("/").status_code == 200


def test_admin_sign_in_leads_through_the_site(db):
    """The admin's own form, which knows no second factor, is never shown."""
    answer = Client().get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0].startswith(reverse("account_login"))


def test_a_session_without_its_factor_is_asked_for_it(db):
    """A session made some other way than by sign-in has to show the account's factor first."""
    account = posted(Role.DISPATCHER)
    Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={})
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/").url.startswith(reverse("mfa_reauthenticate"))
    assert client.get(reverse("mfa_add_webauthn")).url.startswith(reverse("mfa_reauthenticate"))


@pytest.mark.parametrize(("demo", "status"), [(True, 200), (False, 302)])
def test_demo_accounts_only_in_a_demonstration(db, settings, demo, status):
    """A demo account passes without a second factor under DEMO=1 and nowhere else."""
    settings.DEMO = demo
    client, _ = sign_in(posted(Role.DISPATCHER, is_demo=True))
    assert client.get("/").status_code == status


def test_other_accounts_are_asked_in_a_demonstration_too(db, settings):
    """DEMO=1 exempts demo accounts alone."""
    settings.DEMO = True
    client, _ = sign_in(posted(Role.DISPATCHER))
    assert client.get("/").url == reverse("mfa_index")


def test_sign_up_is_closed(client, db):
    """Nobody makes an account for themselves."""
    assert "form" not in (client.get(reverse("account_signup")).context or {})
    client.post(
        reverse("account_signup"), {"username": "stranger", "password1": PASSWORD, "password2": PASSWORD}
    )
    from anlan.service.staff.models import Account

    assert Account.objects.count() == 0


def test_guessing_is_locked_out(db):
    """After five wrong passwords within five minutes the right one does not help either."""
    account = posted(Role.DISPATCHER)
    for _ in range(5):
        sign_in(account, password="wrong")
    client, answer = sign_in(account)
    assert "_auth_user_id" not in client.session
    assert answer.status_code in {200, 429}


def test_sign_in_is_logged(db):
    """The log holds both the failed and the completed sign-in."""
    account = posted(Role.DISPATCHER)
    sign_in(account, password="wrong")
    sign_in(account)
    assert list(Event.objects.order_by("pk").values_list("verb", "record_id")) == [
        (Verb.ACCOUNT_SIGN_IN_FAILED, str(account.pk)),
        (Verb.ACCOUNT_SIGNED_IN, str(account.pk)),
    ]
