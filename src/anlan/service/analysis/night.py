"""A whole night's work for a county: every method with its defaults, and the day's briefing, as files."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date as Date  # noqa: N812 fields are called date
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl
from django.utils import timezone

from anlan.service.analysis import files
from anlan.service.analysis.forms import MorningForm
from anlan.service.analysis.ground import Ground
from anlan.service.analysis.inputs import Inputs, NothingToAnalyse, Question
from anlan.service.analysis.methods import METHODS
from anlan.service.analysis.outlook import outlook
from anlan.service.patrol import domain, exports

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from anlan.service.analysis.method import Method
    from anlan.service.places.models import Area

KINDS = ["parquet", "geojson", "svg"]


@dataclass(frozen=True)
class Done:
    """One piece of the night: what it is called, how long it took, its files, or why there are none."""

    name: str
    seconds: float
    files: int
    why: str = ""


def night(county: Area, date: Date, folder: Path) -> Iterator[Done]:
    """Make everything for the morning of `date` from the days before it; one piece after the other.

    Raises:
        NoData: there is nothing to brief from.

    """
    folder.mkdir(parents=True, exist_ok=True)
    ground = Ground(county)
    with timezone.override(ground.zone):
        for method in METHODS.values():
            begin = time.perf_counter()
            count, why = _made(method, ground, date, folder)
            yield Done(method.name, time.perf_counter() - begin, count, why)
        begin = time.perf_counter()
        ahead, why = _outlook(ground, date, folder)
        yield Done("outlook", time.perf_counter() - begin, ahead, why)
        begin = time.perf_counter()
        briefing = domain.make_briefing(ground.county6, date, None)
        target = folder / exports.file_name(briefing, "pdf")
        target.write_bytes(exports.export(briefing, "pdf"))
        yield Done("briefing", time.perf_counter() - begin, 1)


def _outlook(ground: Ground, date: Date, folder: Path) -> tuple[int, str]:
    """Write what is expected of every grid, type and shift; how many files, or why none."""
    question = Question(date - timedelta(days=MorningForm.back), date)
    try:
        tables = list(outlook(Inputs(ground, question)))
    except NothingToAnalyse as problem:
        return 0, str(problem)
    pl.concat(tables).write_parquet(folder / f"outlook-{ground.county6}-{date}.parquet")
    return 1, ""


def _made(method: Method, ground: Ground, date: Date, folder: Path) -> tuple[int, str]:
    """Write a method's files; how many, or why none."""
    last = date - timedelta(days=1)
    form = method.form(ground, {"start": last - timedelta(days=method.form.days - 1), "end": last})
    if not form.is_valid():
        return 0, "; ".join(f"{name}: {' '.join(said)}" for name, said in form.errors.items())
    try:
        finding = method.run(Inputs(ground, form.question()), form.parameters())
    except NothingToAnalyse as problem:
        return 0, str(problem)
    written = list(files.every(method, form, finding, KINDS))
    for name, content in written:
        (folder / name).write_bytes(content)
    return len(written), ""
