"""A whole night's analysis of a county at 1×, 4× and 16× its incidents and cells: `anlan night`.

The county is the demo's, generated for five years: 2,594 grids, 32 beats, some 504,000 incidents of 76 types
at 1×; at k× it has k times the grids, the area and the incidents. Each size is loaded into an installation of
its own, then one command reads the history and makes everything: each method's table, map and plot with its
defaults, the forecast for every grid and shift, the colours, the day's briefing and its PDF.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.claims import at_most, machine

SIZES = (1, 4, 16)
DAY = "2026-11-24"
COUNTY6 = "990101"
LOAD = """
import datetime, sys
from dataclasses import replace
from anlan.demo import generate, load
size = {size}
scale = replace(generate.FULL, grids=2594 * size, km2=1600.0 * size, days=1826, per_day=274.0 * size)
for name, step in load.steps(1, scale, datetime.date.fromisoformat("{day}")):
    if name != "Making the briefing":
        step()
"""


def environment(folder: Path) -> dict[str, str]:
    """The settings of an installation in a folder of its own."""
    return {**os.environ, "ANLAN_DATA_DIR": str(folder), "DEMO": "1"}


def prepared(folder: Path, load: str) -> None:
    """Fill an installation by a script."""
    for arguments in (["migrate"], ["manage", "shell", "--no-imports", "-c", load]):
        subprocess.run(
            [sys.executable, "-m", "anlan", *arguments], env=environment(folder), check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip


def timed(folder: Path, *arguments: str) -> tuple[float, float, str]:
    """Run a command of the site; its wall seconds, peak memory in MB with its children, and what it printed.

    Raises:
        RuntimeError: the command failed; with what it printed.

    """
    command = [sys.executable, "-m", "anlan", *arguments]
    begin = time.perf_counter()
    with subprocess.Popen(command, env=environment(folder), stdout=subprocess.PIPE, text=True) as process:
        said = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"anlan {arguments[0]} ended with {process.returncode}\n{said}")
    return time.perf_counter() - begin, usage.ru_maxrss / 1000, said


def main() -> None:
    """Measure each size; the claim is about 1×, the growth about all."""
    print(f"night, {machine()}")
    took = {}
    for size in SIZES:
        with tempfile.TemporaryDirectory(prefix="anlan-night-") as name:
            folder = Path(name)
            prepared(folder, LOAD.format(size=size, day=DAY))
            seconds, peak, said = timed(
                folder, "night", "--county", COUNTY6, "--date", DAY, "--out", str(folder / "night")
            )
        took[size] = seconds
        print(said if size == 1 else f"  {size}x: {seconds:.1f} s, {peak:.0f} MB", flush=True)
        if size == 1:
            at_most("night_seconds", seconds, 60, "s")
            at_most("night_memory", peak, 2000, "MB")
        else:
            at_most(f"night_growth_{size}x", seconds / took[1], size, "times the seconds")


if __name__ == "__main__":
    main()
