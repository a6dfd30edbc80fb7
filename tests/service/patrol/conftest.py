"""A county with a past."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.service.patrol.test_briefing_pages import COUNTY6, DAY, DAYS, incidents

from anlan.gateway.history import HistoryStore


@pytest.fixture
def history(county, settings):
    """The cast's county with 420 even days of history before the day."""
    store = HistoryStore(settings.HISTORY_DIR)
    store.write(COUNTY6, incidents(DAY - timedelta(days=DAYS), DAYS))
    return store
