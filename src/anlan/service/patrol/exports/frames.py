"""A briefing's findings as tables of numbers: a sheet of the workbook, a file of the Parquet archive each."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
from django.utils.translation import gettext as _

from anlan.gateway.tables import to_parquet
from anlan.service.patrol import queries
from anlan.service.patrol.presentation import bodies, words
from anlan.service.patrol.presentation.names import Names
from anlan.service.patrol.presentation.suggestions import suggested

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from anlan.service.patrol.models import Briefing

CHANGE = (
    "observed", "baseline", "observed_days", "baseline_days", "ratio", "change", "low", "high", "clear",
)  # fmt: skip
SPOT = ("lon", "lat", "count", "share", "type", "last", "beat_code")


@dataclass(frozen=True, eq=False)
class Frame:
    """A table: its file name, its name in the reader's language, headings, values."""

    name: str
    label: str
    headings: list[str]
    frame: pl.DataFrame


def frames(briefing: Briefing) -> list[Frame]:
    """Return the briefing's tables that have rows."""
    body, names = bodies.read(briefing.body), Names(briefing.area_code[:6])
    rows = [
        framed("suggestions", _("Suggestions"), suggestion_rows(briefing, body, names)),
        framed("changes", _("What rose, what fell"), change_rows(body, names)),
        framed("colours", _("Alert colours"), colour_rows(body, names)),
        framed("colour_days", _("Colours of the period"), colour_day_rows(body, names)),
        framed("expected", _("What to expect"), expected_rows(body, names)),
        framed("verdict", _("Last forecast"), verdict_rows(body, names)),
        framed("hot_spots", _("Hot spots"), spot_rows(body["hot_spots"])),
        framed("near_repeats", _("Near repeats"), spot_rows(body["repeats"])),
        framed("warnings", _("Near-repeat warnings"), body["warnings"]),
        framed("clusters", _("Clusters"), body["clusters"]),
        framed("cells", _("Forecast by cell"), cell_rows(body)),
        framed("hot_cells", _("Hot cells"), body["hot_cells"]),
        framed("rhythm", _("When"), rhythm_rows(body)),
    ]
    return [table for table in rows if table is not None]


def framed(name: str, label: str, rows: Sequence[dict[str, Any]]) -> Frame | None:
    """Return rows as a table with its columns' names as headings; None without rows."""
    if not rows:
        return None
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return Frame(name, label, frame.columns, frame)


def zipped(tables: Sequence[Frame]) -> bytes:
    """Return a ZIP with a Parquet file for each table."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for table in tables:
            archive.writestr(f"{table.name}.parquet", to_parquet(table.frame))
    return out.getvalue()


def suggestion_rows(briefing: Briefing, body: dict[str, Any], names: Names) -> list[dict[str, Any]]:
    """Return the suggestions that stand."""
    rows = suggested(body, queries.texts(briefing), names)
    return [{"key": row.key, "text": row.text} for row in rows if not row.left_out]


def change_rows(body: dict[str, Any], names: Names) -> list[dict[str, Any]]:
    """Return every change of every window."""
    labels: dict[str, Callable[[str], str]] = {
        "total": lambda _key: _("All incidents"), "categories": names.stream, "types": names.type,
        "beats": names.beat,
    }  # fmt: skip
    found = []
    for window in body["comparisons"]:
        about = {key: window[key] for key in ("baseline", "start", "end", "base_start", "base_end")}
        about = {"against": about.pop("baseline")} | about
        for part, label in labels.items():
            for row in [window["total"]] if part == "total" else window[part]:
                named = {"part": part, "key": row["key"], "label": label(row["key"])}
                found.append(about | named | {name: row[name] for name in CHANGE})
    return found


def colour_rows(body: dict[str, Any], names: Names) -> list[dict[str, Any]]:
    """Return the day's colours with all that made them."""
    return [
        row["alert"] | {
            "beat": names.beat(row["alert"]["beat_code"]), "hours": words.band(row["hours"]),
            "near_repeats": row["near_repeats"], "reason": words.reason(row, names),
        }
        for row in body["colours"]
    ]  # fmt: skip


def colour_day_rows(body: dict[str, Any], names: Names) -> list[dict[str, Any]]:
    """Return how many days each beat had each colour."""
    return [
        {"beat_code": row["beat_code"], "beat": names.beat(row["beat_code"])}
        | {colour: row[colour] for colour in ("red", "orange", "yellow")}
        for row in body["colour_days"]
    ]


def expected_rows(body: dict[str, Any], names: Names) -> list[dict[str, Any]]:
    """Return each beat's outlook with its shifts."""
    return [
        {
            "beat_code": row["beat_code"], "beat": names.beat(row["beat_code"]), "expected": row["expected"],
            "low": row["low"], "high": row["high"],
        }
        | {f"shift_{i}": value for i, value in enumerate(row["shifts"], start=1)}
        for row in body["expected"]
    ]  # fmt: skip


def verdict_rows(body: dict[str, Any], names: Names) -> list[dict[str, Any]]:
    """Return the last forecast against what came, by beat."""
    rows = (body["verdict"] or {"beats": []})["beats"]
    return [
        {
            "beat_code": row["type"], "beat": names.beat(row["type"]), "expected": row["expected"],
            "observed": row["observed"],
        }
        for row in rows
    ]  # fmt: skip


def spot_rows(spots: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return places with their hours in words."""
    return [
        {name: spot.get(name, "") for name in SPOT} | {"hours": words.band(spot.get("hours"))}
        for spot in spots
    ]


def cell_rows(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return each cell's expected incidents."""
    cells = body["cells"] or {"codes": [], "expected": []}
    pairs = zip(cells["codes"], cells["expected"], strict=True)
    return [{"code": code, "expected": expected} for code, expected in pairs]


def rhythm_rows(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return counts by weekday (1 = Monday) and hour."""
    return [
        {
            "key": row["key"],
            "weekday": day + 1,
            "hour": hour,
            "count": count,
            "days": row["weekday_days"][day],
        }
        for row in body["rhythms"]
        for day, counts in enumerate(row["counts"])
        for hour, count in enumerate(counts)
    ]
