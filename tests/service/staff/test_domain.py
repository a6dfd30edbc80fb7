"""Accounts, postings and units change through the domain, inside the actor's areas, each change logged."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from tests.factories import COUNTY, ELSEWHERE, PASSWORD, TOWNSHIPS, AgencyFactory, UnitFactory, posted

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


def test_duty_is_logged_once(db):
    """Signing off twice is one event."""
    unit = UnitFactory()
    assert [domain.set_on_duty(unit, on_duty=False, actor=None) for _ in range(2)] == [True, False]
    assert verbs() == [Verb.UNIT_OFF_DUTY]


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
