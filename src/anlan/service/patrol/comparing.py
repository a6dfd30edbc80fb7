"""Two periods of a county, an area or a beat held against each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as Date  # noqa: N812 fields are called date
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from anlan.engine.analysis.briefing import Contrast, Span, contrast
from anlan.service.patrol import evidence
from anlan.service.patrol.evidence import NoData
from anlan.service.patrol.subjects import subject_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anlan.engine.analysis.cube import CountCube
    from anlan.service.patrol.subjects import Subject

USUAL_DAYS, LONGEST = 28, 1096
FIELDS = ("a", "a_to", "b", "b_to")


@dataclass(frozen=True)
class Ask:
    """What is compared: where, and the two spans."""

    subject: Subject
    first: Span
    second: Span

    @property
    def query(self) -> dict[str, str]:
        """The address's parameters, so that a comparison can be shared."""
        days = self.first.first, self.first.last, self.second.first, self.second.last
        found = {name: day.isoformat() for name, day in zip(FIELDS, days, strict=True)}
        if not self.subject.whole_county:
            found["area"] = self.subject.beat_code or self.subject.area_code
        return found


def asked(county6: str, given: Mapping[str, str], today: Date) -> Ask:
    """Read what is asked; by default the last 28 days against the 28 before, with `a` alone 28 days from it.

    Raises:
        NoData: the county has no such area or beat.
        ValueError: a date is none, a span is empty or too long; the message says which.

    """
    first = _span(given, "a", today - timedelta(days=USUAL_DAYS))
    second = _span(given, "b", first.first - timedelta(days=first.days), first.days)
    return Ask(subject_of(county6, today, "day", given.get("area", "")), first, second)


def _span(given: Mapping[str, str], name: str, otherwise: Date, days: int = USUAL_DAYS) -> Span:
    start = _date(given, name) or otherwise
    last = _date(given, f"{name}_to") or start + timedelta(days=days - 1)
    if last < start:
        raise ValueError(_("The period ends on %(last)s before it begins.") % {"last": last})
    if (last - start).days >= LONGEST:
        raise ValueError(_("At most %(days)s days can be compared.") % {"days": LONGEST})
    return Span(start, last + timedelta(days=1))


def _date(given: Mapping[str, str], name: str) -> Date | None:
    text = given.get(name, "")
    try:
        return Date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ValueError(_("Date %(day)s: write it as year-month-day.") % {"day": text}) from error


def compared(ask: Ask) -> Contrast:
    """Read the history and compare.

    Raises:
        NoData: the county has no beats, or no incidents of residents in the days between.

    """
    county6 = ask.subject.county6
    start = min(ask.first.first, ask.second.first)
    end = max(ask.first.end, ask.second.end)
    days = evidence.days_between(county6, start, end)
    if not days.total:
        raise NoData(_("There are no incidents reported by residents in these days."))
    hours = evidence.hours_between(county6, ask.first), evidence.hours_between(county6, ask.second)
    return contrast(
        days, _both(hours), evidence.categories(county6), (ask.first, ask.second), ask.subject.beats()
    )


def _both(hours: tuple[CountCube | None, CountCube | None]) -> tuple[CountCube, CountCube] | None:
    first, second = hours
    return None if first is None or second is None else (first, second)
