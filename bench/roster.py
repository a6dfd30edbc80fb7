"""Rosters: public nurse-rostering instances, and four teams of police, beside plain CP-SAT."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path

from anlan.engine.planning.roster import Forbidden, Hours, Limit, Member, Need, Prices, Problem, Rules, Wish
from anlan.engine.planning.roster.problem import Fairness
from anlan.engine.planning.shifts import Shift

FOLDER = "ANLAN_NURSE_INSTANCES"
FREE = Prices(wish=1, fairness=Fairness(0, 0, 0, 0), deviation=0)


def sections(path: Path) -> dict[str, list[list[str]]]:
    """Lines of an instance of schedulingbenchmarks.org by section, split at commas."""
    found: dict[str, list[list[str]]] = defaultdict(list)
    name = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("SECTION_"):
            name = line.strip().removeprefix("SECTION_")
        elif line.strip() and not line.startswith("#"):
            found[name].append([field.strip() for field in line.split(",")])
    return found


def instance(path: Path) -> Problem:
    """One instance in our terms: the same rules, the same score."""
    read = sections(path)
    days = int(read["HORIZON"][0][0])
    shifts = tuple(Shift(code, 0, int(length)) for code, length, _ in read["SHIFTS"])
    follow = tuple(
        Forbidden((code, after)) for code, _, those in read["SHIFTS"] for after in those.split("|") if after
    )
    off, wishes = {row[0]: tuple(map(int, row[1:])) for row in read["DAYS_OFF"]}, defaultdict(list)
    for name, want in (("SHIFT_ON_REQUESTS", True), ("SHIFT_OFF_REQUESTS", False)):
        for who, day, code, weight in read[name]:
            wishes[who].append(Wish(int(day), code, want, int(weight)))
    members = tuple(
        Member(row[0], leave=off.get(row[0], ()), wishes=tuple(wishes[row[0]]), rules=contract(row, follow))
        for row in read["STAFF"]
    )
    needs = tuple(
        Need(int(day), code, int(people), price=int(under), over=int(over))
        for day, code, people, under, over in read["COVER"]
    )
    return Problem("2024-01-01", days, shifts, members, needs, prices=FREE, nights=())


def contract(row: list[str], follow: tuple[Forbidden, ...]) -> Rules:
    """Rules of a line of the staff section."""
    _, shifts, most, least, running, together, off, weekends = row
    each = tuple((one.split("=")[0], Limit(int(one.split("=")[1]))) for one in shifts.split("|"))
    return Rules(
        rest_min=None, days_running=Limit(int(running)), days_least=Limit(int(together)),
        off_least=Limit(int(off)), hours=(Hours(0, Limit(int(least)), Limit(int(most))),),
        weekends_most=Limit(int(weekends)), shifts_most=each, forbidden=follow,
    )  # fmt: skip


def folder() -> Path | None:
    """Where the instances are: the environment variable's folder, if it is there."""
    given = os.environ.get(FOLDER, "")
    return Path(given) if given and Path(given).is_dir() else None
