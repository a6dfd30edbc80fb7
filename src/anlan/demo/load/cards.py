"""What the demo county asks for: run cards of its common types, and two standards of answering of its own."""

from __future__ import annotations

from anlan.demo.generate import names
from anlan.engine.geo import codes
from anlan.service.incidents import domain
from anlan.service.incidents.models import CallStandard, IncidentType, Moment, Priority, RunCard

CARDS = (
    # type, priority, units by capability, units in all, check-in every so many minutes
    ("building-fire", 1, {"fire": 2, "rescue": 1, "medical": 1}, 4, 10),
    ("gas-leak", 1, {"fire": 1, "rescue": 1, "patrol": 1}, 2, 10),
    ("accident-injury", 1, {"traffic": 1, "medical": 1}, 2, 10),
    ("armed-threat", 1, {"armed": 1, "patrol": 1}, 2, 5),
    ("affray", 1, {"armed": 1, "patrol": 2}, 3, 5),
    ("missing-child", 1, {"patrol": 2}, 2, 10),
    ("medical", 1, {"medical": 1}, 1, 10),
    ("assault", 2, {"patrol": 2}, 2, 5),
    ("domestic-violence", 2, {"patrol": 2}, 2, 5),
    ("burglary", 2, {"patrol": 1, "investigation": 1}, 2, 10),
    ("quarrel", 3, {"patrol": 1}, 1, 10),
    ("disturbance", 3, {"patrol": 1}, 1, 10),
)
STANDARDS = (
    # label, from, to, seconds, percent, priorities up to
    ("县标准：十秒接听", Moment.RANG, Moment.ANSWERED, 10, 80, Priority.DEFERRED),
    ("县标准：两分钟派警", Moment.ANSWERED, Moment.SENT, 120, 90, Priority.URGENT),
)


def store_cards() -> None:
    """Write the run cards, where the county has none: what a visitor made of them stays."""
    if RunCard.objects.filter(county=names.COUNTY6).exists():
        return
    kinds = {kind.code: kind for kind in IncidentType.objects.filter(county="")}
    for code, priority, wanted, units, minutes in CARDS:
        domain.save_run_card(
            names.COUNTY6, kinds[code], priority, None,
            capabilities=wanted, units=units, check_in_min=minutes,
        )  # fmt: skip


def store_standards() -> None:
    """Write the county's own standards, where it has none."""
    county = codes.normalise(names.COUNTY6)
    if CallStandard.objects.filter(area_code=county).exists():
        return
    for label, begins, ends, seconds, percent, least_urgent in STANDARDS:
        domain.save_standard(
            CallStandard(area_code=county), None, label=label, begins=str(begins), ends=str(ends),
            seconds=seconds, percent=percent, least_urgent=least_urgent,
        )  # fmt: skip


def store_asked() -> None:
    """Write what the county asks of its units, and of its duty room."""
    store_cards()
    store_standards()
