"""Accounts, postings and units change through the domain, inside the actor's areas, each change logged."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from tests.factories import COUNTY, ELSEWHERE, PASSWORD, TOWNSHIPS, AgencyFactory, posted

from anlan.service.log.models import Event
from anlan.service.log.verbs import Verb
from anlan.service.staff import domain
from anlan.service.staff.models import Account, Role


def verbs():
    """Return the verbs logged so far."""
    return list(Event.objects.order_by("pk").values_list("verb", flat=True))


def test_account_and_posting_are_logged(db):
    """A new account leaves two events."""
    facts = {"username": "li", "password": PASSWORD, "role": "patrol", "area_code": "990101001"}
    made = domain.create_account(**facts, actor=None)
    assert made.held == (("patrol", "990101001"),)
    assert verbs() == [Verb.ACCOUNT_CREATED, Verb.ACCOUNT_POSTED]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"area_code": "99x"}, "area_code"), ({"role": "king"}, "role"), ({"username": "a b"}, "username")],
)
def test_bad_accounts_leave_nothing(db, change, field):
    """A refused account names the field and leaves neither row nor event."""
    facts = {"username": "li", "password": PASSWORD, "role": "patrol", "area_code": COUNTY, **change}
    with pytest.raises(ValidationError) as refused:
        domain.create_account(**facts, actor=None)
    assert list(refused.value.error_dict) == [field]
    assert (Account.objects.count(), verbs()) == (0, [])


@pytest.mark.parametrize("area", [COUNTY, TOWNSHIPS[1], ELSEWHERE])
def test_a_township_cannot_give_what_it_has_not(db, area):
    """A township's administrator posts nobody to the county or next door."""
    actor, other = posted(Role.ADMINISTRATOR, TOWNSHIPS[0]), posted(None)
    with pytest.raises(PermissionDenied):
        domain.give_posting(other, Role.PATROL, area, actor=actor)
    assert other.postings.count() == 0


def test_a_township_administers_itself(db):
    """Within the township it may give a posting and end it."""
    actor, other = posted(Role.ADMINISTRATOR, TOWNSHIPS[0]), posted(None)
    posting = domain.give_posting(other, Role.PATROL, TOWNSHIPS[0], actor=actor)
    assert other.holds([Role.PATROL], TOWNSHIPS[0])
    domain.end_posting(posting, actor=actor)
    assert not other.holds([Role.PATROL])
    assert verbs() == [Verb.ACCOUNT_POSTED, Verb.ACCOUNT_UNPOSTED]


def test_an_agency_cannot_be_moved_out_of_reach(db):
    """Both the area before and the one after must be the actor's."""
    actor = posted(Role.ADMINISTRATOR, TOWNSHIPS[0])
    agency = AgencyFactory(area_code=TOWNSHIPS[1])
    agency.area_code = TOWNSHIPS[0]
    with pytest.raises(PermissionDenied):
        domain.save_organisation(agency, actor=actor)


def test_forms_make_an_account(client_as, county):
    """The page makes an account in the administrator's county, and says why it refuses another."""
    client = client_as(Role.ADMINISTRATOR, COUNTY)
    facts = {"username": "wang", "password": PASSWORD, "role": "patrol", "area_code": "990101001"}
    refused = client.post("/staff/accounts/new/", {**facts, "area_code": ELSEWHERE})
    assert "outside your own posting" in refused.text
    assert client.post("/staff/accounts/new/", facts).status_code == 302
    assert Account.objects.get(username="wang").held == (("patrol", "990101001"),)


@pytest.mark.parametrize("count", [1, 3])
def test_ledger_asks_the_same_number_of_queries(client_as, django_assert_max_num_queries, county, count):
    """The list of accounts needs no more queries for more rows."""
    client = client_as(Role.ADMINISTRATOR, COUNTY)
    for _ in range(count):
        posted(Role.PATROL, TOWNSHIPS[0])
    with django_assert_max_num_queries(10):
        assert client.get("/staff/accounts/").status_code == 200


def test_a_new_password_ends_sessions(client_as, county):
    """An administrator gives a colleague a new password; the log says so and the old session is over."""
    client, colleague = client_as(Role.ADMINISTRATOR, COUNTY), client_as(Role.PATROL, TOWNSHIPS[0])
    path = f"/staff/accounts/{colleague.account.pk}/password/"
    assert "too common" in client.post(path, {"password": "password123"}).text
    assert client.post(path, {"password": "quiet-river-42"}).status_code == 302
    assert colleague.get("/").status_code == 302
    assert verbs()[-1] == Verb.ACCOUNT_PASSWORD_RESET


def test_a_lost_factor_is_reset(client_as, county):
    """The factors are forgotten and the log says how many."""
    client, colleague = client_as(Role.ADMINISTRATOR, COUNTY), client_as(Role.PATROL, TOWNSHIPS[0])
    assert client.post(f"/staff/accounts/{colleague.account.pk}/factor/").status_code == 302
    assert not colleague.account.authenticator_set.exists()
    assert Event.objects.order_by("pk").last().data == {"factors": 1}


@pytest.mark.parametrize("reach", [COUNTY, TOWNSHIPS[1], ELSEWHERE])
def test_who_answers_for_more_is_out_of_reach(db, reach):
    """A township resets nothing of an account that is also posted outside it."""
    actor, other = posted(Role.ADMINISTRATOR, TOWNSHIPS[0]), posted(Role.PATROL, TOWNSHIPS[0])
    domain.give_posting(other, Role.PATROL, reach, actor=None)
    with pytest.raises(PermissionDenied):
        domain.reset_password(other, "quiet-river-42", actor=actor)
    with pytest.raises(PermissionDenied):
        domain.reset_second_factor(other, actor=actor)


@pytest.mark.parametrize(
    "path", ["password/reset/", "password/reset/key/1-a/", "email/", "login/code/confirm/"]
)
def test_nothing_is_reset_by_mail(client, db, path):
    """Pages that would send mail do not exist: the site sends none."""
    assert client.get(f"/accounts/{path}").status_code == 404
