"""How far a trial has come: what is over, what of it is recorded, and which look is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as Date  # noqa: N812 fields are called date
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from anlan.service.planning.trials import records
from anlan.service.planning.trials.hotspots import last_day

if TYPE_CHECKING:
    from anlan.service.planning.models import Trial


@dataclass(frozen=True)
class Course:
    """A trial on a day; all in periods done.

    Attributes:
        period_days: length of a period.
        periods: the whole trial.
        over: periods that are over.
        recorded: of these, how many the history reaches to the last day of.
        known_until: last day of the history.
        planned: looks that the protocol has, the end among them.
        taken: looks taken.

    """

    period_days: int
    periods: int
    over: int
    recorded: int
    known_until: Date | None
    planned: tuple[int, ...]
    taken: tuple[int, ...]

    @property
    def due(self) -> int | None:
        """The first planned look that can be taken now."""
        last = self.taken[-1] if self.taken else 0
        return next((at for at in self.planned if last < at <= self.recorded), None)

    @property
    def waiting(self) -> int | None:
        """The next planned look that cannot be taken yet."""
        return next((at for at in self.planned if at > self.recorded), None)

    @property
    def unplanned(self) -> int | None:
        """The look that could be taken now though nobody planned it."""
        last = self.taken[-1] if self.taken else 0
        return self.recorded if self.recorded > last and self.recorded not in self.planned else None


def course_of(trial: Trial, today: Date | None = None) -> Course:
    """Return how far a trial has come; before its start nothing is over."""
    protocol = records.design_of(trial).protocol
    known = last_day(trial.area_code[:6])
    started = trial.started_at is not None
    gone = ((today or timezone.localdate()) - trial.first).days if started else 0
    stored = (known + timedelta(days=1) - trial.first).days if started and known else 0
    over, recorded = (
        min(max(days, 0) // protocol.period_days, protocol.periods) for days in (gone, min(gone, stored))
    )
    planned = (*protocol.looks, protocol.periods)
    return Course(
        protocol.period_days, protocol.periods, over, recorded, known, planned, tuple(looks_at(trial))
    )


def looks_at(trial: Trial) -> list[int]:
    """Return the periods done at the looks taken so far."""
    days = records.ask_of(trial).period_days
    untils = trial.looks.order_by("number").values_list("until", flat=True)
    return [((until - trial.first).days + 1) // days for until in untils]
