"""The small demo county, stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.demo.test_demo_live import DEMO

from anlan.demo.load import history, places, staff

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def stored(db: None, settings: Any, tmp_path: Path) -> None:
    """Its places, accounts, grids, patrol points and lines, force and types."""
    settings.DATA_DIR = tmp_path
    for step in (places.store_areas, staff.store_accounts, places.store_grids, places.store_spots):
        step(DEMO)
    staff.store_force(DEMO)
    history.store_types(DEMO)
