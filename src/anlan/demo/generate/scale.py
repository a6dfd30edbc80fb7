"""How large the generated county is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Counts of a generated county.

    `townships` counts urban core, suburb, town, countryside; `per_day` is the mean number of incidents a day.
    """

    townships: tuple[int, int, int, int]
    beats: int
    grids: int
    km2: float
    days: int
    per_day: float
    officers: int
    community_teams: int
    guard_posts: int
    points: int

    def __post_init__(self) -> None:
        if not sum(self.townships) <= self.beats <= self.grids // 8:
            raise ValueError(f"beats {self.beats}: at least one a township, and eight grids a beat")

    @property
    def share(self) -> float:
        """Size against the full county, by number of grids."""
        return self.grids / 2594


FULL = Scale((6, 6, 8, 10), 32, 2594, 1600.0, 730, 260.0, 911, 52, 1003, 320)
SMALL = Scale((2, 2, 2, 2), 10, 200, 120.0, 400, 26.0, 74, 6, 40, 30)
