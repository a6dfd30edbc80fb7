"""A stored trial read back as the engine's dataclasses: JSON knows lists only, the engine asks for tuples."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date as Date  # noqa: N812 fields are called date
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import TypeAdapter

from anlan.engine.planning.trials import Commitment, Design, Doses, Outcome, Schedule, commit
from anlan.service.planning.trials import ask as asks
from anlan.service.planning.trials.hotspots import Span, Spot

if TYPE_CHECKING:
    from anlan.service.planning.models import Trial
    from anlan.service.planning.trials.ask import TrialAsk
    from anlan.service.planning.trials.hotspots import Tally

DESIGN: TypeAdapter[Design] = TypeAdapter(Design)
SCHEDULE: TypeAdapter[Schedule] = TypeAdapter(Schedule)


def settled(design: Design) -> Design:
    """Return a design as it will be read back: its digest is then the same before and after storing."""
    return DESIGN.validate_python(json.loads(json.dumps(asdict(design))))


def ask_of(trial: Trial) -> TrialAsk:
    """Return what was asked for."""
    return asks.parsed(trial.ask)


def design_of(trial: Trial) -> Design:
    """Return the pairs and the protocol."""
    return DESIGN.validate_python(trial.design["design"])


def schedule_of(trial: Trial) -> Schedule | None:
    """Return which place is treated when, None before the coins are tossed."""
    return SCHEDULE.validate_python(trial.schedule) if trial.schedule else None


def spots_of(trial: Trial) -> list[Spot]:
    """Return where the places were when they were chosen, in the schedule's order."""
    return [Spot(*row) for row in trial.design["spots"]]


def past_of(trial: Trial) -> Span:
    """Return the past that the design rests on."""
    first, periods, days = trial.design["past"]
    return Span(Date.fromisoformat(first), periods, days)


def commitment_of(trial: Trial) -> Commitment:
    """Return what was fixed before the coins were tossed."""
    return Commitment(trial.design["digest"], trial.commitment)


def seed_fits(trial: Trial) -> bool:
    """Whether design and seed are those committed to."""
    return commit(design_of(trial), trial.seed) == commitment_of(trial)


def outcomes(trial: Trial, before: Tally, during: Tally) -> list[Outcome]:
    """Return the outcome of the places, then of each ring; past periods not recorded are left out."""
    codes = [spot.code for spot in spots_of(trial)]
    pairs = [(before.places, during.places), *zip(before.rings, during.rings, strict=True)]
    return [
        Outcome(codes, came, past[:, before.known], during.known)
        for past, came in pairs
    ]  # fmt: skip


def doses_of(trial: Trial, periods: int) -> Doses | None:
    """Return the minutes of the first periods, None where none of them was measured."""
    rows = [trial.doses.get(str(number)) for number in range(periods)]
    if not any(rows):
        return None
    codes = [spot.code for spot in spots_of(trial)]
    nothing = [None] * len(codes)
    table = [
        [np.nan if value is None else value for value in (row or {}).get("minutes", nothing)] for row in rows
    ]
    return Doses(codes, np.array(table, np.float64).T)


def plain_spots(spots: list[Spot], codes: tuple[str, ...]) -> list[list[Any]]:
    """Return the chosen places as JSON, in the order of `codes`."""
    of = {spot.code: spot for spot in spots}
    return [[code, of[code].lon, of[code].lat, of[code].radius_m] for code in codes]
