"""Partner agencies, their accounts, and what they are asked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import factory
from factory.django import DjangoModelFactory
from tests.factories.ground import COUNTY, NOW, TOWNSHIPS
from tests.factories.incidents import IncidentFactory
from tests.factories.staff import AccountFactory, AgencyFactory, PostingFactory

from anlan.service.incidents.models import Linkage
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
