"""Rosters: public nurse-rostering instances, and four teams of police, beside plain CP-SAT."""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from ortools.sat.python import cp_model

from anlan.engine.planning.roster import (
    Balance,
    Effort,
    Fairness,
    Forbidden,
    Hours,
    Limit,
    Member,
    Need,
    Prices,
    Problem,
    Rules,
    Wish,
    named,
    pattern_rows,
    solve,
)
from anlan.engine.planning.roster.model import Model
from anlan.engine.planning.roster.solving import rows
from anlan.engine.planning.roster.table import table
from anlan.engine.planning.shifts import THREE_SHIFTS, Shift
from bench.claims import at_least, at_most, machine, measure

SECONDS = 60.0
WORKERS = 2
FOLDER = "ANLAN_NURSE_INSTANCES"
WHICH = "ANLAN_NURSE_NUMBERS"
BEST_KNOWN = {
    1: 607, 2: 828, 3: 1001, 4: 1716, 5: 1143, 6: 1950, 7: 1056, 8: 1300, 9: 439, 10: 4631, 11: 3443,
    12: 4040,
}  # fmt: skip
"""As published at schedulingbenchmarks.org."""
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


def penalty(path: Path, roster: dict[str, list[str]]) -> int:
    """The score of a roster by the instance's own text; fails on a broken hard rule. None of ours is used."""
    read = sections(path)
    length = {code: int(minutes) for code, minutes, _ in read["SHIFTS"]}
    after = {code: set(those.split("|")) - {""} for code, _, those in read["SHIFTS"]}
    for row in read["STAFF"]:
        _staff_keeps(row, roster[row[0]], length, after)
    for who, *days in read["DAYS_OFF"]:
        assert all(not roster[who][int(day)] for day in days), (who, "days off")
    cost = sum(int(w) for who, day, code, w in read["SHIFT_ON_REQUESTS"] if roster[who][int(day)] != code)
    cost += sum(int(w) for who, day, code, w in read["SHIFT_OFF_REQUESTS"] if roster[who][int(day)] == code)
    for day, code, wanted, under, over in read["COVER"]:
        lack = int(wanted) - sum(row[int(day)] == code for row in roster.values())
        cost += max(0, lack) * int(under) + max(0, -lack) * int(over)
    return cost


def _staff_keeps(
    row: list[str], duties: list[str], length: dict[str, int], after: dict[str, set[str]]
) -> None:
    who, shifts, most, least, running, together, off, weekends = row
    for one in shifts.split("|"):
        code, limit = one.split("=")
        assert duties.count(code) <= int(limit), (who, code)
    total = sum(length[code] for code in duties if code)
    assert int(least) <= total <= int(most), (who, "minutes", total)
    for code, then in pairwise(duties):
        assert not (code and then in after[code]), (who, code, then)
    runs = "".join("x" if code else "." for code in duties)
    assert max(map(len, runs.split("."))) <= int(running), (who, "running")
    worked, free = runs.strip("x").split("."), runs.strip(".").split("x")
    assert all(len(run) >= int(together) for run in worked if run), (who, "together")
    assert all(len(run) >= int(off) for run in free if run), (who, "off")
    assert sum("x" in runs[sat : sat + 2] for sat in range(5, len(runs), 7)) <= int(weekends), (
        who,
        "weekends",
    )


def police(people: int, days: int = 28, seed: int = 1) -> Problem:
    """Four teams in three shifts by the cycle of eight days: leave, skills, wishes, balances."""
    random = np.random.default_rng(seed)
    members = tuple(_officer(place, people, days, random) for place in range(people))
    each = people // 4
    needs = []
    for day in range(days):
        for shift in THREE_SHIFTS:
            full = round(each * (0.96 if day % 7 >= 4 else 0.9))
            needs += [Need(day, shift.code, full), Need(day, shift.code, each // 5, "driver"),
                      Need(day, shift.code, max(1, each // 20), "leader")]  # fmt: skip
    rules = Rules(
        nights_running=Limit(3), days_running=Limit(6), off_after_nights=Limit(1, 500),
        hours=(Hours(7, most=Limit(3600)), Hours(28, most=Limit(11_520, 50))),
    )  # fmt: skip
    free = (days - 8,) if days > 8 else ()
    problem = Problem("2026-03-02", days, THREE_SHIFTS, members, tuple(needs), rules, holidays=free)
    return replace(problem, base=pattern_rows(problem, {"": named("four_teams_8", shifts=THREE_SHIFTS)}))


def _officer(place: int, people: int, days: int, random: np.random.Generator) -> Member:
    team = "ABCD"[place * 4 // people]
    skills = tuple(skill for skill, share in (("driver", 0.4), ("leader", 0.15)) if random.random() < share)
    begin = int(random.integers(0, days - 5))
    leave = tuple(range(begin, begin + 5)) if random.random() < 0.3 else ()
    codes = ["", *(shift.code for shift in THREE_SHIFTS)]
    wishes = tuple(
        Wish(int(random.integers(0, days)), str(random.choice(codes)), bool(random.random() < 0.8),
             int(random.integers(1, 4)))
        for _ in range(int(random.integers(0, 4)))
    )  # fmt: skip
    owed = [int(one) for one in random.integers(-2, 3, 3)]
    balance = Balance(*owed, int(random.integers(-960, 960)))
    return Member(f"{team}-{place:03d}", team, skills, leave=leave, wishes=wishes, balance=balance)


def problem_of(case: str) -> Problem:
    """A case by name: people of the police, or the path of an instance."""
    return police(int(case)) if case.isdigit() else instance(Path(case))


def warm() -> None:
    """Load the compiled search before the clock runs."""
    solve(police(8, 7), effort=Effort(1.0, WORKERS))


def ours(case: str, seconds: float) -> dict[str, object]:
    """Our solver; objective, bound, time to the first roster, and the rows."""
    warm()
    found = solve(problem_of(case), effort=Effort(seconds, WORKERS))
    return {"cost": found.objective, "bound": found.bound, "first": found.first_s, "rows": found.rows,
            "status": str(found.status), "parts": found.parts, "seconds": found.seconds}  # fmt: skip


def plain(case: str, seconds: float) -> dict[str, object]:
    """CP-SAT alone on the same model, its defaults but for workers and time."""
    problem = problem_of(case)
    model = Model(table(problem))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers, solver.parameters.max_time_in_seconds = WORKERS, seconds
    status = solver.solve(model.model)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return {"cost": None, "bound": solver.best_objective_bound, "rows": {}}
    found = rows(problem, model.read(solver))
    return {"cost": round(solver.objective_value), "bound": solver.best_objective_bound, "rows": found}


def gap(result: dict[str, object]) -> float:
    """Gap in per cent, 100 where nothing was found."""
    cost, bound = result["cost"], float(str(result["bound"]))
    return 100.0 if cost is None else 100 * (int(str(cost)) - bound) / max(1, int(str(cost)))


def compare(name: str, case: str) -> tuple[dict[str, object], dict[str, object]]:
    """Both on one case, in fresh processes in turn; a line each."""
    mine, theirs = measure(ours, case, SECONDS).value, measure(plain, case, SECONDS).value
    for who, one in (("ours", mine), ("plain CP-SAT", theirs)):
        print(f"  {name}, {who}: {one['cost']}, bound {one['bound']:.0f}, gap {gap(one):.2f} %", flush=True)
    return mine, theirs


def nurses() -> None:
    """The public instances, each scored by its own text too."""
    place = folder()
    if place is None:
        print(f"!! public nurse-rostering instances NOT measured: set {FOLDER} to a folder of InstanceN.txt")
        return
    for number in [int(one) for one in os.environ.get(WHICH, "1,2,3,4,5,6,7,8,9,10").split(",")]:
        path = place / f"Instance{number}.txt"
        mine, theirs = compare(f"instance {number}", str(path))
        for one in (mine, theirs):
            assert one["cost"] is None or penalty(path, one["rows"]) == one["cost"], "scores differ"
        best = BEST_KNOWN.get(number)
        if best:
            print(f"    best known {best}: ours is {100 * (mine['cost'] - best) / best:.2f} % above it")
            assert mine["bound"] <= best, "a bound above a known roster"
        at_most(f"nurses_{number}_gap", gap(mine), max(0.0, gap(theirs)), "%")


def four_teams() -> None:
    """120 people in four teams, and four teams of 120."""
    for people in (120, 480):
        mine, theirs = compare(f"{people} people x 28 days", str(people))
        print(f"    {mine['parts']}, {mine['status']}, {mine['seconds']:.1f} s")
        at_most(f"roster_{people}_first", mine["first"], 10.0, "s")
        at_most(f"roster_{people}_gap_60s", gap(mine), max(0.0, gap(theirs)), "%")
        at_least(f"roster_{people}_feasible", float(mine["status"] in {"feasible", "optimal"}), 1.0, "")


if __name__ == "__main__":
    print(f"roster, {machine()}, {WORKERS} workers, {SECONDS:g} s each; load {os.getloadavg()[0]:.1f}")
    if "nurses" not in sys.argv[1:]:
        four_teams()
    nurses()
