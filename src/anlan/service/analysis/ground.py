"""What a reader may ask about: the county's beats, grids and townships inside the reader's areas."""

from __future__ import annotations

import json
from datetime import date as Date  # noqa: N812 fields are called date
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import shapely
from django.conf import settings

from anlan.engine.geo import codes
from anlan.gateway.history import HistoryStore
from anlan.service.patrol.presentation.names import Names
from anlan.service.places.models import Area, Beat, Grid
from anlan.service.places.queries import county_outline, version

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from anlan.service.staff.models import Account

TOLERANCE, DECIMALS = 0.00008, 5


class Ground:
    """The county at hand, narrowed to the areas of `account` (None: all of it)."""

    def __init__(self, county: Area, account: Account | None = None) -> None:
        self.county, self.account = county, account
        self.county6 = county.code[:6]
        self.zone: str = county.time_zone or settings.TIME_ZONE
        self.store = HistoryStore(settings.HISTORY_DIR)

    @cached_property
    def whole(self) -> bool:
        """Whether the reader's areas hold the whole county."""
        if self.account is None:
            return True
        return any(self.county.code.startswith(prefix) for prefix in self.account.area_prefixes())

    @cached_property
    def beats(self) -> list[Beat]:
        """The beats that the reader may see, by code."""
        return list(self._visible(Beat).order_by("code"))

    @cached_property
    def grids(self) -> list[Grid]:
        """The grids that the reader may see, by code."""
        return list(self._visible(Grid).order_by("code"))

    @cached_property
    def townships(self) -> list[Area]:
        """The townships that the reader may see, by code."""
        found = Area.objects.in_county(self.county6).filter(level=codes.Level.TOWNSHIP).defer("geometry")
        rows = found if self.account is None else found.visible_to(self.account)
        return list(rows.order_by("code"))

    @cached_property
    def names(self) -> Names:
        """Names of beats and types in the reader's language."""
        return Names(self.county6)

    @cached_property
    def outline(self) -> BaseGeometry | None:
        """The county's outline, else the union of townships or beats; None where none is known."""
        return county_outline(self.county6)

    @cached_property
    def extent(self) -> tuple[Date, Date] | None:
        """The first and last local day of the history, None without one."""
        files = self.store.files(self.county6)
        if not files:
            return None
        ends = [pl.scan_parquet(str(file), hive_partitioning=False).select("occurred") for file in files]
        first = ends[0].min().collect().item().astimezone(ZoneInfo(self.zone)).date()
        return first, ends[-1].max().collect().item().astimezone(ZoneInfo(self.zone)).date()

    @cached_property
    def fingerprint(self) -> tuple[Any, ...]:
        """What changes with the history or the places."""
        files = tuple((str(file), file.stat().st_mtime_ns) for file in self.store.files(self.county6))
        return files, version(self.county6), tuple(sorted(self._prefixes()))

    def shapes(self, level: str) -> dict[str, Any]:
        """Return the beats or grids as GeoJSON, simplified for drawing; properties code, name, lon, lat."""
        rows: list[Any] = [one for one in self.cells(level) if one.geometry is not None]
        if not rows:
            return {"type": "FeatureCollection", "features": []}
        whole = np.array([one.shape for one in rows], dtype=object)
        simple = shapely.transform(
            shapely.coverage_simplify(whole, TOLERANCE), lambda xy: np.round(xy, DECIMALS)
        )
        return {"type": "FeatureCollection", "features": [
            feature(shape, {"code": one.code, "name": one.label, "lon": one.lon, "lat": one.lat})
            for one, shape in zip(rows, simple, strict=True)
        ]}  # fmt: skip

    def cells(self, level: str) -> list[Any]:
        """Return the records of a level: "beat" or "grid"."""
        return self.beats if level == "beat" else self.grids

    def within(self, level: str, area: str) -> list[str]:
        """Return the codes of beats or grids in an area: "" for all, a township's digits, or a beat."""
        found = self.cells(level)
        if area and any(beat.code == area for beat in self.beats):
            key = "code" if level == "beat" else "beat_id"
            return [one.code for one in found if getattr(one, key) == area]
        prefix = codes.prefix(area) if area else ""
        return [one.code for one in found if one.area_code.startswith(prefix)]

    def day_range(self) -> tuple[Date, Date]:
        """Return the default period: the last four weeks of the history, else those before today."""
        last = self.extent[1] if self.extent else Date.today() - timedelta(days=1)
        return last - timedelta(days=27), last

    def _visible(self, model: Any) -> Any:
        rows = model.objects.in_county(self.county6)
        return rows if self.account is None else rows.visible_to(self.account)

    def _prefixes(self) -> tuple[str, ...]:
        return ("",) if self.account is None else self.account.area_prefixes()


def feature(shape: BaseGeometry, properties: dict[str, Any]) -> dict[str, Any]:
    """Return a shape in degrees with its properties as a GeoJSON feature."""
    return {"type": "Feature", "geometry": json.loads(shapely.to_geojson(shape)), "properties": properties}
