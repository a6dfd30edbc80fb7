"""When: hour × weekday, intervals shared out over their hours, the year's course, holidays."""

from anlan.engine.analysis.rhythm.aoristic import Aoristic, aoristic
from anlan.engine.analysis.rhythm.holidays import HolidayEffect, holiday_effect
from anlan.engine.analysis.rhythm.season import Month, Season, season
from anlan.engine.analysis.rhythm.week import Rhythm, busiest_hours, rhythm, weekday

__all__ = [
    "Aoristic",
    "HolidayEffect",
    "Month",
    "Rhythm",
    "Season",
    "aoristic",
    "busiest_hours",
    "holiday_effect",
    "rhythm",
    "season",
    "weekday",
]
