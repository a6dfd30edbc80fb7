"""The Numba kernel of the search for routes; a module of its own because importing Numba takes a while.

Ruin and recreate by slack induction with string removals: Christiaens & Vanden Berghe, "Slack induction by
string removals for vehicle routing problems", Transportation Science 54 (2020), 417-433. Strings of visits
near a random one leave their routes; they, and some visits near that are in no route, are put back one by
one where each costs least, or left out where none is worth it; simulated annealing accepts. Ours beside the
paper: visits that need not be made, several options a visit, units of several kinds, meals, limits of time.

Tables instead of one array a column, and plain arrays instead of tuples of them: Numba counts references to
every array that a call passes, and calls are short.
"""

import numba
import numpy as np
from numpy.typing import NDArray

from anlan.engine.planning.routes.strings import LONGEST_STRING, MEAN_REMOVED, string_about

# Columns of the options (N, 6): places of -1 are wherever the unit is.
ENTRY, EXIT, EARLY, LATE, TASK, STOP = range(6)
# Columns of the crews (U, 6): BUSY is the most seconds that drives and visits may take.
KIND, START, END, FROM, UNTIL, BUSY = range(6)
# Columns of the tasks (T, 4): options FIRST to LAST - 1 are its own.
FIRST, LAST, MEAL, OWED = range(4)
# Layers of the routes (U, W, 5): soonest and latest begin, the place after it, and the next one driven to.
ROW, SOON, FINAL, PLACE, AHEAD = range(5)
# Columns of the sums (U, 4) and of the costs (U, 2). HOLDS: whether no window nor limit is overrun, which
# taking a visit out can do: a meal that was eaten there is now eaten before the drive.
LENGTH, SPENT, MEALS, HOLDS = range(4)
COST, DISLIKE = range(2)

HUGE = 1e18
GENEROUS = 0.05


@numba.njit(cache=True, nogil=True)
def refresh(  # noqa: PLR0913, PLR0917  plain arrays are what Numba compiles
    unit: int, drive: NDArray, price: float, crews: NDArray, options: NDArray, seconds: NDArray,
    toll: NDArray, dislike: NDArray, pair: NDArray, clock: NDArray, routes: NDArray, sums: NDArray,
    costs: NDArray,
) -> None:  # fmt: skip
    """Work out times and sums of a route anew."""
    kind, count = crews[unit, KIND], sums[unit, LENGTH]
    now, place, busy, cost, disliked, before = crews[unit, FROM], crews[unit, START], 0, 0.0, 0.0, -1
    holds = True
    for at in range(count):
        row = routes[unit, at, ROW]
        if options[row, ENTRY] >= 0:
            way = drive[kind, place, options[row, ENTRY]]
            place = options[row, EXIT]
            now += way
            busy += way
        now = max(now, options[row, EARLY])
        holds = holds and now <= options[row, LATE]
        routes[unit, at, SOON], routes[unit, at, PLACE] = now, place
        stop = options[row, STOP]
        if stop >= 0:
            disliked += dislike[stop, min((now - clock[0]) // clock[1], dislike.shape[1] - 1)]
            if before >= 0:
                disliked += pair[before, stop]
            before = stop
        now += seconds[row, kind]
        busy += seconds[row, kind]
        cost += toll[row, kind] - price * seconds[row, kind]
    home = drive[kind, place, crews[unit, END]]
    busy += home
    sums[unit, SPENT] = busy
    sums[unit, HOLDS] = holds and now + home <= crews[unit, UNTIL] and busy <= crews[unit, BUSY]
    costs[unit, COST], costs[unit, DISLIKE] = cost + price * busy, disliked
    _backwards(unit, drive, crews, options, seconds, routes, count)


@numba.njit(cache=True, nogil=True)
def _backwards(
    unit: int, drive: NDArray, crews: NDArray, options: NDArray, seconds: NDArray, routes: NDArray, count: int
) -> None:
    kind, now, target, here = crews[unit, KIND], crews[unit, UNTIL], crews[unit, END], False
    routes[unit, count, AHEAD] = target
    for at in range(count - 1, -1, -1):
        row = routes[unit, at, ROW]
        # Before a meal where the unit is there is no drive: it comes after.
        way = 0 if here else drive[kind, routes[unit, at, PLACE], target]
        now = min(now - way - seconds[row, kind], options[row, LATE])
        here = options[row, ENTRY] < 0
        if not here:
            target = options[row, ENTRY]
        routes[unit, at, FINAL], routes[unit, at, AHEAD] = now, target


@numba.njit(cache=True, nogil=True)
def _cut_string(  # noqa: PLR0913, PLR0917
    unit: int, task: int, longest: float, options: NDArray, tasks: NDArray, routes: NDArray, sums: NDArray,
    unit_of: NDArray, gone: NDArray, count: int, chance: np.random.Generator,
) -> int:  # fmt: skip
    """Take a string of visits about a task out of a route; `gone` gets them, its new count is returned."""
    size, at = sums[unit, LENGTH], 0
    while options[routes[unit, at, ROW], TASK] != task:
        at += 1
    begin, end, spare, kept = string_about(at, size, longest, chance)
    write = begin
    for read in range(begin, size):
        row = routes[unit, read, ROW]
        if read >= end or spare <= read < kept:
            routes[unit, write, ROW] = row
            write += 1
        else:
            gone[count] = options[row, TASK]
            count += 1
            unit_of[options[row, TASK]] = -1
            sums[unit, MEALS] -= tasks[options[row, TASK], MEAL] >= 0
    sums[unit, LENGTH] = write
    return count


@numba.njit(cache=True, nogil=True)
def _centre(
    may: NDArray, options: NDArray, tasks: NDArray, routes: NDArray, sums: NDArray, unit_of: NDArray,
    chance: np.random.Generator,
) -> int:  # fmt: skip
    """A random task; half of the time the next one that is owed and left out, if any is.

    Instead of a meal, a visit of the unit that has none: room is needed there, not near the meal's place.
    """
    centre = int(chance.random() * len(tasks))
    if chance.random() < 0.5:
        for other in range(len(tasks)):
            task = (centre + other) % len(tasks)
            if tasks[task, OWED] and unit_of[task] < 0:
                if tasks[task, MEAL] < 0 or tasks[task, FIRST] == tasks[task, LAST]:
                    return task
                for unit in range(len(sums)):
                    if may[unit, tasks[task, FIRST]] and not sums[unit, MEALS] and sums[unit, LENGTH]:
                        at = int(chance.random() * sums[unit, LENGTH])
                        return int(options[routes[unit, at, ROW], TASK])
                return task
    return centre


@numba.njit(cache=True, nogil=True)
def _ruin(  # noqa: PLR0913, PLR0917
    may: NDArray, options: NDArray, tasks: NDArray, near: NDArray, routes: NDArray, sums: NDArray,
    unit_of: NDArray, absent: int, touched: NDArray, gone: NDArray, taken: NDArray,
    chance: np.random.Generator,
) -> int:  # fmt: skip
    """Remove strings near a random task; name them, and up to `absent` tasks near that nobody does."""
    centre, used = _centre(may, options, tasks, routes, sums, unit_of, chance), 0
    for unit in range(len(sums)):
        used += sums[unit, LENGTH]
    longest = max(1.0, min(LONGEST_STRING, used / len(sums)))
    strings = int(chance.random() * (4 * MEAN_REMOVED / (1 + longest) - 1) + 1)
    count = left_out = cut = 0
    taken[:] = False
    for place in range(len(tasks)):
        task = near[centre, place]
        unit = unit_of[task]
        if unit >= 0 and cut < strings and not touched[unit]:
            touched[unit] = True
            cut += 1
            before = count
            count = _cut_string(
                unit, task, longest, options, tasks, routes, sums, unit_of, gone, count, chance
            )  # fmt: skip
            for row in range(before, count):
                taken[gone[row]] = True
        elif unit < 0 and left_out < absent and not taken[task]:
            gone[count] = task
            count += 1
            left_out += 1
        if cut >= strings and left_out >= absent:
            break
    return count


@numba.njit(cache=True, nogil=True)
def _order(
    options: NDArray, tasks: NDArray, prize: NDArray, gone: NDArray, count: int, key: NDArray,
    chance: np.random.Generator,
) -> None:  # fmt: skip
    """Sort what is to be put back: by chance, by worth, or by how little time it has; meals first."""
    how = chance.random()
    for row in range(count):
        task = gone[row]
        if how < 0.4:
            key[row] = chance.random()
        elif how < 0.8:
            key[row] = -prize[task] * (0.8 + 0.4 * chance.random())
        else:
            key[row] = 0.0
            for option in range(tasks[task, FIRST], tasks[task, LAST]):
                key[row] += options[option, LATE] - options[option, EARLY]
        if tasks[task, MEAL] >= 0:
            key[row] -= HUGE
    for row in range(1, count):
        value, task, at = key[row], gone[row], row - 1
        while at >= 0 and key[at] > value:
            key[at + 1], gone[at + 1] = key[at], gone[at]
            at -= 1
        key[at + 1], gone[at + 1] = value, task


@numba.njit(cache=True, nogil=True, inline="always")
def _cheapest(  # noqa: PLR0913, PLR0917
    unit: int, row: int, drive: NDArray, price: float, crews: NDArray, options: NDArray, seconds: NDArray,
    toll: float, routes: NDArray, sums: NDArray, dislike: NDArray, clock: NDArray, lean: float, blink: float,
    best: float, chance: np.random.Generator,
) -> tuple[float, int]:  # fmt: skip
    """The least that an option costs in a route if below `best`, and where; -1 where nowhere.

    `lean`: the price of dislike.
    """
    kind, count, found = crews[unit, KIND], sums[unit, LENGTH], -1
    own, entry, early, late = seconds[row, kind], options[row, ENTRY], options[row, EARLY], options[row, LATE]
    room, stop = crews[unit, BUSY] - sums[unit, SPENT] - own, options[row, STOP]
    came, now = crews[unit, START], crews[unit, FROM]
    # A line may bring the unit nearer to what comes next: then it costs less than its own time.
    for at in range(count + 1 if room >= 0 or entry != options[row, EXIT] else 0):
        if at:
            came = routes[unit, at - 1, PLACE]
            now = routes[unit, at - 1, SOON] + seconds[routes[unit, at - 1, ROW], kind]
        if now > late:
            break
        there = 0 if entry < 0 else drive[kind, came, entry]
        arrive = max(now + there, early)
        if arrive > late:
            continue
        target = routes[unit, at, AHEAD]
        direct = drive[kind, came, target]
        onward = direct if entry < 0 else drive[kind, options[row, EXIT], target]
        more = there + onward - direct
        latest, ahead = crews[unit, UNTIL], arrive + own + onward
        if at < count:
            latest = routes[unit, at, FINAL]
            after = routes[unit, at, ROW]
            if options[after, ENTRY] < 0:  # a meal where the unit is: the drive comes after it
                ahead = max(arrive + own, options[after, EARLY]) + max(0, onward - direct)
        if ahead > latest or more > room:
            continue
        cost = price * more + toll
        if lean > 0 and stop >= 0:
            cost += lean * dislike[stop, min((arrive - clock[0]) // clock[1], dislike.shape[1] - 1)]
        if cost < best and chance.random() >= blink:
            best, found = cost, at
    return best, found


@numba.njit(cache=True, nogil=True)
def _put(  # noqa: PLR0913, PLR0917
    unit: int, row: int, at: int, options: NDArray, tasks: NDArray, routes: NDArray, sums: NDArray,
    unit_of: NDArray,
) -> None:  # fmt: skip
    for place in range(sums[unit, LENGTH], at, -1):
        routes[unit, place, ROW] = routes[unit, place - 1, ROW]
    routes[unit, at, ROW] = row
    sums[unit, LENGTH] += 1
    unit_of[options[row, TASK]] = unit
    sums[unit, MEALS] += tasks[options[row, TASK], MEAL] >= 0


@numba.njit(cache=True, nogil=True)
def missing(prize: NDArray, unit_of: NDArray) -> float:
    """What the tasks that nobody does are worth."""
    worth = 0.0
    for task in range(len(prize)):
        if unit_of[task] < 0:
            worth += prize[task]
    return worth


@numba.njit(cache=True, nogil=True)
def total(costs: NDArray, column: int) -> float:
    """A column's sum over the units, in their order."""
    result = 0.0
    for unit in range(len(costs)):
        result += costs[unit, column]
    return result


@numba.njit(cache=True, nogil=True)
def _overrun(sums: NDArray) -> int:
    """How many routes overrun something."""
    count = 0
    for unit in range(len(sums)):
        count += not sums[unit, HOLDS]
    return count


@numba.njit(cache=True, nogil=True)
def _copy(
    unit: int, routes: NDArray, sums: NDArray, costs: NDArray, to_routes: NDArray, to_sums: NDArray,
    to_costs: NDArray,
) -> None:  # fmt: skip
    """Loops, because Numba compiles slices of tables for a long time."""
    for at in range(sums[unit, LENGTH] + 1):
        for layer in range(5):
            to_routes[unit, at, layer] = routes[unit, at, layer]
    for column in range(4):
        to_sums[unit, column] = sums[unit, column]
    for column in range(2):
        to_costs[unit, column] = costs[unit, column]


@numba.njit(cache=True, nogil=True)
def _copy_row(row: NDArray, to: NDArray) -> None:
    for place in range(len(row)):
        to[place] = row[place]


@numba.njit(cache=True, nogil=True)
def _keep(routes: NDArray, sums: NDArray, best_routes: NDArray, best_lengths: NDArray) -> None:
    for unit in range(len(sums)):
        best_lengths[unit] = sums[unit, LENGTH]
        for at in range(sums[unit, LENGTH]):
            best_routes[unit, at] = routes[unit, at, ROW]


@numba.njit(cache=True, nogil=True)
def anneal(  # noqa: C901, PLR0912, PLR0913, PLR0917  one loop over plain arrays
    drive: NDArray, price: float, crews: NDArray, may: NDArray, options: NDArray, seconds: NDArray,
    toll: NDArray, tasks: NDArray, prize: NDArray, near: NDArray, dislike: NDArray, pair: NDArray,
    clock: NDArray,
    routes: NDArray, sums: NDArray, costs: NDArray, unit_of: NDArray,
    best_routes: NDArray, best_sums: NDArray,
    aim: NDArray, heat: float, iterations: int, absent: int, blink: float, record: float,
    chance: np.random.Generator,
) -> float:  # fmt: skip
    """Ruin, recreate, accept or take back, so many times at one temperature; returns the record.

    `aim`: the weights of cost and of dislike, the most that a state may cost, and what dislike costs where
    visits are put back (times a factor by chance, a tenth to ten). The best routes are left in `best_*`.
    """
    units, count_tasks = len(crews), len(tasks)
    touched, taken = np.zeros(units, np.bool_), np.zeros(count_tasks, np.bool_)
    gone, key = np.empty(count_tasks, np.int64), np.empty(count_tasks)
    held_routes, held_sums, held_costs, held_of = routes.copy(), sums.copy(), costs.copy(), unit_of.copy()
    before = aim[0] * (total(costs, COST) + missing(prize, unit_of)) + aim[1] * total(costs, DISLIKE)
    for _ in range(iterations):
        touched[:] = False
        lean = aim[3] * 10 ** (2 * chance.random() - 1)
        # Two visits may be worth a way that neither is worth alone: now and then one is put in at a loss.
        generous = 1 + 3 * chance.random() if chance.random() < GENEROUS else 1.0
        count = _ruin(may, options, tasks, near, routes, sums, unit_of, absent, touched, gone, taken, chance)
        for unit in range(units):
            if touched[unit]:
                refresh(
                    unit, drive, price, crews, options, seconds, toll, dislike, pair, clock, routes, sums,
                    costs,
                )  # fmt: skip
        _order(options, tasks, prize, gone, count, key, chance)
        for number in range(count):
            task = gone[number]
            least, chosen, row, at = generous * prize[task], -1, -1, -1
            for option in range(tasks[task, FIRST], tasks[task, LAST]):
                first = int(chance.random() * units)  # of units as good as each other any may be the first
                for step in range(units):
                    unit = (first + step) % units
                    if may[unit, option] and not (tasks[task, MEAL] >= 0 and sums[unit, MEALS]):
                        cost, place = _cheapest(
                            unit, option, drive, price, crews, options, seconds,
                            toll[option, crews[unit, KIND]], routes, sums, dislike, clock, lean, blink,
                            least, chance,
                        )  # fmt: skip
                        if place >= 0:
                            least, chosen, row, at = cost, unit, option, place
            if chosen >= 0:
                touched[chosen] = True
                _put(chosen, row, at, options, tasks, routes, sums, unit_of)
                refresh(
                    chosen, drive, price, crews, options, seconds, toll, dislike, pair, clock, routes, sums,
                    costs,
                )  # fmt: skip
        cost = total(costs, COST) + missing(prize, unit_of)
        after = aim[0] * cost + aim[1] * total(costs, DISLIKE)
        luck = before - heat * np.log(chance.random())
        if after < luck and cost <= aim[2] and not _overrun(sums):
            before = after
            for unit in range(units):
                if touched[unit]:
                    _copy(unit, routes, sums, costs, held_routes, held_sums, held_costs)
            _copy_row(unit_of, held_of)
            if after < record - 1e-9:
                record = after
                _keep(routes, sums, best_routes, best_sums)
        else:
            for unit in range(units):
                if touched[unit]:
                    _copy(unit, held_routes, held_sums, held_costs, routes, sums, costs)
            _copy_row(held_of, unit_of)
    return record
