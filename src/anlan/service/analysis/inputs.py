"""What a method reads: the cubes and points of a question, inside the reader's areas."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date as Date  # noqa: N812 fields are called date
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from django.conf import settings
from django.utils.translation import gettext as _

from anlan.engine.analysis.density import to_degrees, to_metres
from anlan.engine.analysis.exposure import exposed_days
from anlan.gateway import warehouse
from anlan.service.analysis.taxonomy import types_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from anlan.engine.analysis.cube import CountCube, Step
    from anlan.gateway.warehouse import Source
    from anlan.service.analysis.ground import Ground

DAY = timedelta(days=1)


class NothingToAnalyse(ValueError):  # noqa: N818 a state of the data, said to the reader
    """There is nothing, or too little, to answer from; the message says what."""


@dataclass(frozen=True)
class Question:
    """What every method is asked: the days [start, end), chosen types ("" categories allowed), an area."""

    start: Date
    end: Date
    types: tuple[str, ...] = ()
    area: str = ""

    @property
    def days(self) -> int:
        """The length in days."""
        return (self.end - self.start).days


@dataclass(frozen=True)
class Located:
    """Points: metres east and north of `origin` (lon, lat), local moments, degrees; all of shape (N,)."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    moment: NDArray[Any]
    frame: pl.DataFrame
    origin: tuple[float, float]

    def degrees(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Return longitude and latitude of metres on the local plane."""
        lon, lat = to_degrees(x, y, self.origin)
        return lon, lat


@dataclass
class Inputs:
    """The data of one question, read when a method first asks for it."""

    ground: Ground
    question: Question
    _cubes: dict[Any, CountCube] = field(default_factory=dict)

    def cube(
        self,
        level: Literal["beat", "grid"] = "beat",
        step: Step = "day",
        *,
        back: int = 0,
        source: Source | None = "resident",
        typed: bool = True,
    ) -> CountCube:
        """Return the counts of the question's cells and types, from `back` days before its start.

        Raises:
            NothingToAnalyse: there are no such cells, or only the day of each incident is known.

        """
        cells = self.ground.within(level, self.question.area)
        if not cells:
            raise NothingToAnalyse(_("There are no beats or grids in this area. Import or make them first."))
        found = self._read(level, step, back, source).select(cells=cells)
        if not (typed and self.question.types):
            return found
        wanted = types_of(self.ground.county6, self.question.types)
        return found.select(types=[code for code in found.types.tolist() if code in wanted])

    def exposed(self, back: int = 0) -> NDArray[np.bool_]:
        """Return for each day from `back` days before the start whether the county's record was open."""
        whole = self._read("beat", "day", back, "resident")
        return exposed_days(whole.dense().sum(axis=0))

    def points(self, *, back: int = 0, source: Source | None = "resident") -> Located:
        """Return the located incidents of the question, sorted by time.

        Raises:
            NothingToAnalyse: none has a place.

        """
        asked, ground = self.question, self.ground
        frame = warehouse.points(
            settings.HISTORY_DIR, ground.county6, asked.start - back * DAY, asked.end,
            zone=ground.zone, source=source,
        )  # fmt: skip
        if asked.types:
            frame = frame.filter(pl.col("type").is_in(types_of(ground.county6, asked.types)))
        if asked.area or not ground.whole:
            frame = frame.filter(pl.col("grid_code").is_in(ground.within("grid", asked.area)))
        if frame.is_empty():
            raise NothingToAnalyse(_("No incident of these days, types and area has a place."))
        lon, lat = frame["lon"].to_numpy(), frame["lat"].to_numpy()
        origin = float(np.median(lon)), float(np.median(lat))
        x, y = to_metres(lon, lat, origin)
        return Located(x, y, frame["occurred_local"].to_numpy().astype("datetime64[s]"), frame, origin)

    def records(self) -> pl.DataFrame:
        """Return every row of the question's days, also without a place, of whatever source.

        Columns: occurred, occurred_to (naive local), precision, lon, lat, type, source, grid_code, beat_code.

        Raises:
            NothingToAnalyse: there is none.

        """
        asked, ground = self.question, self.ground
        zone = ZoneInfo(ground.zone)
        first, last = (datetime.combine(day, time(), zone) for day in (asked.start, asked.end))
        rows = ground.store.scan(ground.county6, first, last)
        local = (
            pl.col(name).dt.convert_time_zone(ground.zone).dt.replace_time_zone(None)
            for name in ("occurred", "occurred_to")
        )
        others = ("precision", "lon", "lat", "type", "source", "grid_code", "beat_code")
        if asked.types:
            rows = rows.filter(pl.col("type").is_in(types_of(ground.county6, asked.types)))
        if asked.area or not ground.whole:
            rows = rows.filter(pl.col("grid_code").is_in(ground.within("grid", asked.area)))
        found = rows.select(*local, *others).collect()
        if found.is_empty():
            raise NothingToAnalyse(_("There are no incidents of these days, types and area."))
        return found.sort("occurred")

    def _read(
        self, level: Literal["beat", "grid"], step: Step, back: int, source: Source | None
    ) -> CountCube:
        key = level, step, back, source
        if key not in self._cubes:
            asked = self.question
            try:
                self._cubes[key] = warehouse.count_cube(
                    settings.HISTORY_DIR, self.ground.county6, asked.start - back * DAY, asked.end,
                    step=step, zone=self.ground.zone, cells=level, source=source,
                )  # fmt: skip
            except ValueError:
                text = _("These incidents know only their day: there is nothing to say by hour.")
                raise NothingToAnalyse(text) from None
        return self._cubes[key]


def some(cube: CountCube) -> CountCube:
    """Return the cube if anything is in it.

    Raises:
        NothingToAnalyse: it is empty.

    """
    if not cube.total:
        raise NothingToAnalyse(_("There are no incidents of these days, types and area."))
    return cube
