"""What is odd about the data: missing places and times, default addresses, gaps, repeats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.engine.analysis.density import to_metres
from anlan.engine.analysis.quality import Quality, Trap, quality
from anlan.gateway.report.plots import Bars, Lines, MapPicture, Series
from anlan.service.analysis.finding import Column, Finding, Sheet
from anlan.service.analysis.forms import AskForm
from anlan.service.analysis.method import Group, Method
from anlan.service.analysis.shading import NOWHERE, outline
from anlan.service.tags import number, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anlan.service.analysis.inputs import Inputs

TOP_PLACES = 10


class Form(AskForm):
    """A year by default."""

    days = 365


def run(inputs: Inputs, _given: Mapping[str, Any]) -> Finding:
    """Look for every trap in the record."""
    frame = inputs.records()
    found = _quality(frame)
    places = frame.drop_nulls("lon").group_by("lon", "lat").agg(pl.len().alias("count"))
    places = places.sort("count", "lon", descending=True).head(TOP_PLACES)
    weekly = frame.group_by(pl.col("occurred").dt.truncate("1w").dt.date().alias("week")).len().sort("week")
    marks = [(row["lon"], row["lat"], str(i)) for i, row in enumerate(places.iter_rows(named=True), start=1)]
    shares = [100 * trap.share for trap in found.traps]
    return Finding(
        _says(found),
        [
            _("A trap that is not told may still be there, below the share from which it is told."),
            _("Shares are of all rows of the question; of days where days are counted."),
        ],
        [(_("Rows"), number(found.rows)), (_("Traps told"), number(len(found.told)))],
        {"traps": _sheet(found), "places": _places(places, found.rows)},
        {
            "traps": Bars(_(
                "Share of the rows in each trap"
            ), [name(one.code) for one in found.traps], shares, "%"),
            "weeks": Lines(
                _("Rows by week, whoever found them"), [str(day) for day in weekly["week"]],
                [Series(_("rows"), weekly["len"].cast(pl.Float64).to_list())], _("per week"),
            ),
            "map": MapPicture(
                _("The most common places; number 1 may be a default address"), NOWHERE, {}, [], marks,
                outline=outline(inputs.ground),
            ),
        },
    )  # fmt: skip


def _quality(frame: pl.DataFrame) -> Quality:
    lon, lat = (frame[name].cast(pl.Float64).to_numpy() for name in ("lon", "lat"))
    known = np.isfinite(lon) & np.isfinite(lat)
    origin = (float(lon[known].mean()), float(lat[known].mean())) if known.any() else (0.0, 0.0)
    x, y = to_metres(lon, lat, origin)
    return quality(
        frame["occurred"].to_numpy().astype("datetime64[s]"), x, y,
        end=frame["occurred_to"].to_numpy().astype("datetime64[s]"),
        day_only=(frame["precision"] == "day").to_numpy(), types=frame["type"].to_numpy().astype(str),
    )  # fmt: skip


def name(code: str) -> str:
    """Return what a trap is called."""
    return {
        "no_location": _("Without location"), "default_address": _("At a default address"),
        "shared_places": _("At shared places"), "missing_days": _("Days without data"),
        "alternate_weeks": _("Every other week missing"), "midnight": _("Too many at midnight"),
        "day_only": _("Only the day is known"), "duplicates": _("Repeated rows"),
        "intervals": _("Known only as an interval"), "ends_before_start": _("Ends before it starts"),
    }.get(code, code)  # fmt: skip


def advice(code: str) -> str:
    """Return what a trap does and what to do about it."""
    return {
        "no_location": _("They are missing from every map."),
        "default_address": _("A hot spot there is an address of convenience; density tells it by name."),
        "shared_places": _("Points snapped to blocks or streets: narrow bandwidths mislead."),
        "missing_days": _("They count as missing, not as quiet days."),
        "alternate_weeks": _("Compare weeks that have data; no forecast of a week from the one before."),
        "midnight": _("The hour 00 is too high: unknown times."),
        "day_only": _("They are left out of all by hour and shift."),
        "duplicates": _("Near repeats and hot spots count them twice: mend the import."),
        "intervals": _("Use the shared-out hours of the rhythm, not the first hour."),
        "ends_before_start": _("Mend the columns of the import."),
    }.get(code, "")


def _says(found: Quality) -> list[str]:
    if not found.told:
        return [_("No trap is large enough to tell: these data can be analysed as they are.")]
    text = _("%(name)s: %(share)s. %(advice)s")
    return [
        text % {"name": name(one.code), "share": percent(one.share, 1), "advice": advice(one.code)}
        for one in found.told
    ]


def _sheet(found: Quality) -> Sheet:
    columns = [
        Column("code", _("Code"), shown=False), Column("name", _("Trap")), Column("count", _("Rows or days")),
        Column("share", _("Share"), 2, percent=True), Column("told", _("Worth telling")),
        Column("advice", _("What to do")),
    ]  # fmt: skip
    rows = [_row(one) for one in sorted(found.traps, key=lambda trap: -trap.share)]
    return Sheet.of(_("Every trap that was looked for"), columns, rows)


def _row(trap: Trap) -> tuple[Any, ...]:
    told = _("yes") if trap.told else ""
    return trap.code, name(trap.code), trap.count, trap.share, told, advice(trap.code)


def _places(places: pl.DataFrame, rows: int) -> Sheet:
    columns = [
        Column("number", _("Number")), Column("lon", _("Longitude"), 5), Column("lat", _("Latitude"), 5),
        Column("count", _("Rows")), Column("share", _("Share"), 2, percent=True),
    ]  # fmt: skip
    table = [
        (i, row["lon"], row["lat"], row["count"], row["count"] / rows)
        for i, row in enumerate(places.iter_rows(named=True), start=1)
    ]
    return Sheet.of(_("The most common places"), columns, table)


METHOD = Method(
    "quality", Group.TRUST, gettext_lazy("Data quality"),
    gettext_lazy("What is odd about the data, and what does it do to the maps?"), Form, run, "data-quality",
)  # fmt: skip
