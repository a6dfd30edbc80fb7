"""Trials made for tests: places in a row, counts of a known unevenness, coins tossed by NumPy."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np

from anlan.engine.planning.trials import Design, Outcome, Pair, Protocol, Schedule
from anlan.engine.planning.trials.schedule import first_treated

FIRST = dt.date(2026, 3, 2)
SECRET = "00112233445566778899aabbccddeeff"


def design_of(pairs: int, protocol: Protocol) -> Design:
    """A design of pairs A0+B0, A1+B1 …, all alike."""
    return Design(tuple(Pair(f"A{k}", f"B{k}", 5.0, 5.0, 0.0) for k in range(pairs)), protocol)


def tossed(design: Design, seed: int) -> Schedule:
    """A schedule from coins of NumPy's generator: many trials need many schedules, not many secrets."""
    protocol = design.protocol
    coins = np.random.default_rng(seed).random((len(design.pairs), protocol.coins)) < 0.5
    return scheduled(design, first_treated(protocol, coins))


def scheduled(design: Design, face: np.ndarray) -> Schedule:
    """The schedule in which the first places are treated where `face`, (pairs, periods)."""
    table = np.concatenate((face, ~face))
    rows = tuple(tuple(row) for row in table.tolist())
    counted = tuple(design.protocol.counted().tolist())
    return Schedule(FIRST.isoformat(), design.protocol.period_days, design.places, rows, counted)


def uneven(means: np.ndarray, periods: int, spread: float, random: np.random.Generator) -> np.ndarray:
    """Gamma-Poisson counts, (places, periods), variance m + spread m²."""
    rate = means[:, None] * (random.gamma(1 / spread, spread, (len(means), periods)) if spread else 1.0)
    return random.poisson(np.broadcast_to(rate, (len(means), periods)))


def outcome_of(design: Design, during: np.ndarray, before: np.ndarray | None = None) -> Outcome:
    """Counts in the order of the design's places."""
    empty = np.zeros((len(design.places), 0), int)
    return Outcome.of(design.places, during, empty if before is None else before)


def shuffled(outcome: Outcome, seed: int) -> Outcome:
    """The same counts with the places in another order."""
    order = np.random.default_rng(seed).permutation(len(outcome.codes))
    codes = [outcome.codes[row] for row in order]
    return replace(outcome, codes=codes, during=outcome.during[order], before=outcome.before[order])


class Impatient:
    """Stops power at its first point: the planned effect and length."""

    def told(self, step: str, done: float, gap: float | None = None) -> None:
        """Progress without a gap."""
        assert (step, gap) == ("power", None)
        assert 0 <= done < 1

    def stopped(self) -> bool:
        """At once."""
        return True
