"""A record of unit runs as it is found in dispatch systems, and the ways between its places."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

PER_RUN = (
    "call", "unit", "kind", "place", "priority", "hour_class",
    "received_s", "sent_s", "left_s", "arrived_s", "freed_s",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Record:
    """Runs (n,): one row a unit sent to a call. Times in s from a midnight, NaN where not recorded.

    `call`: any number that runs of one call share; `unit`, `kind` and `place` are numbers from 0; `priority`:
    1 is the most urgent; `hour_class`: of the hour in which it was sent. `arrived_s` is missing where the
    unit was called off. Recorded times are rounded down to `grain_s`.

    Raises:
        ValueError: columns of different lengths, a grain that is not above 0, or no run.

    """

    call: NDArray[np.int64]
    unit: NDArray[np.int64]
    kind: NDArray[np.int64]
    place: NDArray[np.int64]
    priority: NDArray[np.int64]
    hour_class: NDArray[np.int64]
    received_s: NDArray[np.float64]
    sent_s: NDArray[np.float64]
    left_s: NDArray[np.float64]
    arrived_s: NDArray[np.float64]
    freed_s: NDArray[np.float64]
    grain_s: float = 60.0

    def __post_init__(self) -> None:
        if len({len(getattr(self, name)) for name in PER_RUN}) > 1:
            raise ValueError(f"{', '.join(PER_RUN)}: different lengths")
        if not self.grain_s > 0:
            raise ValueError(f"grain_s: must be above 0, not {self.grain_s}")
        if not len(self.call):
            raise ValueError("call: no runs")

    def __len__(self) -> int:
        return len(self.call)

    def only(self, rows: NDArray[Any]) -> Record:
        """Some of the runs, by rows or a mask."""
        return replace(self, **{name: getattr(self, name)[rows] for name in PER_RUN})

    @cached_property
    def first_sent(self) -> NDArray[np.float64]:
        """When the first unit of the same call was sent, (n,)."""
        return self._earliest(self.sent_s)

    @cached_property
    def sort(self) -> NDArray[np.int64]:
        """Sort of run, (n,): 4 times the priority; 2 more where the call first asked for one unit alone.

        1 more where the run was ordered after the call's first.
        """
        _, of = np.unique(self.call, return_inverse=True)
        alone = np.bincount(of, self.sent_s == self.first_sent)[of] == 1
        return np.asarray(4 * self.priority + 2 * alone + (self.sent_s > self.first_sent))

    @cached_property
    def first_received(self) -> NDArray[np.float64]:
        """When the same call was received, (n,)."""
        return self._earliest(self.received_s)

    @cached_property
    def first_arrived(self) -> NDArray[np.float64]:
        """When the first unit of the same call was on scene, (n,), inf where none was."""
        return self._earliest(np.where(np.isnan(self.arrived_s), np.inf, self.arrived_s))

    def _earliest(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        _, of = np.unique(self.call, return_inverse=True)
        least = np.full(int(of.max()) + 1, np.inf)
        np.minimum.at(least, of, times)
        return np.asarray(least[of])


@dataclass(frozen=True, eq=False)
class Ways:
    """Road seconds in one hour class: candidates for homes to places, and back (V, P); places (P, P)."""

    homes: NDArray[np.float32]
    back: NDArray[np.float32]
    places: NDArray[np.float32]
