"""The county's places as the importer needs them: arrays in, no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from anlan.engine.geo.locate import Locator


@dataclass(frozen=True)
class Places:
    """Grids of a county, aligned: `locator` gives an index into the three code lists.

    `boundary` is a locator over the county's own polygon; without it "outside the area" is not known apart
    from "in no grid".
    """

    county: str
    locator: Locator | None = None
    grid_codes: Sequence[str] = ()
    area_codes: Sequence[str] = ()
    beat_codes: Sequence[str] = ()
    boundary: Locator | None = None
    _columns: dict[str, NDArray[Any]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check lengths and lay the codes out for indexing; the last entry stands for "in no grid"."""
        size = 0 if self.locator is None else len(self.locator)
        for name in ("grid_codes", "area_codes", "beat_codes"):
            if len(getattr(self, name)) != size:
                raise ValueError(f"{name}: {len(getattr(self, name))} entries for {size} grids")
        columns = {
            "grid_code": np.array([*self.grid_codes, ""], dtype=object),
            "area_code": np.array([*self.area_codes, self.county.ljust(12, "0")], dtype=object),
            "beat_code": np.array([*self.beat_codes, ""], dtype=object),
        }
        object.__setattr__(self, "_columns", columns)

    @property
    def bounds(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north of the county, else of its grids, None without both."""
        shapes = [
            place.geometries for place in (self.boundary, self.locator) if place is not None and len(place)
        ]
        if not shapes:
            return None
        import shapely  # noqa: PLC0415 - only where there are places

        west, south, east, north = (float(side) for side in shapely.total_bounds(shapes[0]))
        return west, south, east, north

    def locate(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> tuple[pl.DataFrame, NDArray[Any]]:
        """Return grid, area and beat code of each point (NaN: none), and which lie outside the area."""
        here = np.isfinite(lon) & np.isfinite(lat)
        found = np.full(len(lon), -1, np.int32) if self.locator is None else self.locator.locate(lon, lat)
        frame = pl.DataFrame(
            {name: pl.Series(codes[found], dtype=pl.String) for name, codes in self._columns.items()}
        )
        if self.boundary is None:
            return frame, np.zeros(len(lon), bool)
        return frame, here & (found < 0) & (self.boundary.locate(lon, lat) < 0)
