"""The nightly plan of a whole county: `anlan plan`, from its briefing to posts, crews, routes and rehearsal.

The county is the demo's with two years of incidents, loaded into an installation of its own; the command is
a planner's. There is no peer that plans a county's night; the claims are seconds, memory and the gap.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from bench.claims import at_most, machine
from bench.night import COUNTY6, DAY, prepared, timed

LOAD = f"""
import datetime
from anlan.demo import load
for _name, step in load.steps(1, today=datetime.date.fromisoformat("{DAY}")):
    step()
"""


def main() -> None:
    """Load the county, plan its day once."""
    print(f"plan, {machine()}")
    with tempfile.TemporaryDirectory(prefix="anlan-plan-") as name:
        folder = Path(name)
        prepared(folder, LOAD)
        written = folder / "plan.json"
        seconds, peak, said = timed(folder, "plan", "--county", COUNTY6, "--date", DAY, "--out", str(written))
        gap = json.loads(written.read_text(encoding="utf-8"))["gap"]
    print(said, flush=True)
    at_most("plan_seconds", seconds, 120, "s")
    at_most("plan_memory", peak, 2000, "MB")
    at_most("plan_gap", 100 * gap, 1, "% above the bound")


if __name__ == "__main__":
    main()
