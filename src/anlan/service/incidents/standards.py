"""The published standards of answering and processing. Editions disagree, so each bears its name.

How we read them: docs/methods/call-clocks.md.
"""

from __future__ import annotations

from dataclasses import dataclass

from anlan.service.incidents.models import Moment, Priority


@dataclass(frozen=True)
class Standard:
    """`percent` of calls get from `begins` to `ends` within `seconds`, of priorities 1 to `least_urgent`."""

    label: str
    begins: str
    ends: str
    seconds: int
    percent: int
    least_urgent: int = Priority.DEFERRED
    pk: int | None = None


def _answering(label: str, percent: int, seconds: int) -> Standard:
    return Standard(label, Moment.RANG, Moment.ANSWERED, seconds, percent)


def _processing(label: str, percent: int, seconds: int, least_urgent: int) -> Standard:
    return Standard(label, Moment.ANSWERED, Moment.SENT, seconds, percent, least_urgent)


PUBLISHED = (
    _answering("NENA-STA-020.1-2020", 90, 15),
    _answering("NENA-STA-020.1-2020", 95, 20),
    _answering("NFPA 1225-2022", 90, 10),
    _processing("NFPA 1225-2022", 90, 60, Priority.EMERGENCY),
    _processing("NFPA 1221-2016", 90, 64, Priority.URGENT),
    _processing("NFPA 1221-2016", 95, 106, Priority.URGENT),
)
