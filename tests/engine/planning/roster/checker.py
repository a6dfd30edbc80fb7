"""An independent reading of the rules: a roster's broken hard rules and its cost, by plain loops over days.

Written from the rules' text, not from the model: nothing of windows, automata or counters is used here.
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

HARD = "hard"


def units(above, size):
    """Whole units begun."""
    return max(0, -(-above // size))


class Checker:
    """Reads a problem's rules about one roster (member -> codes by day)."""

    def __init__(self, problem, rows):
        self.p, self.rows = problem, rows
        self.shift = {shift.code: shift for shift in problem.shifts}
        self.broken, self.soft = [], 0

    def note(self, rule, price, many=1):
        """A rule broken `many` times."""
        if many <= 0:
            return
        if price is None:
            self.broken.append(rule)
        else:
            self.soft += price * many

    def weekday(self, day):
        """0 = Monday."""
        return (date.fromisoformat(self.p.start) + timedelta(days=day)).weekday()

    def night(self, code):
        """Whether a code counts as night."""
        if code == "":
            return False
        if self.p.nights is not None:
            return code in self.p.nights
        shift = self.shift[code]
        minutes = range(shift.start_min, shift.start_min + shift.minutes)
        return sum((minute % 1440) >= 1380 or (minute % 1440) < 360 for minute in minutes) >= 180

    def run(self):
        """Broken hard rules and the objective."""
        for member in self.p.members:
            self.member(member)
        cost = self.soft + self.cover() + self.apart()
        for member in self.p.members:
            cost += self.cells(member)
        return self.broken, cost + self.fairness()

    def member(self, member):
        """One row against its rules."""
        rules = member.rules or self.p.rules
        row = {
            day - len(member.before): code
            for day, code in enumerate((*member.before, *self.rows[member.code]))
        }
        self.cells_allowed(member)
        self.rest(rules, row)
        self.runs(rules, row)
        self.after_nights(rules, row)
        self.hours(rules, row)
        self.weekends(rules, row)
        for code, limit in rules.shifts_most:
            many = sum(row[day] == code for day in range(self.p.days))
            self.note("shifts_most", limit.price, (many - limit.value) if limit.price is not None
                      else int(many > limit.value))  # fmt: skip
        for one in rules.forbidden:
            for end in range(self.p.days):
                days = range(end - len(one.codes) + 1, end + 1)
                if days[0] in row and all(
                    (row[day] != "") if code == "*" else row[day] == code
                    for day, code in zip(days, one.codes, strict=True)
                ):
                    self.note("forbidden", one.price)

    def cells_allowed(self, member):
        """Leave, shifts, edits."""
        for day, code in enumerate(self.rows[member.code]):
            if code and day in member.leave:
                self.broken.append("leave")
            if code and member.shifts is not None and code not in member.shifts:
                self.broken.append("shifts")
            for cell in self.p.edits.fixed:
                if (cell.member, cell.day) == (member.code, day) and cell.shift != code:
                    self.broken.append("fixed")
            for cell in self.p.edits.forbidden:
                if (cell.member, cell.day, cell.shift) == (member.code, day, code):
                    self.broken.append("forbidden_cell")

    def rest(self, rules, row):
        """Minutes from the end of a duty to the begin of the next one."""
        if not rules.rest_min:
            return
        duties = [day for day in sorted(row) if row[day]]
        for day, after in pairwise(duties):
            one, other = self.shift[row[day]], self.shift[row[after]]
            gap = after * 1440 + other.start_min - (day * 1440 + one.start_min + one.minutes)
            if gap < rules.rest_min.value and after >= 0:
                self.note("rest_min", rules.rest_min.price)

    def stretches(self, row, holds):
        """(first, last) of each longest run of days where it holds."""
        found, begin = [], None
        for day in sorted(row):
            if holds(row[day]) and begin is None:
                begin = day
            if not holds(row[day]) and begin is not None:
                found.append((begin, day - 1))
                begin = None
        return found + ([(begin, max(row))] if begin is not None else [])

    def runs(self, rules, row):
        """Longest and shortest runs."""
        for limit, holds in ((rules.nights_running, self.night), (rules.days_running, bool)):
            for first, last in self.stretches(row, holds) if limit else ():
                beyond = range(max(first + limit.value, 0), last + 1)
                self.note("running", limit.price, len(beyond))
        for limit, holds in ((rules.days_least, bool), (rules.off_least, lambda code: not code)):
            for first, last in self.stretches(row, holds) if limit else ():
                cut = first == min(row) or last == max(row)
                if not cut and last + 1 >= 0:
                    self.note("least", limit.price, limit.value - (last - first + 1))

    def after_nights(self, rules, row):
        """Days off after a run of nights."""
        limit = rules.off_after_nights
        for _, last in self.stretches(row, self.night) if limit else ():
            off = 0
            while last + 1 + off in row and not row[last + 1 + off]:
                off += 1
            comes = last + 1 + off
            if comes in row and comes >= 0 and not (off == 0 and self.night(row[comes])):
                self.note("off_after_nights", limit.price, limit.value - off)

    def hours(self, rules, row):
        """Minutes by week, block or horizon."""
        length = {"": 0, **{code: shift.minutes for code, shift in self.shift.items()}}
        for hours in rules.hours:
            first = -self.weekday(0) if hours.days == 7 else 0
            size = hours.days or self.p.days
            while first < self.p.days:
                days = range(first, first + size)
                total = sum(length[row[day]] for day in days if day in row and day < self.p.days)
                whole = first + size <= self.p.days and all(day in row for day in days)
                self.bounds(hours, total, whole)
                first += size

    def bounds(self, hours, total, whole):
        """Least and most of one stretch."""
        if hours.most:
            above = total - hours.most.value
            self.note("hours", hours.most.price, units(above, 60) if hours.most.price is not None else above)
        if hours.least and whole:
            below = hours.least.value - total
            self.note("hours_least", hours.least.price,
                      units(below, 60) if hours.least.price is not None else below)  # fmt: skip

    def weekends(self, rules, row):
        """Weekends with a duty."""
        weeks = {}
        for day in row:
            if self.weekday(day) in self.p.weekend:
                weeks.setdefault((day - self.weekday(day)) // 7, []).append(day)
        order = [weeks[week] for week in sorted(weeks)]
        worked = [any(row[day] for day in days) for days in order]
        inside = [max(days) >= 0 for days in order]
        if rules.weekends_most:
            limit = rules.weekends_most
            many = sum(one and here for one, here in zip(worked, inside, strict=True))
            self.note("weekends_most", limit.price, (many - limit.value) if limit.price is not None
                      else int(many > limit.value))  # fmt: skip
        if rules.weekend_off_in:
            size = rules.weekend_off_in.value
            for end in range(size - 1, len(order)):
                if inside[end] and all(worked[end - size + 1 : end + 1]):
                    self.note("weekend_off_in", rules.weekend_off_in.price)

    def there(self, need):
        """People counted by a need."""
        return sum(
            self.rows[member.code][need.day] == need.shift
            for member in self.p.members if not need.skill or need.skill in member.skills
        )  # fmt: skip

    def cover(self):
        """Missing and surplus people."""
        cost = 0
        for need in self.p.needs:
            missing = need.people - self.there(need)
            price = self.p.prices.uncovered if need.price is None else need.price
            if missing > 0 and need.hard:
                self.broken.append("need")
            elif missing > 0:
                cost += missing * price
            cost += max(0, -missing) * need.over
        return cost

    def apart(self):
        """Members on duty in another shift than most of their team."""
        cost = 0
        for team in {member.team for member in self.p.members} - {""} if self.p.together else ():
            for day in range(self.p.days):
                codes = [self.rows[one.code][day] for one in self.p.members if one.team == team]
                duties = [code for code in codes if code]
                cost += len(duties) - max((duties.count(code) for code in self.shift), default=0)
        return cost * (self.p.together or 0)

    def cells(self, member):
        """Wishes, deviation, changes."""
        row, cost = self.rows[member.code], 0
        for wish in member.wishes:
            cost += ((row[wish.day] == wish.shift) != wish.want) * wish.weight * self.p.prices.wish
        for other, price in (
            (self.p.base, self.p.prices.deviation),
            (self.p.edits.near, self.p.edits.change),
        ):
            if other and member.code in other:
                cost += price * sum(one != two for one, two in zip(row, other[member.code], strict=True))
        return cost

    def value(self, kind, day, code):
        """How much of a burden a cell is."""
        if code == "":
            return 0
        if kind == "nights":
            return int(self.night(code))
        if kind == "hours":
            return self.shift[code].minutes
        days = {"weekends": self.weekday(day) in self.p.weekend, "holidays": day in self.p.holidays}
        return int(days[kind])

    def may(self, member, kind):
        """Whether a member can take on any of a burden."""
        rules = member.rules or self.p.rules
        never = {code for code, limit in rules.shifts_most if limit.value == 0 and limit.price is None}
        for day in set(range(self.p.days)) - set(member.leave):
            fixed = [
                cell.shift for cell in self.p.edits.fixed if (cell.member, cell.day) == (member.code, day)
            ]
            for code in fixed or [*self.shift]:
                banned = any(
                    (c.member, c.day, c.shift) == (member.code, day, code) for c in self.p.edits.forbidden
                )
                able = code and code not in never and (member.shifts is None or code in member.shifts)
                if able and not banned and self.value(kind, day, code):
                    return True
        return False

    def fairness(self):
        """Burdens beside the fair parts."""
        cost = 0
        for kind, price in vars(self.p.prices.fairness).items():
            parts = self.parts(kind) if price else None
            for member in self.p.members if parts else ():
                if member.code in parts:
                    row = self.rows[member.code]
                    taken = sum(self.value(kind, day, code) for day, code in enumerate(row))
                    off = abs(taken - parts[member.code])
                    if self.p.base and kind != "hours":
                        off = max(0, off - 1)
                    cost += price * (off // 480 if kind == "hours" else off + 2 * max(0, off - 2))
        return cost

    def parts(self, kind):
        """Fair part of each member who can take any: by contract and days there, what is owed made good."""
        total = 0
        for day in range(self.p.days):
            for code in self.shift:
                wanted = max((n.people for n in self.p.needs if (n.day, n.shift) == (day, code)), default=0)
                patterned = sum(row[day] == code for row in (self.p.base or {}).values())
                total += max(wanted, patterned) * self.value(kind, day, code)
        able = [member for member in self.p.members if self.may(member, kind)]
        sizes = [Fraction(one.weekly_min * (self.p.days - len(set(one.leave)))) for one in able]
        if not total or not sum(sizes):
            return None
        owed = [getattr(one.balance, "minutes" if kind == "hours" else kind) for one in able]
        everything = total + sum(owed)
        quotas = [float(size) / float(sum(sizes)) * everything for size in sizes]
        whole = [int(quota // 1) for quota in quotas]
        order = sorted(range(len(able)), key=lambda place: whole[place] - Fraction(quotas[place]))
        for place in order[: everything - sum(whole)]:
            whole[place] += 1
        return {one.code: part - due for one, part, due in zip(able, whole, owed, strict=True)
                if one.weekly_min * (self.p.days - len(set(one.leave)))}  # fmt: skip


def check(problem, rows):
    """Broken hard rules (names) and the objective of a roster."""
    return Checker(problem, rows).run()
