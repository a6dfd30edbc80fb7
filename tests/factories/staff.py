"""Accounts, agencies, teams and units."""

from __future__ import annotations

from typing import Any

import factory
from allauth.mfa.models import Authenticator
from django.test import Client
from factory.django import DjangoModelFactory
from tests.factories.ground import COUNTY, LAT, LON, PASSWORD, STEP, TOWNSHIPS

from anlan.service.staff.models import Account, Agency, Posting, Role, Team, Unit


class AccountFactory(DjangoModelFactory[Account]):
    """A member of staff without postings; the password is `PASSWORD`."""

    class Meta:
        model = Account
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"staff{n}")
    display_name = factory.Sequence(lambda n: f"Staff {n}")
    password = factory.django.Password(PASSWORD)


class AgencyFactory(DjangoModelFactory[Agency]):
    """A police station of the county."""

    class Meta:
        model = Agency

    code = factory.Sequence(lambda n: f"agency-{n}")
    name = factory.Sequence(lambda n: f"派出所{n}")
    name_en = factory.Sequence(lambda n: f"Station {n}")
    area_code = COUNTY


class PostingFactory(DjangoModelFactory[Posting]):
    """One role in one area."""

    class Meta:
        model = Posting

    account = factory.SubFactory(AccountFactory)
    role = Role.DISPATCHER
    area_code = COUNTY


class TeamFactory(DjangoModelFactory[Team]):
    """A squad."""

    class Meta:
        model = Team

    code = factory.Sequence(lambda n: f"team-{n}")
    name = factory.Sequence(lambda n: f"{n}队")
    agency = factory.SubFactory(AgencyFactory)
    area_code = COUNTY
    strength = 8


class UnitFactory(DjangoModelFactory[Unit]):
    """A patrol car on duty in the middle of the county."""

    class Meta:
        model = Unit

    call_sign = factory.Sequence(lambda n: f"C{n:02}")
    agency = factory.SubFactory(AgencyFactory)
    area_code = TOWNSHIPS[0]
    capabilities = factory.LazyFunction(lambda: ["patrol"])
    post_lon = LON + STEP / 2
    post_lat = LAT + STEP / 2


def posted(role: str | None, area_code: str = COUNTY, **account: Any) -> Account:
    """Make an account with one posting; `role` None for an account without any."""
    made = AccountFactory(**account)
    if role is not None:
        PostingFactory(account=made, role=role, area_code=area_code)
    return made


def signed_in(account: Account) -> Client:
    """Return a client in whose session the account has shown password and second factor."""
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    Authenticator.objects.get_or_create(user=account, type=Authenticator.Type.TOTP, defaults={"data": {}})
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": 4e9, "type": "totp"}]
    session["account_authentication_methods_user"] = str(account.pk)
    session.save()
    client.account = account  # type: ignore[attr-defined]
    return client
