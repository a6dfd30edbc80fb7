"""A county with a duty room: dispatcher, watch commander, and a way to take calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.factories import COUNTY, LAT, LON, STEP, posted

from anlan.service.incidents import domain
from anlan.service.incidents.models import Incident, IncidentType
from anlan.service.staff.models import Unit

if TYPE_CHECKING:
    from collections.abc import Callable

    from anlan.service.staff.models import Account

CODE = COUNTY[:6]


@pytest.fixture
def dispatcher(county: Any) -> Account:
    """A dispatcher of the whole county."""
    return posted("dispatcher")


@pytest.fixture
def commander(county: Any) -> Account:
    """The watch commander."""
    return posted("watch_commander")


@pytest.fixture
def theft(county: Any) -> IncidentType:
    """A type of priority 3 that asks for nothing."""
    return IncidentType.objects.get(code="theft-shop")


@pytest.fixture
def units(county: Any) -> list[Unit]:
    """The county's four units by call sign."""
    return list(Unit.objects.order_by("call_sign"))


@pytest.fixture
def take(dispatcher: Account, theft: IncidentType) -> Callable[..., Incident]:
    """Take a call in the middle of the first grid, unless told otherwise."""

    def call(**facts: Any) -> Incident:
        given = {"lon": LON + STEP / 2, "lat": LAT + STEP / 2} | facts
        return domain.take_call(
            given.pop("actor", dispatcher),
            county=CODE,
            type=given.pop("type", theft),
            address=given.pop("address", "河边路12号，面馆旁边"),
            **given,
        )

    return call
