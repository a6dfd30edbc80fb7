"""What the generator hides, the analysis finds."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from anlan.demo import generate
from anlan.demo.generate import names
from anlan.demo.load import history, places, staff
from anlan.gateway.files import taxonomy
from anlan.service.patrol import domain

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
@pytest.mark.django_db
def test_the_rising_beat_turns_red(settings: Any, tmp_path: Path) -> None:
    """Today's briefing of the full county shows the hidden beat red, and few others."""
    settings.DATA_DIR = tmp_path
    demo, today = generate.county(1), date(2026, 3, 10)
    for step in (places.store_areas, staff.store_accounts, places.store_grids, history.store_types):
        step(demo)
    history.store_history(demo, today)
    _table, plot = generate.history(demo, taxonomy.load(), today)
    alerts = domain.make_briefing(names.COUNTY6, today, None).alerts
    red = set(alerts.filter(colour="red").values_list("beat_code", flat=True))
    assert str(demo.divisions.beats.code[plot.rising_beat]) in red
    assert len(red) <= 4
