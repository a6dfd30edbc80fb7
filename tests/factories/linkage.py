"""Partner agencies, their accounts, and what they are asked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import factory
from factory.django import DjangoModelFactory
from tests.factories.ground import COUNTY, NOW, TOWNSHIPS
from tests.factories.incidents import IncidentFactory, IncidentTypeFactory
from tests.factories.staff import AccountFactory, AgencyFactory, PostingFactory

from anlan.service.incidents.models import Delivery, Endpoint, Feed, Linkage
from anlan.service.staff.models import Agency, Role

if TYPE_CHECKING:
    from anlan.service.staff.models import Account


def partner(code: str = "fire", kind: str = Agency.Kind.FIRE) -> Agency:
    """Make a partner agency of the county."""
    return AgencyFactory(code=code, name=f"{code}队", name_en=code.title(), kind=kind)


def at_agency(agency: Agency) -> Account:
    """Make an account that reads the agency's inbox."""
    account = AccountFactory()
    PostingFactory(account=account, role=Role.HANDLER, area_code=COUNTY, agency=agency)
    return account


class LinkageFactory(DjangoModelFactory[Linkage]):
    """A joint task that waits for the fire brigade to accept."""

    class Meta:
        model = Linkage

    incident = factory.SubFactory(IncidentFactory)
    agency = factory.SubFactory(AgencyFactory, kind=Agency.Kind.FIRE)
    kind = Linkage.Kind.JOINT
    task = "Secure the gas"
    priority = 3
    area_code = TOWNSHIPS[0]
    offered_at = NOW
    due_at = NOW + timedelta(minutes=15)


class EndpointFactory(DjangoModelFactory[Endpoint]):
    """The webhook of a fire brigade."""

    class Meta:
        model = Endpoint

    agency = factory.SubFactory(AgencyFactory, kind=Agency.Kind.FIRE)
    url = "https://fire.example/hook"
    secret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
    events = factory.LazyFunction(lambda: ["linkage.offered"])
    area_code = COUNTY


class DeliveryFactory(DjangoModelFactory[Delivery]):
    """A message that waits."""

    class Meta:
        model = Delivery

    endpoint = factory.SubFactory(EndpointFactory)
    message_id = factory.Sequence(lambda n: f"msg_{n}")
    verb = "linkage.offered"
    body = "{}"
    created_at = NOW
    next_at = NOW


class FeedFactory(DjangoModelFactory[Feed]):
    """A monitoring centre that sends alarms."""

    class Meta:
        model = Feed

    code = factory.Sequence(lambda n: f"feed-{n}")
    name = "监控中心"
    name_en = "Monitoring centre"
    county = COUNTY[:6]
    area_code = COUNTY
    type = factory.SubFactory(IncidentTypeFactory)
    secret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
