"""Defaults of a hot-spot trial, each with where it comes from and what is known against it.

Codes and figures; docs/methods/trials.md words them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """What is known against a default: a code, and who found it."""

    code: str
    source: str


@dataclass(frozen=True)
class Default:
    """A default: code, value, unit, source, and its limits."""

    code: str
    value: float
    unit: str
    source: str
    limits: tuple[Limit, ...]


KOPER = "Koper 1995, Justice Quarterly 12(4), 649-672"
BRAGA = "Braga & Weisburd 2022, Journal of Quantitative Criminology 38, 1-22"
CRIME_SOLUTIONS = (
    "CrimeSolutions (US NIJ) on Telep, Mitchell & Weisburd 2014, Justice Quarterly 31(5), 905-933"
)
CARR = "Carr 2014, The Kansas City Foot Patrol Project, University of Missouri-Kansas City"
NOVAK = "Novak, Fox, Carr & Spade 2016, Journal of Experimental Criminology 12(3), 465-475"
SORG = "Sorg, Haberman, Ratcliffe & Groff 2013, Criminology 51(1), 65-102"
NOT_REPLICATED = Limit("not_replicated_elsewhere", "Koper et al. 2025, ASC annual meeting, abstract 2250164")

DEFAULTS: tuple[Default, ...] = (
    Default("stop_minutes_least", 10.0, "min", KOPER, (NOT_REPLICATED,)),
    Default("stop_minutes", 15.0, "min", KOPER, (NOT_REPLICATED, Limit("one_city", KOPER))),
    Default(
        "planned_effect", -0.15, "share", BRAGA,
        (
            Limit("mean_of_published_studies", BRAGA),
            Limit("sacramento_part_1_crime_only", CRIME_SOLUTIONS),
            Limit("sacramento_not_violent_crime", CRIME_SOLUTIONS),
        ),
    ),
    Default(
        "review_after_weeks", 6.0, "weeks", CARR,
        (Limit("foot_patrol_gains_faded", NOVAK), Limit("decay_within_22_weeks", SORG)),
    ),
    Default(
        "days_between_coins", 7.0, "days", "Sherman & Weisburd 1995, Justice Quarterly 12(4), 625-648",
        (Limit("carry_over_between_periods", KOPER),),
    ),
)  # fmt: skip


def default(code: str) -> Default:
    """Return a default by its code.

    Raises:
        ValueError: there is none.

    """
    for one in DEFAULTS:
        if one.code == code:
            return one
    raise ValueError(f"code: no default {code!r}")
