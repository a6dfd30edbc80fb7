"""`python -m bench.evidence [PART ...] [--quick]`: measure all parts, or those named, and rewrite the page.

Parts that are not measured keep their text and figures.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import adherence, colours, feedback, nij, trials
from bench.claims import machine
from bench.evidence import page, rehearsal
from bench.evidence import trials as trials_section
from bench.evidence.measure import EVERY, WEEKS, Sheet, about, sheet
from bench.evidence.page import Part
from bench.sets import the_four

if TYPE_CHECKING:
    from collections.abc import Callable

    type Measured = tuple[str, list[page.Claim]]

TARGET = Path(__file__).resolve().parents[2] / "docs/evidence.md"
HEAD = Path(__file__).with_name("head.md")


def main() -> int:
    """Measure, print one line a claim, write the page."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    names = [name for name in sys.argv[1:] if name != "--quick"] or list(PARTS)
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        print(f"no part {', '.join(unknown)}; there are: {', '.join(PARTS)}")
        return 2
    for name in names:
        _written(_measured(name))
    return 0


def _written(part: Part) -> None:
    """Put a part on the page as it is by now."""
    titles = {name: title for name, (title, _) in PARTS.items()}
    head, parts = page.kept(TARGET.read_text("utf-8") if TARGET.exists() else "", titles)
    parts[part.name] = part
    head = _head() if part.name == "forecasts" else head
    TARGET.write_text(page.page(head, [parts[one] for one in PARTS if one in parts]), "utf-8")


def _measured(name: str) -> Part:
    title, measure = PARTS[name]
    text, found = measure()
    for claim in found:
        print(claim.line, flush=True)
    return Part.of(name, title, text, found, str(dt.datetime.now(dt.UTC).date()))


def _forecasts() -> Measured:
    jobs = [(number, horizon, _windows()) for horizon in (7, 1) for number in (3, 2, 1, 0)]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        city = pool.submit(nij.figures)
        sheets = [_told(one.result()) for one in [pool.submit(sheet, *job) for job in jobs]]
        burglaries = city.result()
    sheets.sort(key=lambda one: (-one.horizon, [row.name for row in the_four()].index(one.name)))
    found = [claim for one in sheets for claim in page.claims(one)] + nij.claims(burglaries)
    tables = "\n".join(page.table(one) for one in sheets)
    return f"## Forecasts of places\n{tables}\n\n{nij.section(burglaries)}", found


def _windows() -> int:
    return 8 if "--quick" in sys.argv else WEEKS


def _told(one: Sheet) -> Sheet:
    print(f"{one.name}, horizon {one.horizon}: {one.seconds:.0f} s", flush=True)
    return one


def _colours() -> Measured:
    headings, rows = colours.table()
    title = "Alert colours: false alarms, calibration, power"
    return f"## {title}\n`bench/colours.py`\n\n{markdown(headings, rows)}", []


def _feedback() -> Measured:
    headings, *rows = feedback.table()
    title = "Feedback: what patrolling does to the belief"
    return f"## {title}\n`bench/feedback.py`\n\n{markdown(headings, rows)}", []


def _trials() -> Measured:
    found, thinned = trials.figures(), adherence.figures()
    text = trials_section.section(found, thinned)
    return text, [*trials.claims(found), *adherence.claims(thinned)]


def _rehearsal() -> Measured:
    found = rehearsal.study()
    return rehearsal.section(found), rehearsal.claims(found)


PARTS: dict[str, tuple[str, Callable[[], Measured]]] = {
    "forecasts": ("Forecasts of places", _forecasts),
    "colours": ("Alert colours", _colours),
    "feedback": ("Feedback", _feedback),
    "trials": ("Trials and adherence", _trials),
    "rehearsal": ("A week of San Francisco rehearsed", _rehearsal),
}


def markdown(headings: list[str], rows: list[list[Any]]) -> str:
    """Return a Markdown table."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def _head() -> str:
    sets = "\n".join(f"- {one.name}: {about(one)}." for one in the_four())
    return HEAD.read_text("utf-8").format(
        machine=machine(), windows=_windows(), weekly=EVERY[7], daily=EVERY[1], sets=sets
    )


if __name__ == "__main__":
    sys.exit(main())
