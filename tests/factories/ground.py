"""What factories share: the cast's codes, where it lies, and squares of its grid."""

from __future__ import annotations

from datetime import UTC, datetime

import shapely

COUNTY = "990101000000"
TOWNSHIPS = ("990101001000", "990101002000")
ELSEWHERE = "990102000000"
LON, LAT, STEP = 105.0, 30.0, 0.01
PASSWORD = "calm-waters-7"
NOW = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)


def square(column: int, row: int, wide: int = 1, high: int = 1) -> shapely.Polygon:
    """Return a rectangle of `wide` × `high` steps of 0.01°, `column` and `row` steps from (105, 30)."""
    left, bottom = LON + column * STEP, LAT + row * STEP
    return shapely.box(left, bottom, left + wide * STEP, bottom + high * STEP)
