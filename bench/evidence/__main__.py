"""`python -m bench.evidence [--quick]`: measure everything and rewrite docs/evidence.md."""

from __future__ import annotations

import datetime as dt
import importlib
import importlib.util
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench import nij
from bench.claims import machine
from bench.evidence import page
from bench.evidence.measure import EVERY, WEEKS, Sheet, about, sheet
from bench.sets import the_four

TARGET = Path(__file__).resolve().parents[2] / "docs/evidence.md"
HEAD = Path(__file__).with_name("head.md")
SECTIONS = {
    "colours": "Alert colours: false alarms, calibration, power",
    "feedback": "Feedback: what patrolling does to the belief",
}


def main() -> int:
    """Measure, print one line a claim, write the page."""
    begin = time.perf_counter()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    windows = 8 if "--quick" in sys.argv else WEEKS
    jobs = [(number, horizon, windows) for horizon in (7, 1) for number in (3, 2, 1, 0)]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        city = pool.submit(nij.figures)
        sheets = [_told(one.result()) for one in [pool.submit(sheet, *job) for job in jobs]]
        burglaries = city.result()
    sheets.sort(key=lambda one: (-one.horizon, [row.name for row in the_four()].index(one.name)))
    found = [claim for one in sheets for claim in page.claims(one)] + nij.claims(burglaries)
    for claim in found:
        print(claim.line, flush=True)
    sections = [nij.section(burglaries), *[_section(name, title) for name, title in SECTIONS.items()]]
    TARGET.write_text(
        page.page(_head(time.perf_counter() - begin, windows), found, sheets, sections), "utf-8"
    )
    return 0


def _told(one: Sheet) -> Sheet:
    print(f"{one.name}, horizon {one.horizon}: {one.seconds:.0f} s", flush=True)
    return one


def _section(name: str, title: str) -> str:
    """Return another benchmark's table, headings first, or that it was not measured."""
    if importlib.util.find_spec(f"bench.{name}") is None:
        return f"## {title}\nNot measured."
    made = importlib.import_module(f"bench.{name}").table()
    headings, *rows = [made[0], *made[1]] if isinstance(made, tuple) else made
    return f"## {title}\n`bench/{name}.py`\n\n{markdown(headings, rows)}"


def markdown(headings: list[str], rows: list[list[Any]]) -> str:
    """Return a Markdown table."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def _head(seconds: float, windows: int) -> str:
    sets = "\n".join(f"- {one.name}: {about(one)}." for one in the_four())
    return HEAD.read_text("utf-8").format(
        date=dt.datetime.now(dt.UTC).date(), minutes=seconds / 60, machine=machine(), windows=windows,
        weekly=EVERY[7], daily=EVERY[1], sets=sets,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
