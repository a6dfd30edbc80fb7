"""What a trial is: places matched in pairs, and the protocol that is fixed before the first coin."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray


class Kind(StrEnum):
    """What one coin decides.

    PARALLEL: which place of a pair is treated in the whole trial. CROSSOVER: which is treated in one hold.
    MIRRORED: which comes first in two holds; in the second hold the other place is treated.
    """

    PARALLEL = "parallel"
    CROSSOVER = "crossover"
    MIRRORED = "mirrored"


class Statistic(StrEnum):
    """How coins are added up.

    RAW: incidents. ADJUSTED: incidents against what both places had before (Mantel-Haenszel).
    """

    RAW = "raw"
    ADJUSTED = "adjusted"


@dataclass(frozen=True)
class Protocol:
    """All that is decided beforehand.

    Attributes:
        periods: length of the trial.
        period_days: days in a period, 1 (a coin per day) or 7 (per week).
        kind: what one coin decides.
        hold: periods for which a coin holds; of no use in a parallel trial.
        washout: first periods of each hold that are not counted, against carry-over; a parallel trial's
            first periods.
        statistic: the test's.
        prior: periods' worth of the pair's common mean that a place's own past is shrunk by.
        alpha: two-sided level of the whole trial, all looks together.
        looks: periods done at which it is looked at; the end always is one.
        harm: one-sided level at which a rise stops the trial; no proof, a guard.
        futility: conditional power below which it may stop for want of promise.
        effect: the change it is planned for, -0.15 = 15 % fewer.
        power: the power wanted at that effect.
        draws: assignments drawn where they are too many to list.
        seed: of these draws.

    Raises:
        ValueError: names the field that is out of range.

    """

    periods: int
    period_days: int = 7
    kind: Kind = Kind.CROSSOVER
    hold: int = 1
    washout: int = 0
    statistic: Statistic = Statistic.ADJUSTED
    prior: float = 8.0
    alpha: float = 0.05
    looks: tuple[int, ...] = ()
    harm: float = 0.1
    futility: float = 0.1
    effect: float = -0.15
    power: float = 0.8
    draws: int = 9_999
    seed: int = 1

    def __post_init__(self) -> None:
        self._check_lengths()
        for name in ("alpha", "harm", "futility", "power"):
            if not 0 < getattr(self, name) < 1:
                raise ValueError(f"{name}: between 0 and 1, not {getattr(self, name)}")
        if not -1 < self.effect < 0:
            raise ValueError(f"effect: a fall, between -1 and 0, not {self.effect}")
        if self.prior < 0:
            raise ValueError(f"prior: not negative, not {self.prior}")
        if self.draws < 99:
            raise ValueError(f"draws: at least 99, not {self.draws}")

    def _check_lengths(self) -> None:
        if self.periods < 1:
            raise ValueError(f"periods: at least 1, not {self.periods}")
        if self.period_days < 1:
            raise ValueError(f"period_days: at least 1, not {self.period_days}")
        if not 1 <= self.hold <= self.periods:
            raise ValueError(f"hold: from 1 to {self.periods} periods, not {self.hold}")
        if not 0 <= self.washout < (self.periods if self.kind is Kind.PARALLEL else self.hold):
            raise ValueError(f"washout: {self.washout} leaves nothing to count")
        if list(self.looks) != sorted(set(self.looks)) or any(not 0 < k < self.periods for k in self.looks):
            raise ValueError(f"looks: rising, from 1 to {self.periods - 1} periods, not {self.looks}")

    @property
    def coin_periods(self) -> int:
        """Periods that one coin decides."""
        if self.kind is Kind.PARALLEL:
            return self.periods
        return self.hold * (2 if self.kind is Kind.MIRRORED else 1)

    @property
    def coins(self) -> int:
        """Coins for each pair."""
        return -(-self.periods // self.coin_periods)

    def coin_of(self) -> NDArray[np.int64]:
        """Coin that decides each period, (periods,)."""
        return np.arange(self.periods) // self.coin_periods

    def mirrored(self) -> NDArray[np.bool_]:
        """Whether a period has the coin's other side up, (periods,)."""
        if self.kind is not Kind.MIRRORED:
            return np.zeros(self.periods, bool)
        return np.asarray(np.arange(self.periods) // self.hold % 2 == 1)

    def counted(self) -> NDArray[np.bool_]:
        """Whether a period counts, that is, is no wash-out, (periods,)."""
        since = np.arange(self.periods)
        if self.kind is not Kind.PARALLEL:
            since = since % self.hold
        return np.asarray(since >= self.washout)


@dataclass(frozen=True)
class Pair:
    """Two places matched on their past.

    `base_*`: incidents a period before; `gap`: how unlike they are, a log ratio.
    """

    first: str
    second: str
    base_first: float
    base_second: float
    gap: float

    @property
    def code(self) -> str:
        """The same whichever of the two comes first."""
        return "+".join(sorted((self.first, self.second)))


class Why(StrEnum):
    """Why a place takes no part.

    NAMED: the planner left it out. SHORT: too few periods of past. QUIET: too few incidents. NEAR: its rings
    would touch those of a busier place. FULL: enough places already. ODD: nobody left to pair with.
    UNLIKE: no place like it.
    """

    NAMED = "named"
    SHORT = "short"
    QUIET = "quiet"
    NEAR = "near"
    FULL = "full"
    ODD = "odd"
    UNLIKE = "unlike"


@dataclass(frozen=True)
class Excluded:
    """A place that takes no part: the reason's code, its figure, the limit, the other place it is about."""

    code: str
    reason: str
    value: float = 0.0
    limit: float = 0.0
    other: str = ""


@dataclass(frozen=True)
class Design:
    """Pairs, protocol, and who is left out and why. Plain data: `asdict` gives JSON.

    `optimal`: whether no other pairing of the same places is closer.
    """

    pairs: tuple[Pair, ...]
    protocol: Protocol
    excluded: tuple[Excluded, ...] = ()
    optimal: bool = False

    def __post_init__(self) -> None:
        if not self.pairs:
            raise ValueError("pairs: at least one")
        codes = self.places
        if len(set(codes)) < len(codes):
            raise ValueError("pairs: a place twice")

    @property
    def places(self) -> tuple[str, ...]:
        """Codes, the pairs' first ones, then their second ones in the same order."""
        return tuple(pair.first for pair in self.pairs) + tuple(pair.second for pair in self.pairs)

    def digest(self) -> str:
        """SHA-256 of the design in hexadecimal; two pairs in another order give the same."""
        body: dict[str, Any] = asdict(self)
        body["pairs"] = sorted(body["pairs"], key=lambda pair: str(pair["first"]))
        body["excluded"] = sorted(body["excluded"], key=lambda one: str(one["code"]))
        text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, eq=False)
class Outcome:
    """Incidents by place and period: during the trial, and before it.

    Attributes:
        codes: the places, (n,), in any order.
        during: counts so far, (n, t), t up to the trial's periods.
        before: counts of the past, (n, w); may be empty, (n, 0).
        known: whether a period was recorded, (t,); all by default.

    Raises:
        ValueError: shapes differ, a count is negative, a code comes twice.

    """

    codes: Sequence[str]
    during: NDArray[np.int64]
    before: NDArray[np.int64]
    known: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        codes = list(self.codes)
        if len(set(codes)) < len(codes):
            raise ValueError("codes: a place twice")
        for name in ("during", "before"):
            table = getattr(self, name)
            if table.ndim != 2 or len(table) != len(codes):
                raise ValueError(f"{name}: expected ({len(codes)}, periods), not {table.shape}")
            if (table < 0).any():
                raise ValueError(f"{name}: a count is negative")
        if self.known is not None and self.known.shape != self.during.shape[1:]:
            raise ValueError(f"known: expected {self.during.shape[1:]}, not {self.known.shape}")

    @classmethod
    def of(
        cls, codes: Sequence[str], during: ArrayLike, before: ArrayLike, known: ArrayLike | None = None
    ) -> Outcome:
        """Return the outcome of anything array-like."""
        return cls(
            codes,
            np.asarray(during, np.int64),
            np.asarray(before, np.int64),
            None if known is None else np.asarray(known, bool),
        )

    def rows(self, codes: Sequence[str]) -> NDArray[np.int64]:
        """Return the row of each code.

        Raises:
            ValueError: a place has no counts.

        """
        at = {code: row for row, code in enumerate(self.codes)}
        missing = [code for code in codes if code not in at]
        if missing:
            raise ValueError(f"codes: no counts of {', '.join(missing)}")
        return np.array([at[code] for code in codes], np.int64)
