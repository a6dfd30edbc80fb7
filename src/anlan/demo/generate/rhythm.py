"""When and where each category of incident tends to happen in the demo: invented, but shaped like life."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Peaks = tuple[tuple[float, float, float], ...]  # (hour, spread in hours, weight)


@dataclass(frozen=True)
class Rhythm:
    """A category's share of all incidents, its peaks by hour, and factors by weekday, season and place.

    `summer` and `winter` multiply the rate in mid-July and mid-January; `friday`, `weekend` and `holiday`
    on such days; `where` names the place profile.
    """

    share: float
    peaks: Peaks
    flat: float = 0.5
    weekend: float = 1.0
    friday: float = 1.0
    holiday: float = 1.0
    summer: float = 1.0
    winter: float = 1.0
    where: str = "home"


RUSH: Peaks = ((8.2, 1.2, 1.0), (18.0, 1.5, 1.1), (13.5, 2.5, 0.6))
DAYTIME: Peaks = ((10.5, 2.0, 1.0), (15.5, 2.5, 1.0))
EVENING: Peaks = ((20.5, 2.4, 1.0), (12.5, 2.5, 0.4))
LATE: Peaks = ((22.8, 2.0, 1.0), (1.2, 1.8, 0.5))
NIGHT: Peaks = ((2.8, 2.0, 1.0), (14.5, 2.5, 0.5))

RHYTHMS = {
    "help": Rhythm(0.235, DAYTIME + EVENING, 0.5, 1.04, where="home"),
    "traffic": Rhythm(0.205, RUSH, 0.35, 0.84, 1.12, 0.9, where="roads"),
    "disorder": Rhythm(0.125, LATE + EVENING, 0.3, 1.3, 1.2, 1.1, 1.25, 0.85, where="night"),
    "theft": Rhythm(0.115, DAYTIME + EVENING, 0.5, 1.08, holiday=1.1, summer=1.1, where="shops"),
    "fraud": Rhythm(0.085, DAYTIME, 0.25, 0.72, holiday=0.6, where="home"),
    "rescue": Rhythm(0.07, DAYTIME + EVENING, 0.7, summer=1.0, winter=1.15, where="home"),
    "city": Rhythm(0.06, DAYTIME, 0.2, 0.9, summer=1.2, where="shops"),
    "violence": Rhythm(0.05, LATE, 0.35, 1.35, 1.2, 1.1, 1.3, 0.85, where="night"),
    "damage": Rhythm(0.022, LATE + EVENING, 0.5, 1.1, where="home"),
    "fire": Rhythm(0.014, EVENING + DAYTIME, 0.6, holiday=1.9, summer=1.1, winter=1.4, where="fields"),
    "drugs": Rhythm(0.008, LATE, 0.4, 1.2, where="night"),
    "other": Rhythm(0.007, DAYTIME, 0.6, where="home"),
    "robbery": Rhythm(0.002, LATE, 0.4, 1.15, where="night"),
    "eight": Rhythm(0.002, LATE, 0.5, 1.1, where="night"),
}
BURGLARY = Rhythm(0.0, NIGHT, 0.5, 0.95, holiday=1.3, winter=1.2, where="home")
COMMON = {
    "bike-theft": 5, "theft-other": 4, "pickpocketing": 2, "shoplifting": 2, "burglary": 2,
    "theft-from-vehicle": 1.5,
    "vehicle-theft": 0.5, "telecom-fraud": 6, "contact-fraud": 2, "assault": 5, "domestic-violence": 4,
    "threat": 2,
    "quarrel": 8, "noise": 7, "disturbance": 4, "suspicious": 3, "drunk-person": 4, "damage": 3,
    "public-damage": 2,
    "accident-damage": 9, "illegal-parking": 6, "congestion": 3, "accident-injury": 2, "hit-and-run": 1.5,
    "traffic-violation": 6, "drink-driving": 2, "medical": 12, "outdoor-fire": 3, "fire-alarm": 2.5,
    "building-fire": 1, "assistance": 8, "lost-property": 6, "lock-out": 4, "animal": 3, "missing-adult": 2,
    "distressed-person": 2, "street-vending": 5, "waste": 3, "streetlight": 2, "dust-smoke": 2, "other": 4,
    "gambling": 3, "drug-possession": 1, "robbery": 0.6, "snatching": 2,
}  # fmt: skip
RARE = 0.3

SPRING_FESTIVAL = {
    2022: (2, 1), 2023: (1, 22), 2024: (2, 10), 2025: (1, 29), 2026: (2, 17), 2027: (2, 6), 2028: (1, 26),
    2029: (2, 13), 2030: (2, 3), 2031: (1, 23), 2032: (2, 11),
}  # fmt: skip


def holidays(year: int) -> set[date]:
    """Public holidays of a year, roughly: Spring Festival, Labour Day, National Day."""
    spans = [(date(year, 5, 1), 5), (date(year, 10, 1), 7), (date(year, 1, 1), 1)]
    if year in SPRING_FESTIVAL:
        spans.append((date(year, *SPRING_FESTIVAL[year]) - timedelta(days=1), 8))
    return {first + timedelta(days=offset) for first, length in spans for offset in range(length)}


def hours(rhythm: Rhythm, *, weekend: bool) -> NDArray[np.float64]:
    """Probability of each quarter of an hour of a day, shape (96,); later in the evening at weekends."""
    quarter = (np.arange(96) + 0.5) / 4
    late = 0.7 if weekend else 0.0
    total = np.full(96, rhythm.flat / 24)
    for hour, spread, weight in rhythm.peaks:
        apart = np.abs(quarter - hour - late)
        total += weight * np.exp(-0.5 * (np.minimum(apart, 24 - apart) / spread) ** 2) / spread
    total[(quarter > 2) & (quarter < 6)] *= 0.45
    return total / total.sum()


def is_weekend(days: list[date]) -> NDArray[np.bool_]:
    """Which days are Saturdays and Sundays."""
    return np.array([day.weekday() >= 5 for day in days])


def day_factors(rhythm: Rhythm, days: list[date]) -> NDArray[np.float64]:
    """The rate of each day against the mean, shape (days,)."""
    weekday = np.array([day.weekday() for day in days])
    free = set().union(*(holidays(year) for year in {day.year for day in days}))
    season = np.cos(2 * np.pi * (np.array([day.timetuple().tm_yday for day in days]) - 15) / 365.25)
    factor = np.where(season > 0, 1 + season * (rhythm.winter - 1), 1 - season * (rhythm.summer - 1))
    factor *= np.select((weekday >= 5, weekday == 4), (rhythm.weekend, rhythm.friday), 1.0)
    factor *= np.where([day in free for day in days], rhythm.holiday, 1.0)
    return factor / factor.mean()
