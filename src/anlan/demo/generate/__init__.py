"""A fictional county from a seed: arrays and frames only, no clock, no database, no file.

The same seed, scale, types and day give the same county to the last digit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.demo.generate import incidents
from anlan.demo.generate.cells import Cells, partition
from anlan.demo.generate.divisions import Divisions, divide
from anlan.demo.generate.force import Force, muster
from anlan.demo.generate.incidents import Plot, Town
from anlan.demo.generate.land import Land, lie
from anlan.demo.generate.places import Places, furnish
from anlan.demo.generate.scale import FULL, SMALL, Scale
from anlan.demo.generate.sites import Sites, settle_sites
from anlan.demo.generate.streets import Streets, build

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import polars as pl

    from anlan.gateway.files.taxonomy import TypeEntry

__all__ = ["FULL", "SMALL", "DemoCounty", "Scale", "county", "history"]


@dataclass(frozen=True, eq=False)
class DemoCounty:
    """Everything about the county but its incidents."""

    seed: int
    scale: Scale
    land: Land
    cells: Cells
    divisions: Divisions
    streets: Streets
    sites: Sites
    places: Places
    force: Force

    @property
    def town(self) -> Town:
        """What incidents are drawn from."""
        return Town(self.cells, self.divisions, self.streets, self.sites)


def county(seed: int = 1, scale: Scale = FULL) -> DemoCounty:
    """Generate the county of a seed."""
    rng = np.random.default_rng([seed, 1])
    land = lie(scale, rng)
    cells = partition(land, scale.grids, scale.km2, rng)
    divisions = divide(cells, land, scale, rng)
    streets = build(land, cells, divisions)
    sites = settle_sites(cells, divisions, streets, rng)
    town = Town(cells, divisions, streets, sites)
    places = furnish(town, scale.share, scale.points, rng)
    return DemoCounty(
        seed, scale, land, cells, divisions, streets, sites, places, muster(town, places, scale, rng)
    )


def history(demo: DemoCounty, types: Sequence[TypeEntry], today: date) -> tuple[pl.DataFrame, Plot]:
    """Generate the incidents of the days before `today`, and say what was hidden for the analysis to find."""
    return incidents.history(demo.town, demo.scale, types, today, np.random.default_rng([demo.seed, 2]))
