"""What a briefing is about: an area or a beat of a county, and a period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as Date  # noqa: N812 fields are called date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from anlan.engine.analysis.briefing import PERIODS, Period, period_of
from anlan.engine.geo import codes
from anlan.service.patrol.evidence import NoData
from anlan.service.places.models import Area, Beat
from anlan.service.places.queries import county_area

if TYPE_CHECKING:
    from anlan.service.patrol.models.briefing import About


@dataclass(frozen=True)
class Subject:
    """An area (or, with `beat_code`, one beat of it) and the period that begins on `date`."""

    area_code: str
    date: Date
    period: Period = "day"
    beat_code: str = ""

    @property
    def county6(self) -> str:
        """The county's six digits."""
        return self.area_code[:6]

    @property
    def whole_county(self) -> bool:
        """Whether it is about all of the county."""
        return not self.beat_code and self.area_code == codes.normalise(self.county6)

    @property
    def fields(self) -> dict[str, Any]:
        """The columns that name it."""
        return {
            "area_code": self.area_code, "beat_code": self.beat_code, "period": self.period,
            "date": self.date,
        }  # fmt: skip

    def beats(self) -> list[str]:
        """Return the codes of its beats, empty for all of the county.

        Raises:
            NoData: the area has no beat.

        """
        if self.whole_county:
            return []
        if self.beat_code:
            return [self.beat_code]
        rows = Beat.objects.filter(area_code__startswith=codes.prefix(self.area_code)).order_by("code")
        found = list(rows.values_list("code", flat=True))
        if not found:
            raise NoData(_("The area %(area)s has no beats.") % {"area": self.area_code})
        return found


def subject_of(county6: str, date: Date, period: str = "day", area: str = "") -> Subject:
    """Return the subject of a county; `area` is the code of an area or a beat in it, "" for all of it.

    The date may be any day of the period.

    Raises:
        NoData: the county has no such area or beat.
        ValueError: the period is unknown.

    """
    if period not in PERIODS:
        raise ValueError(f"period {period!r}: expected {', '.join(PERIODS)}")
    first = period_of(period, date).first
    if not area:
        return Subject(county_area(county6).code, first, period)
    beat = Beat.objects.in_county(county6).filter(code=area).first()
    if beat is not None:
        return Subject(beat.area_code, first, period, beat.code)
    found = Area.objects.in_county(county6).filter(code=area.ljust(12, "0")).first()
    if found is None:
        raise NoData(_("The county has no area or beat %(code)s.") % {"code": area})
    return Subject(found.code, first, period)


def subject_about(row: About) -> Subject:
    """Return the subject of a briefing or a job."""
    return Subject(row.area_code, row.date, row.period, row.beat_code)  # type: ignore[arg-type]
