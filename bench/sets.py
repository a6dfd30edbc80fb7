"""The public data sets that accuracy is measured on, as histories of cells; they lie beside the checkout.

Every recorded incident with a place stays in; points without one (Y = 90) have no cell. San Francisco's
default address (3 % of its points sit on one police station's block) is kept too: it is what an analyst's
record holds, all candidates see the same, and who is right about it is right about where reports are filed.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from pyproj import Transformer

from anlan.engine.analysis.exposure import exposed_days
from anlan.engine.analysis.forecast.history import CellHistory

if TYPE_CHECKING:
    from numpy.typing import NDArray

DATA = Path(os.environ.get("ANLAN_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared/data"))
SF = DATA / "sf/sf_crime_2003_2015.parquet"
CHICAGO = DATA / "chicago/chicago_crimes_2016_2017_4types.parquet"
CELL_M = 200.0


@dataclass(frozen=True, eq=False)
class EventSet:
    """Incidents of one kind: metres on the city's UTM plane, local moment, and the days recorded."""

    name: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    when: NDArray[Any]
    first: np.datetime64
    end: np.datetime64
    exposed: NDArray[np.bool_]

    def history(self, settled: Any, cell_m: float = CELL_M) -> CellHistory:
        """Return the raster whose study area is the footprint before `settled` plus one cell."""
        return CellHistory.from_points(
            self.x, self.y, self.when, first=self.first, end=self.end, cell_m=cell_m,
            exposed=self.exposed, settled=settled,
        )  # fmt: skip

    def largest_place(self) -> float:
        """Return the part of incidents on the busiest single coordinate."""
        _, number = np.unique(np.stack((self.x, self.y)), axis=1, return_counts=True)
        return float(number.max() / len(self.x))

    def weeks(self, number: int) -> NDArray[Any]:
        """Return the first days of the last `number` seven-day windows, recorded whole, that fill the record.

        Windows start on Mondays, as ISO weeks do: a set published by weeks would otherwise have none.
        """
        opened = np.append(0, np.cumsum(self.exposed))
        days = np.arange(self.first, self.end)
        monday = (days.astype("datetime64[D]").astype(int) + 3) % 7 == 0
        at = np.flatnonzero(monday[: len(days) - 6])
        at = at[opened[at + 7] - opened[at] == 7]
        return days[at[-number:]]


def san_francisco(category: str, name: str) -> EventSet:
    """Return the city's incidents of a category, 2003–2015, alternate weeks."""
    table = pl.read_parquet(SF, columns=["Dates", "Category", "X", "Y"]).filter(pl.col("Y") < 90)
    every = table["Dates"].to_numpy()
    one = table.filter(pl.col("Category") == category)
    return _set(name, one["X"], one["Y"], one["Dates"], every, "EPSG:32610")


def chicago(category: str, name: str) -> EventSet:
    """Return the city's incidents of a type, 2016–2017."""
    table = pl.read_parquet(CHICAGO).drop_nulls(["Latitude", "Longitude"])
    one = table.filter(pl.col("PrimaryType") == category)
    return _set(name, one["Longitude"], one["Latitude"], one["Date"], table["Date"].to_numpy(), "EPSG:32616")


def the_four() -> list[EventSet]:
    """Return the sets of the evidence page, in its order."""
    return [
        san_francisco("BURGLARY", "SF burglary"),
        san_francisco("ROBBERY", "SF robbery"),
        san_francisco("LARCENY/THEFT", "SF theft"),
        chicago("THEFT", "Chicago theft"),
    ]


def _set(name: str, lon: pl.Series, lat: pl.Series, when: pl.Series, every: Any, plane: str) -> EventSet:
    """Project; which days were recorded is told from all types: a rare type's silence is quiet."""
    x, y = Transformer.from_crs("EPSG:4326", plane, always_xy=True).transform(lon.to_numpy(), lat.to_numpy())
    all_days = every.astype("datetime64[D]")
    first, end = all_days.min(), all_days.max() + np.timedelta64(1, "D")
    daily = np.bincount((all_days - first).astype(int), minlength=int((end - first).astype(int)))
    return EventSet(name, np.asarray(x), np.asarray(y), when.to_numpy(), first, end, exposed_days(daily))
