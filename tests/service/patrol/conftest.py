"""A county with a past, a unit, its crew and the crew's phone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.factories import posted, signed_in
from tests.service.patrol.test_briefing_pages import COUNTY6, DAY, DAYS, incidents
from tests.service.patrol.test_phone_sync import Phone

from anlan.gateway.history import HistoryStore
from anlan.service.staff.models import Unit


@pytest.fixture
def history(county, settings):
    """The cast's county with 420 even days of history before the day."""
    store = HistoryStore(settings.HISTORY_DIR)
    store.write(COUNTY6, incidents(DAY - timedelta(days=DAYS), DAYS))
    return store


@pytest.fixture
def unit(county: Any) -> Unit:
    """The first unit."""
    return Unit.objects.order_by("call_sign")[0]


@pytest.fixture
def crew(unit: Unit) -> Any:
    """An account in the unit's crew."""
    account = posted("patrol")
    unit.crew.add(account)
    return account


@pytest.fixture
def phone(crew: Any, unit: Unit) -> Phone:
    """The crew's phone."""
    return Phone(signed_in(crew), crew.pk, unit.pk)
